//! One word to look for: how the API is asked for it, and where it occurs in a text.

use std::borrow::Cow;

use crate::api::lookup;

/// No word is longer, in characters: no name is.
const MAX_LENGTH: usize = 1000;

/// What may stand between the digits of one number.
const SEPARATORS: &str = "+()-.";

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As typed, without blanks around it.
    pub typed: String,
    /// What a text must hold, in the spelling of [`folded`]; of a number the digits alone.
    wanted: String,
    is_number: bool,
}

/// How well a word fits a text, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Equal,
    Begins,
    WordBegins,
    Inside,
}

/// The text of a field, ready to be compared with any number of words.
#[derive(Debug)]
pub struct Text {
    folded: String,
    /// The same with every number in one piece.
    squeezed: Option<String>,
}

impl Word {
    /// Reads a word.
    pub fn read(typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err("it is empty".to_owned());
        }
        let length = typed.chars().count();
        if length > MAX_LENGTH {
            return Err(format!("it has {length} characters, and at most {MAX_LENGTH} are allowed"));
        }
        if typed.contains('\\') || (typed.contains('"') && typed.contains('\'')) {
            let problem = "the API cannot be asked for a word that contains a backslash or both kinds of quotes";
            return Err(problem.to_owned());
        }
        let is_number = !lookup::may_be_sid(typed)
            && typed.bytes().any(|byte| byte.is_ascii_digit())
            && typed.chars().all(|c| c.is_ascii_digit() || is_separator(c));
        let wanted = if is_number { digits(typed) } else { folded(typed) };
        Ok(Self { typed: typed.to_owned(), wanted, is_number })
    }

    /// Several words as one, with blanks between them.
    pub fn joined(words: &[Self]) -> Self {
        let joined = |text: fn(&Self) -> &str, gap: &str| words.iter().map(text).collect::<Vec<_>>().join(gap);
        let is_number = words.iter().all(|word| word.is_number);
        let wanted = if is_number { joined(|word| &word.wanted, "") } else { folded(&joined(|word| &word.typed, " ")) };
        Self { typed: joined(|word| &word.typed, " "), wanted, is_number }
    }

    pub fn is_number(&self) -> bool {
        self.is_number
    }

    /// The characters that must occur.
    pub fn length(&self) -> usize {
        self.wanted.chars().count()
    }

    /// Whether it could be a whole SID; a part of one would occur in many by chance.
    pub fn may_be_sid(&self) -> bool {
        lookup::may_be_sid(&self.typed)
    }

    /// Whether it means more to the API than the characters that it is made of.
    pub fn has_wildcards(&self) -> bool {
        self.typed.contains(['%', '_']) || self.pattern(false).contains('%')
    }

    /// The condition that the field holds it. Nothing in the word ends the quotes around it.
    pub fn condition(&self, field: &str, is_phone_number: bool) -> String {
        let pattern = self.pattern(is_phone_number);
        let quote = if pattern.contains('"') { '\'' } else { '"' };
        format!("{field} like {quote}%{pattern}%{quote}")
    }

    /// What the API looks for. A phone number is digits alone; elsewhere anything may stand between groups of digits.
    fn pattern(&self, is_phone_number: bool) -> Cow<'_, str> {
        match self.is_number {
            false => Cow::Borrowed(&self.typed),
            true if is_phone_number => Cow::Borrowed(&self.wanted),
            true => {
                let groups = self.typed.split(is_separator).filter(|group| !group.is_empty());
                Cow::Owned(groups.collect::<Vec<_>>().join("%"))
            }
        }
    }

    /// How well it fits the text; not at all if it does not occur there.
    pub fn fit(&self, text: &Text) -> Option<Fit> {
        let text = if self.is_number { text.squeezed.as_ref().unwrap_or(&text.folded) } else { &text.folded };
        let mut places = text.match_indices(&self.wanted).map(|(at, _)| at).peekable();
        let first = *places.peek()?;
        let bare = text.trim_matches(|c: char| self.is_number && is_separator(c));
        let begins_word = |at: usize| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        Some(match first {
            _ if bare == self.wanted => Fit::Equal,
            0 => Fit::Begins,
            _ if text[..first].chars().all(is_separator) && self.is_number => Fit::Begins,
            _ if places.any(begins_word) => Fit::WordBegins,
            _ => Fit::Inside,
        })
    }
}

impl Text {
    pub fn new(text: &str) -> Self {
        let folded = folded(text);
        let squeezed = squeezed(&folded);
        Self { folded, squeezed }
    }
}

fn is_separator(c: char) -> bool {
    SEPARATORS.contains(c) || c.is_whitespace()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The text in one spelling for all its cases. Letters with several forms of one case end in one, too.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// The text without what stands between the digits of a number, if there is any such thing in it.
fn squeezed(text: &str) -> Option<String> {
    let mut squeezed = String::new();
    let mut kept = 0;
    // The end of the last digit, as long as nothing but separators came after it.
    let mut digit = None;
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            if let Some(end) = digit.filter(|end| *end < at) {
                squeezed.push_str(&text[kept..end]);
                kept = at;
            }
            digit = Some(at + 1);
        } else if !is_separator(c) {
            digit = None;
        }
    }
    (kept > 0).then(|| squeezed + &text[kept..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(word: &str, text: &str) -> Option<Fit> {
        Word::read(word).expect(word).fit(&Text::new(text))
    }

    #[test]
    fn a_word_fits_best_where_it_is_all_then_where_something_begins() {
        for (word, text, expected) in [
            ("garner", "Garner", Some(Fit::Equal)),
            ("GARN", "garner Ltd", Some(Fit::Begins)),
            ("garner", "Yara Garner", Some(Fit::WordBegins)),
            ("garner", "agarner o'garner", Some(Fit::WordBegins)),
            ("arne", "Yara Garner", Some(Fit::Inside)),
            ("lantern hill", "The Lantern Hill", Some(Fit::WordBegins)),
            ("ÉCLAIR", "éclair", Some(Fit::Equal)),
            ("οδος", "ΟΔΟΣ 5", Some(Fit::Begins)),
            ("strasse", "Hauptstraße", Some(Fit::Inside)),
            ("garner", "Garnet", None),
            ("%", "a b", None),
            ("a_b", "a-b", None),
        ] {
            assert_eq!(fit(word, text), expected, "{word} in {text}");
        }
    }

    #[test]
    fn digits_with_separators_between_them_are_one_number_on_both_sides() {
        for (word, text, expected) in [
            ("844-844-0707", "8448440707", Some(Fit::Equal)),
            ("(844) 844 0707", "18448440707", Some(Fit::Inside)),
            ("+1 844.844", "18448440707", Some(Fit::Begins)),
            ("8448440707", "(844) 844-0707", Some(Fit::Equal)),
            ("8448440707", "call (844) 844-0707 now", Some(Fit::WordBegins)),
            ("8448", "+(84) 48", Some(Fit::Equal)),
            ("12 3", "Company 123", Some(Fit::WordBegins)),
            ("123", "CX123", Some(Fit::Inside)),
            ("123", "1 a 23", None),
            ("12a", "1-2a", None),
        ] {
            assert_eq!(fit(word, text), expected, "{word} in {text}");
        }
    }

    #[test]
    fn a_condition_asks_for_the_word_in_quotes_that_it_does_not_hold() {
        for (word, field, expected) in [
            (" garner ", "name", r#"name like "%garner%""#),
            ("5\" pipe", "name", "name like '%5\" pipe%'"),
            ("o'hara", "name", r#"name like "%o'hara%""#),
            ("(844) 844-07", "phonenumber", r#"phonenumber like "%84484407%""#),
            ("(844) 844-07", "name", r#"name like "%844%844%07%""#),
            ("100%", "name", r#"name like "%100%%""#),
        ] {
            let word = Word::read(word).expect(word);
            assert_eq!(word.condition(field, field == "phonenumber"), expected);
        }
    }

    #[test]
    fn what_the_api_cannot_be_asked_for_is_no_word() {
        for (word, problem) in [
            ("", "empty"),
            (" \t\u{a0}", "empty"),
            (r"a\b", "backslash"),
            ("a'\"", "both kinds of quotes"),
            (&"x".repeat(10_240), "10240 characters"),
        ] {
            let refused = Word::read(word).expect_err(word);
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn a_uuid_is_no_number_even_if_it_is_all_digits() {
        let word = Word::read("12345678-1234-1234-1234-123456789012").expect("a word");
        assert!(word.may_be_sid() && !word.is_number());
    }
}
