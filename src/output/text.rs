//! What may reach a terminal, and how wide it is there.
//!
//! Partners choose their own names, and servers their own words. A control character among them could move the
//! cursor, recolor or retitle the window, or turn the reading direction of the line round; a character without width
//! could make two different names look the same. All of these are shown escaped, as `\n` or `\u{202e}`, unless an emoji
//! or a script needs them where they stand.

use std::borrow::Cow;
use std::fmt::Write;

use icu_properties::props::{CanonicalCombiningClass, DefaultIgnorableCodePoint, ExtendedPictographic, JoiningType};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character must not reach a terminal, wherever it stands.
fn is_unsafe(c: char) -> bool {
    match c {
        ' '..='~' => false,
        // C0, DEL and C1; those that break the line or annotate it; a note head without ink; layout of hieroglyphs.
        '\0'..='\u{9f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d159}'
        | '\u{13430}'..='\u{1343f}' => true,
        _ => false,
    }
}

/// The most marks without width that a letter has in any language, Tibetan and pointed Hebrew included.
const MAX_MARKS: usize = 8;

/// Whether the character may follow the last one, given what comes after it.
fn may_follow(c: char, last: Option<char>, rest: &str) -> bool {
    match (c, last) {
        (' '..='~', _) => true,
        _ if is_unsafe(c) => false,
        _ if !is_ignorable(c) => last.is_some() || !is_mark(c),
        (_, Some(last)) => is_needed(c, last, rest),
        (_, None) => false,
    }
}

/// Whether something invisible changes what is seen where it stands, as in Persian, Malayalam or emoji. What is escaped
/// after it is not a letter, and joins to nothing.
fn is_needed(c: char, last: char, rest: &str) -> bool {
    let next = rest.chars().next().filter(|next| !is_unsafe(*next) && !is_ignorable(*next)).unwrap_or(' ');
    let joins_forward = matches!(joining(last), JoiningType::DualJoining | JoiningType::LeftJoining);
    let joins_backward = matches!(joining(next), JoiningType::DualJoining | JoiningType::RightJoining);
    let ends_emoji = |c: char| is_emoji(c) || matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    match c {
        // Parts two letters that would join.
        '\u{200c}' => !next.is_ascii() && (is_virama(last) || joins_forward && joins_backward),
        // Gives a letter the form that it has beside another, or joins emoji.
        '\u{200d}' if is_virama(last) || !last.is_ascii() && is_virama(next) => true,
        '\u{200d}' => joins_forward != joins_backward || ends_emoji(last) && is_emoji(next),
        // Chooses between an emoji and a plain sign.
        '\u{fe0f}' if matches!(last, '0'..='9' | '#' | '*') => next == '\u{20e3}',
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(last),
        _ => false,
    }
}

/// Whether a character is meant to be invisible.
pub fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether it is an emoji, or a sign that can be shown as one.
fn is_emoji(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// To which side a letter joins others, as in Arabic.
fn joining(c: char) -> JoiningType {
    CodePointMapData::<JoiningType>::new().get(c)
}

/// Whether a mark takes its vowel from a letter and so makes it join the next one, as in Indic scripts.
fn is_virama(c: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
}

/// Whether a character is drawn over the one before it.
fn is_mark(c: char) -> bool {
    c.width() == Some(0) && !is_ignorable(c)
}

/// The text with everything escaped that must not reach a terminal.
pub fn escape(text: &str) -> Cow<'_, str> {
    escape_by(text, |c, out| {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
        };
    })
}

/// JSON text with everything that must not reach a terminal written as JSON's own `\uXXXX`.
///
/// Valid JSON has such characters only inside strings, where the escape means the same. Line breaks between members
/// are layout and stay.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    escape_by(json, |c, out| match c {
        '\n' | '\r' | '\t' => out.push(c),
        _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(out, "\\u{unit:04x}")),
    })
}

fn escape_by(text: &str, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut last, mut marks) = (None, 0);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let is_invisible = is_ignorable(c);
        if !is_invisible {
            marks = if is_mark(c) { marks + 1 } else { 0 };
        }
        // What is invisible may be needed by a mark after it.
        if marks + usize::from(is_invisible) <= MAX_MARKS && may_follow(c, last, rest) {
            out.push(c);
            last = Some(c);
        } else {
            write(c, &mut out);
            last = Some('}');
        }
    }
    Cow::Owned(out)
}

/// The text with `…` in place of what is beyond so many characters.
pub fn beginning(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The text with `…` in place of what is beyond so many columns of a terminal.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut taken = 0;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken < columns
    };
    Cow::Owned(text.chars().take_while(fits).chain(['…']).collect())
}

/// How many columns of a terminal the text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

#[cfg(test)]
mod tests;
