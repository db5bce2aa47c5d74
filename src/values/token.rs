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

    /// The text with every occurrence of the secret replaced, for words that come from a server. Letter case does not
    /// count, since a server may have changed it, as in the name of a host.
    pub fn redact(&self, text: &str) -> String {
        let secret = self.0.as_bytes();
        let mut redacted = String::with_capacity(text.len());
        let mut rest = text;
        // The secret is ASCII, so wherever it is found, characters begin and end.
        while let Some(at) = rest.as_bytes().windows(secret.len()).position(|part| part.eq_ignore_ascii_case(secret)) {
            redacted.push_str(&rest[..at]);
            redacted.push_str("(redacted)");
            rest = &rest[at + secret.len()..];
        }
        redacted + rest
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl FromStr for Token {
    type Err = String;

    /// Drops one trailing line break, as files and commands end with one. The message of a refusal never shows the text.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        let problem = if text.is_empty() {
            "the token is empty"
        } else if text.contains(char::is_whitespace) {
            "the token has a blank or a line break in it"
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "the token has a control or non-ASCII character in it"
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
    fn one_trailing_line_break_is_dropped() {
        for text in ["abc\n", "abc\r\n", "abc"] {
            assert_eq!(text.parse::<Token>().expect("a token").expose(), "abc");
        }
    }

    #[test]
    fn a_token_that_cannot_be_one_is_refused_without_being_shown() {
        for text in ["", "\n", "se cret", "secret\n\n", "se\u{7}cret", "sécret", "se\tcret"] {
            let problem = text.parse::<Token>().expect_err("not a token");
            assert!(!problem.contains("cret"), "{problem}");
        }
    }

    #[test]
    fn the_secret_is_taken_out_of_foreign_words() {
        let token: Token = "abc".parse().expect("a token");
        assert_eq!(token.redact("bad token abc, éABCé!"), "bad token (redacted), é(redacted)é!");
    }
}
