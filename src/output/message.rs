//! Words from outside in the sentences of the program: bounded, and harmless to a terminal.
//!
//! Whatever the program says to a person passes through [`shown`]: errors, notes, warnings, questions. A value from
//! outside (an ID, a name, a path, a key) that is put into a sentence is named by [`quoted`].

use std::borrow::Cow;

use crate::output::secrets::hidden;
use crate::output::text;

/// The most characters of a value, or of any word, that a sentence repeats.
const MAX_VALUE: usize = 200;

/// The most characters of a sentence; of a longer one, the beginning and the end are shown.
const MAX_SENTENCE: usize = 1_000;

/// The characters of the end of a sentence that is too long, which holds the cause.
const END: usize = 300;

/// A value in quotes, truncated if it is too long to read.
pub fn quoted(value: &str) -> String {
    format!("'{}'", cut(value))
}

/// The sentence for people: neither a word nor the whole too long, nothing in it that could drive a terminal.
pub fn shown(sentence: &str) -> String {
    text::escape(&bounded(&hidden(sentence))).into_owned()
}

/// The sentence, neither a word nor the whole too long.
pub fn bounded(sentence: &str) -> Cow<'_, str> {
    if sentence.len() <= MAX_VALUE {
        return Cow::Borrowed(sentence);
    }
    let sentence = hidden(sentence);
    let words: Vec<_> = sentence.split(' ').map(cut).collect();
    let words = words.join(" ");
    if words.chars().nth(MAX_SENTENCE).is_none() {
        return Cow::Owned(words);
    }
    let beginning = words.char_indices().nth(MAX_SENTENCE - END).map_or(words.len(), |(at, _)| at);
    let end = words.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    Cow::Owned(format!("{}… …{}", &words[..beginning], &words[end..]))
}

/// The beginning of a value that is too long.
fn cut(value: &str) -> Cow<'_, str> {
    if value.len() <= MAX_VALUE {
        return Cow::Borrowed(value);
    }
    Cow::Owned(text::beginning(&hidden(value), MAX_VALUE).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_common_length_is_shown_whole() {
        for sentence in ["", "a b", &"word ".repeat(150), &"x".repeat(200)] {
            assert_eq!(shown(sentence), *sentence);
        }
    }

    #[test]
    fn no_value_is_shown_whole_that_is_longer_than_anybody_reads() {
        for value in ["x", "é", "x y", "\u{1b}", "x\n"] {
            let value = value.repeat(1 << 20);
            for sentence in [value.clone(), quoted(&value), format!("before {} after", quoted(&value))] {
                let shown = shown(&sentence);
                assert!(shown.chars().count() < 9 * MAX_SENTENCE, "{} characters", shown.chars().count());
                assert!(shown.ends_with("after") || !sentence.ends_with("after"), "{shown}");
            }
            assert!(quoted(&value).chars().count() <= MAX_VALUE + 3);
        }
    }

    #[test]
    fn the_cause_at_the_end_of_a_long_sentence_stays() {
        let sentence = format!("{}: the cause", "long words ".repeat(1000));
        assert!(shown(&sentence).starts_with("long words") && shown(&sentence).ends_with(": the cause"));
    }

    #[test]
    fn nothing_shown_can_drive_a_terminal() {
        assert_eq!(shown("a \u{1b}[2J\u{202e}"), r"a \u{1b}[2J\u{202e}");
    }
}
