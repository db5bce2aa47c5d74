//! The secret that the API knows a partner by.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

/// A security token or OAuth bearer token.
///
/// It is shown nowhere: `Debug` says `(redacted)`, there is no `Display`, and its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: Zeroizing<String>,
    /// One that everybody knows may be shown.
    is_public: bool,
}

impl Token {
    /// The secret itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The same token, known to everybody: the sandbox's is a common word, which would be missed everywhere.
    pub fn public(self) -> Self {
        Self { is_public: true, ..self }
    }

    /// The text with every occurrence of the secret replaced, percent-encoded ones too, for words of a server and URLs.
    /// Letter case does not count, since a server may have changed it, as in the name of a host.
    ///
    /// Not for sentences of our own: a short secret may be part of them, and would be given away by what is missing.
    pub fn redact(&self, text: &str) -> String {
        if self.is_public {
            return text.to_owned();
        }
        let mut redacted = String::with_capacity(text.len());
        let (mut rest, mut at) = (text, 0);
        // The secret is ASCII, so wherever it is found, characters begin and end.
        while at < rest.len() {
            match self.length_in(&rest.as_bytes()[at..]) {
                Some(length) => {
                    redacted.push_str(&rest[..at]);
                    redacted.push_str("(redacted)");
                    (rest, at) = (&rest[at + length..], 0);
                }
                None => at += 1,
            }
        }
        redacted + rest
    }

    /// How many bytes the secret takes at the beginning of the text, if it stands there.
    fn length_in(&self, text: &[u8]) -> Option<usize> {
        let secret = self.text.as_bytes();
        if text.get(..secret.len()).is_some_and(|text| text.eq_ignore_ascii_case(secret)) {
            return Some(secret.len());
        }
        let encoded = |times: usize| {
            secret.iter().try_fold(0, |length, byte| Some(length + length_of(*byte, times, &text[length..])?))
        };
        (1..=MAX_ENCODED).find_map(encoded)
    }
}

/// How many times over a secret is found percent-encoded: `%2541` is `%41`, and that `A`.
const MAX_ENCODED: usize = 3;

/// How many bytes the expected one takes at the beginning of the text: percent-encoded so many times, or left as it is.
fn length_of(expected: u8, times: usize, text: &[u8]) -> Option<usize> {
    let is_expected = |byte: u8| byte.eq_ignore_ascii_case(&expected);
    let (first, mut rest) = text.split_first()?;
    if *first != b'%' {
        return is_expected(*first).then_some(1);
    }
    for _ in 1..times {
        rest = rest.strip_prefix(b"25")?;
    }
    let digits = rest.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    is_expected(byte).then_some(1 + 2 * times)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl FromStr for Token {
    type Err = String;

    /// Drops one trailing line break, as files and commands end with one. The message of a refusal never shows the
    /// text.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        let problem = if text.is_empty() {
            "the token is empty"
        } else if text.contains(char::is_whitespace) {
            "the token has a blank or a line break in it"
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "the token has a control or non-ASCII character in it"
        } else {
            return Ok(Self { text: Zeroizing::new(text.to_owned()), is_public: false });
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
        let token: Token = "a+/%=".parse().expect("a token");
        for text in ["a+/%=", "a%2B%2F%25%3D", "%61%2b%2f%25%3d", "a%252B%252F%2525%253D", "A+%2F%25="] {
            assert_eq!(token.redact(&format!("x?f={text}&é%")), "x?f=(redacted)&é%", "{text}");
        }
        let token: Token = "%25x".parse().expect("a token");
        assert_eq!(token.redact("%25x %2525x"), "(redacted) (redacted)");
        let token: Token = "a+/%=".parse().expect("a token");
        assert_eq!(token.clone().public().redact("a+/%="), "a+/%=");
        assert_eq!(token.redact("a%2B%2F%+25%3D %2 % %25"), "a%2B%2F%+25%3D %2 % %25");
    }
}
