//! Tokens in what the program says: wherever they come from, they are hidden where a message leaves the program.
//!
//! Messages repeat what was typed and what a server sent, and either may be the token. So no code that makes a message
//! needs to hide it: reports, notices, logs and receipts pass through [`hidden`], and so does truncated text, since
//! half a token would not be found any more.

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

/// The text without the token, as it stands or percent-encoded; nothing if it is not in there.
fn without(text: &str, token: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let ends_word = |byte: Option<u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let before = |at: usize| bytes[..at].last_chunk().and_then(decoded).or(bytes[..at].last().copied());
    let (mut hidden, mut end, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        let is_word = |behind: usize| ends_word(before(at)) && ends_word(first(&bytes[behind..]));
        match behind_token(bytes, at, token.as_bytes()) {
            Some(behind) if token.len() >= MIN_LENGTH || is_word(behind) => {
                hidden.push_str(&text[end..at]);
                hidden.push_str("(redacted)");
                (end, at) = (behind, behind);
            }
            _ => at += 1,
        }
    }
    (end > 0).then(|| hidden + &text[end..])
}

/// The place after the token, if it begins here. Letter case does not count, since a server may have changed it, as in
/// the name of a host.
fn behind_token(text: &[u8], mut at: usize, token: &[u8]) -> Option<usize> {
    if text.get(at..at + token.len()).is_some_and(|word| word.eq_ignore_ascii_case(token)) {
        return Some(at + token.len());
    }
    for wanted in token {
        let rest = text.get(at..)?;
        let is_wanted = |byte: u8| byte.eq_ignore_ascii_case(wanted);
        at += match rest.first_chunk().and_then(decoded).is_some_and(is_wanted) {
            true => 3,
            false => rest.first().filter(|byte| is_wanted(**byte)).map(|_| 1)?,
        };
    }
    Some(at)
}

/// The first byte, decoded if it is percent-encoded.
fn first(text: &[u8]) -> Option<u8> {
    text.first_chunk().and_then(decoded).or(text.first().copied())
}

fn decoded([percent, high, low]: &[u8; 3]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    (*percent == b'%').then_some((digit(high)? * 16 + digit(low)?) as u8)
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
        assert_eq!(hide_in("?f=abc%25def12345", "abc%def12345"), "?f=(redacted)");
    }

    proptest::proptest! {
        #[test]
        fn the_token_is_nowhere_whatever_stands_around_it(token in "[!-~]{8,12}", before: String, after: String) {
            let encoded: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let hidden = hide_in(&format!("{before}{token}{after}{encoded}"), &token);
            proptest::prop_assert!(!hidden.contains(&token) && !hidden.contains(&encoded), "{hidden}");
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
