//! One word to look for: how the API is asked for it, and where it occurs in a text.

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::api::lookup;
use crate::api::partner::SID;

/// Of a phone number with a country code so many digits are enough: the code may be missing where it is stored.
const WITHOUT_COUNTRY: usize = 10;

/// No phone number has more digits, `00` before it included.
const MAX_PHONE_NUMBER: usize = 17;

/// Between the digits of a number of so many the API may find anything; fewer digits would occur everywhere.
const MIN_SPREAD: usize = 5;

/// A part of a SID has so many characters; fewer would occur in many by chance.
const MIN_OF_SID: usize = 4;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWord {
    /// As typed, without blanks around it.
    pub typed: String,
    /// What a text must hold, in the spelling of the search; of a number the digits alone.
    wanted: String,
    pub is_number: bool,
}

/// How words and texts are spelled to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// All cases in one.
    Folded,
    /// Without accents, blanks and punctuation, too.
    Bare,
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
    spelled: String,
    /// The same with every number in one piece.
    numbers: String,
}

impl SearchWord {
    /// Reads a word.
    pub fn read(typed: &str) -> Result<Self, String> {
        let word = Self::new(typed.trim(), Spelling::Folded);
        if word.typed.is_empty() {
            Err("it is empty".to_owned())
        } else if typed.contains('\\') || (typed.contains('"') && typed.contains('\'')) {
            Err("the API cannot search for a word with a backslash or both kinds of quotes".to_owned())
        } else {
            Ok(word)
        }
    }

    /// The word in that spelling; a number in any.
    pub fn new(typed: &str, spelling: Spelling) -> Self {
        let number = number(typed);
        let is_number = number.is_some();
        let wanted = number.unwrap_or_else(|| spelled(typed, spelling));
        Self { typed: typed.to_owned(), wanted, is_number }
    }

    /// The characters that must occur.
    pub fn length(&self) -> usize {
        self.wanted.chars().count()
    }

    /// Whether it could be a SID or a part of one.
    pub fn may_be_of_sid(&self) -> bool {
        let is_of_uuid = |c: char| c.is_ascii_hexdigit() || c == '-';
        (self.typed.len() >= MIN_OF_SID && self.typed.chars().all(is_of_uuid)) || lookup::may_be_sid(&self.typed)
    }

    /// The condition that the field holds it. Nothing in the word ends the quotes around it.
    pub fn condition(&self, field: &str) -> String {
        let pattern = if field == SID { self.typed.clone() } else { self.pattern() };
        let quote = if pattern.contains('"') { '\'' } else { '"' };
        format!("{field} like {quote}%{pattern}%{quote}")
    }

    /// What the API looks for. Between the digits of a number, anything may appear.
    fn pattern(&self) -> String {
        let digits = |c: char| c.is_ascii_digit();
        if !self.is_number {
            self.typed.clone()
        } else if self.wanted.len() >= MIN_SPREAD {
            self.wanted.chars().map(String::from).collect::<Vec<_>>().join("%")
        } else {
            let groups = self.typed.split(|c| !digits(c)).filter(|group| !group.is_empty());
            groups.collect::<Vec<_>>().join("%")
        }
    }

    /// A part of it that more texts may hold.
    pub fn shorter(&self) -> Option<String> {
        let half = (self.length() / 2).clamp(3, 6);
        let part: String = match self.is_number {
            true => self.wanted.chars().skip(self.length().saturating_sub(half)).collect(),
            false => self.typed.chars().take(half).collect(),
        };
        (half < self.length()).then(|| part.trim().to_owned())
    }

    /// How well it fits the text; not at all if it does not occur there.
    pub fn fit(&self, text: &Text) -> Option<Fit> {
        let text = if self.is_number { &text.numbers } else { &text.spelled };
        let mut places = text.match_indices(&self.wanted).map(|(at, _)| at).peekable();
        let first = *places.peek().filter(|_| !self.wanted.is_empty())?;
        let is_edge = |c: char| self.is_number && !c.is_alphanumeric();
        let begins_word = |at: usize| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        Some(match () {
            () if text.trim_matches(is_edge) == self.wanted => Fit::Equal,
            () if text[..first].chars().all(is_edge) => Fit::Begins,
            () if places.any(begins_word) => Fit::WordBegins,
            () => Fit::Inside,
        })
    }
}

impl Text {
    pub fn new(text: &str, spelling: Spelling) -> Self {
        let spelled = spelled(text, spelling);
        let numbers = squeezed(&spelled);
        Self { spelled, numbers }
    }
}

/// The digits of a number, without its country code where it may be stored without; none of what has letters.
fn number(typed: &str) -> Option<String> {
    let prefix = typed.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("tel:"));
    let typed = &typed[prefix.map_or(0, str::len)..];
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || typed.chars().any(char::is_alphabetic) {
        return None;
    }
    let has_country = typed.contains('+') || digits.starts_with('1') || digits.starts_with("00");
    let is_whole = (WITHOUT_COUNTRY + 1..=MAX_PHONE_NUMBER).contains(&digits.len());
    Some(if has_country && is_whole { digits[digits.len() - WITHOUT_COUNTRY..].to_owned() } else { digits })
}

fn spelled(text: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Folded => folded(text),
        Spelling::Bare => bare(text),
    }
}

/// The text in one spelling for all its cases. Letters with several forms of one case end in one, too.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Only the letters and digits, as typed on a keyboard without the others.
fn bare(text: &str) -> String {
    let text = match text.is_ascii() {
        true => folded(text),
        false => folded(&DecomposingNormalizerBorrowed::new_nfkd().normalize(text)),
    };
    let mut bare = String::with_capacity(text.len());
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        match c {
            // To Unicode, a stroke is not an accent.
            'ł' => bare.push('l'),
            'ø' => bare.push('o'),
            'đ' => bare.push('d'),
            'ħ' => bare.push('h'),
            'æ' => bare.push_str("ae"),
            'œ' => bare.push_str("oe"),
            c => bare.push(c),
        }
    }
    bare
}

/// The text without what is between the digits of a number: all but letters and digits.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    // The end of the last digit, as long as neither letter nor digit came after it.
    let mut digit = None;
    for c in text.chars() {
        if c.is_ascii_digit() {
            squeezed.truncate(digit.unwrap_or(squeezed.len()));
        }
        squeezed.push(c);
        if c.is_ascii_digit() {
            digit = Some(squeezed.len());
        } else if c.is_alphanumeric() {
            digit = None;
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(word: &str, text: &str) -> Option<Fit> {
        SearchWord::read(word).expect(word).fit(&Text::new(text, Spelling::Folded))
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
    fn digits_are_compared_with_digits_whatever_stands_between_them_on_either_side() {
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
    fn a_number_is_found_however_it_is_typed_and_stored() {
        let typed = [
            "+1 (503) 555-0190",
            "+15035550190",
            "0015035550190",
            "15035550190",
            "503/5550190",
            "tel:+1-503-555-0190",
            "503\u{2013}555\u{2014}0190",
            "503\u{2011}555\u{2212}0190",
            "\u{202a}+1 503\u{a0}555\u{200b}0190\u{202c}",
            "5035550190",
        ];
        let stored = ["15035550190", "5035550190", "+1 (503) 555-0190", "503.555.0190", "+1\u{2011}503\u{ad}5550190"];
        for (typed, stored) in typed.iter().flat_map(|typed| stored.map(|stored| (typed, stored))) {
            assert!(fit(typed, stored).is_some(), "{typed} in {stored}");
        }
        // Another country's code may be missing, too.
        assert!(fit("+44 20 7946 0958", "020 7946 0958").is_some());
    }

    #[test]
    fn without_accents_blanks_and_punctuation_more_is_found() {
        for (word, text) in [
            ("jurgen", "Jürgen"),
            ("jurgen", "Ju\u{308}rgen"),
            ("lukasz", "Łukasz"),
            ("lefevre", "Lefèvre"),
            ("zoe", "ZOË"),
            ("istanbul", "İstanbul"),
            ("orsted", "ØRSTED"),
            ("dorde", "Đorđe"),
            ("free conference call", "FreeConferenceCall"),
            ("freeconferencecall", "Free Conference-Call"),
            ("att", "AT&T"),
            ("acme", "\u{ff21}\u{ff23}\u{ff2d}\u{ff25}"),
        ] {
            let (bare, text) = (SearchWord::new(word, Spelling::Bare), Text::new(text, Spelling::Bare));
            assert_eq!(bare.fit(&text), Some(Fit::Equal), "{word} in {text:?}");
        }
        assert_eq!(SearchWord::new("&!", Spelling::Bare).fit(&Text::new("AT&T!", Spelling::Bare)), None);
    }

    #[test]
    fn a_condition_asks_for_the_word_in_quotes_that_it_does_not_hold() {
        for (word, field, expected) in [
            (" garner ", "name", r#"name like "%garner%""#),
            ("5\" pipe", "name", "name like '%5\" pipe%'"),
            ("o'hara", "name", r#"name like "%o'hara%""#),
            ("(844) 844-07", "phonenumber", r#"phonenumber like "%8%4%4%8%4%4%0%7%""#),
            ("84-07", "name", r#"name like "%84%07%""#),
            ("100 %", "name", r#"name like "%100%""#),
            ("1234-ABCD", "partner_sid", r#"partner_sid like "%1234-ABCD%""#),
        ] {
            assert_eq!(SearchWord::read(word).expect(word).condition(field), expected);
        }
    }

    #[test]
    fn what_the_api_cannot_be_asked_for_is_no_word() {
        for (word, problem) in
            [("", "empty"), (" \t\u{a0}", "empty"), (r"a\b", "backslash"), ("a'\"", "both kinds of quotes")]
        {
            let refused = SearchWord::read(word).expect_err(word);
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn a_shorter_part_is_proposed_where_there_is_one() {
        for (word, part) in [
            ("lantern", Some("lan")),
            ("conferencing", Some("confer")),
            ("a bc defgh", Some("a bc")),
            ("abc", None),
            ("503-555-0190", Some("50190")),
        ] {
            assert_eq!(SearchWord::read(word).expect(word).shorter().as_deref(), part);
        }
    }
}
