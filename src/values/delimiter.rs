//! What stands between the cells of CSV.

use std::str::FromStr;

/// A character that can part cells: ASCII, and neither a letter, a digit, a quote nor a control character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    pub fn byte(self) -> u8 {
        self.0
    }
}

impl FromStr for Delimiter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            b"\t" | b"\\t" => Err("for tabs, use -o tsv"),
            [b'"'] => Err("quotes are around cells, and cannot be between them"),
            [byte] if *byte == b' ' || byte.is_ascii_punctuation() => Ok(Self(*byte)),
            _ => Err("write one character such as ';'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_character_that_no_cell_is_made_of() {
        for text in [";", "|", ",", ":", " "] {
            assert_eq!(text.parse().map(Delimiter::byte), Ok(text.as_bytes()[0]));
        }
        for text in ["", ";;", "\"", "\n", "\r", "a", "0", "§", "\0"] {
            assert!(text.parse::<Delimiter>().is_err(), "{text:?}");
        }
        for text in ["\t", "\\t"] {
            assert!(text.parse::<Delimiter>().expect_err("no tab").contains("tsv"));
        }
    }
}
