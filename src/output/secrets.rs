//! Tokens in what the program says: wherever they come from, they are hidden where a message leaves the program.
//!
//! Messages repeat what was typed and what a server said, and either may be the token. So nobody who makes a message
//! has to think of it: reports, notices, logs and receipts pass through [`hidden`], and so does what is cut, since half
//! a token would not be found any more.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::values::Token;

/// A token that is shorter is hidden only as a word of its own: it may be a part of any other.
const MIN_LENGTH: usize = 8;

static TOKENS: Mutex<Vec<Zeroizing<String>>> = Mutex::new(Vec::new());

/// The token of `carrierx sandbox serve`, which everybody knows, and a common word.
const PUBLIC: &str = "sandbox";

/// Hides the token from now on.
pub fn hide(token: &Token) {
    if token.expose() == PUBLIC {
        return;
    }
    let mut tokens = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
    if !tokens.iter().any(|known| **known == token.expose()) {
        tokens.push(Zeroizing::new(token.expose().to_owned()));
    }
}

/// The text without any token.
pub fn hidden(text: &str) -> Cow<'_, str> {
    let tokens = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
    tokens.iter().fold(Cow::Borrowed(text), |text, token| match without(&text, token) {
        Some(hidden) => Cow::Owned(hidden),
        None => text,
    })
}

/// The text without the token, as it stands or percent-encoded; nothing if it is not in there. Letter case does not
/// count, since a server may have changed it, as in the name of a host.
fn without(text: &str, token: &str) -> Option<String> {
    let plain: Vec<_> = text.bytes().enumerate().collect();
    let hidden = without_bytes(text, &plain, token.as_bytes());
    let rest = hidden.as_deref().unwrap_or(text);
    without_bytes(rest, &percent_decoded(rest), token.as_bytes()).or(hidden)
}

/// The text without the token, where `bytes` are those of the text, each with where it begins.
fn without_bytes(text: &str, bytes: &[(usize, u8)], token: &[u8]) -> Option<String> {
    let ends_word = |byte: Option<&(usize, u8)>| byte.is_none_or(|(_, byte)| !byte.is_ascii_alphanumeric());
    let mut hidden = String::new();
    let mut end = 0;
    let mut at = 0;
    while at + token.len() <= bytes.len() {
        let behind = at + token.len();
        let is_token = bytes[at..behind].iter().zip(token).all(|((_, byte), wanted)| byte.eq_ignore_ascii_case(wanted));
        let is_word = || ends_word(bytes[..at].last()) && ends_word(bytes.get(behind));
        if is_token && (token.len() >= MIN_LENGTH || is_word()) {
            hidden.push_str(&text[end..bytes[at].0]);
            hidden.push_str("(redacted)");
            end = bytes.get(behind).map_or(text.len(), |(begin, _)| *begin);
            at = behind;
        } else {
            at += 1;
        }
    }
    (end > 0).then(|| hidden + &text[end..])
}

/// The bytes of the text, percent-encoded ones decoded once, each with where it begins.
fn percent_decoded(text: &str) -> Vec<(usize, u8)> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.filter(|_| bytes[at] == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push((at, byte.unwrap_or(bytes[at])));
        at += if byte.is_some() { 3 } else { 1 };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hide_in(text: &str, token: &str) -> String {
        without(text, token).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_token_is_hidden_wherever_it_stands_and_however_a_url_spells_it() {
        for (text, hidden) in [
            ("bad token 5ebc03d6-a+/=", "bad token (redacted)"),
            ("é5EBC03D6-A+/=é, 5ebc03d6-a+/=!", "é(redacted)é, (redacted)!"),
            ("?f=5ebc03d6-a%2B%2F%3D&x=%5", "?f=(redacted)&x=%5"),
            ("%35ebc03d6-a%2b/=%", "(redacted)%"),
            ("5ebc03d6-a%252B%252F%253D", "5ebc03d6-a%252B%252F%253D"),
            ("5ebc03d6-a+/", "5ebc03d6-a+/"),
            ("", ""),
        ] {
            assert_eq!(hide_in(text, "5ebc03d6-a+/="), hidden, "{text}");
        }
        assert_eq!(hide_in("%41%41%41%41%41 x", "%41%41%41"), "(redacted)%41%41 x");
    }

    proptest::proptest! {
        #[test]
        fn the_token_is_nowhere_whatever_stands_around_it(token in "[!-~]{8,12}", before: String, after: String) {
            let hidden = hide_in(&format!("{before}{token}{after}{token}"), &token);
            proptest::prop_assert!(!hidden.contains(&token), "{hidden}");
        }
    }

    #[test]
    fn a_short_token_hides_only_itself_as_a_word() {
        for (text, hidden) in [
            (
                "http://host/http?x=1 'http' refused: http: no",
                "(redacted)://host/(redacted)?x=1 '(redacted)' refused: (redacted): no",
            ),
            ("?f=name%20eq%20http&y", "?f=name%20eq%20(redacted)&y"),
            ("https http's http", "https (redacted)'s (redacted)"),
        ] {
            assert_eq!(hide_in(text, "http"), hidden, "{text}");
        }
    }
}
