//! The secret that the API knows a partner by.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

/// A security token or OAuth bearer token.
///
/// It is shown nowhere: `Debug` says `(redacted)`, there is no `Display`, and its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// The secret itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl FromStr for Token {
    type Err = String;

    /// Drops one trailing line break, as files and commands end with one, and the byte order mark that Windows puts
    /// before texts. The message of a refusal never shows the text.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        let is_quoted = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        let problem = if text.is_empty() {
            "the token is empty"
        } else if ['"', '\''].into_iter().any(is_quoted) {
            "the token is in quotes, which are not part of it"
        } else if text.contains(char::is_whitespace) {
            "the token contains a space or line break"
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "the token contains a control or non-ASCII character"
        } else {
            return Ok(Self(Zeroizing::new(text.to_owned())));
        };
        Err(problem.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown_by_debug() {
        let token: Token = "5ebc03d6".parse().expect("a token");
        assert_eq!(format!("{token:?}"), "(redacted)");
    }

    #[test]
    fn one_trailing_line_break_and_a_byte_order_mark_are_dropped() {
        for text in ["abc\n", "abc\r\n", "abc", "\u{feff}abc\r\n"] {
            assert_eq!(text.parse::<Token>().expect("a token").expose(), "abc");
        }
    }

    #[test]
    fn a_token_that_cannot_be_one_is_refused_without_being_shown() {
        for text in ["", "\n", "\"secret\"", "'secret'\n", "se cret", "secret\n\n", "se\u{7}cret", "sécret", "se\tcret"]
        {
            let problem = text.parse::<Token>().expect_err("not a token");
            assert!(!problem.contains("cret"), "{problem}");
        }
    }
}
