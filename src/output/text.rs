//! What may reach a terminal, and how wide it is there.
//!
//! Partners choose their own names, and servers their own words. A control character among them could move the
//! cursor, recolor or retitle the window, or turn the reading direction of the line round; a character without width
//! could make two different names look the same. All of these are shown escaped, as `\n` or `\u{202e}`, unless an emoji
//! or a script needs them where they stand.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::unicode::{self, is_emoji, is_ignorable, is_skin_tone};

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

/// What was let through so far, as far as it decides what may follow.
#[derive(Default)]
struct Passed {
    last: Option<char>,
    /// The last one that is neither a mark nor invisible.
    base: Option<char>,
    marks: usize,
}

impl Passed {
    /// Whether the character may follow, given what comes after it; then it has.
    fn admits(&mut self, c: char, rest: &str) -> bool {
        let is_mark = !c.is_ascii() && is_mark(c);
        let admitted = match c {
            ' '..='~' => true,
            _ if is_unsafe(c) => false,
            _ if is_ignorable(c) => self.needs(c, rest),
            _ if is_mark => self.base.is_some() && self.marks < MAX_MARKS,
            _ => true,
        };
        let is_base =
            !(is_mark || is_ignorable(c) || is_skin_tone(c) && self.base.is_some_and(|base| !base.is_ascii()));
        match (admitted, is_base) {
            (false, _) => *self = Self { last: Some('}'), base: Some('}'), marks: MAX_MARKS },
            (true, true) => *self = Self { last: Some(c), base: Some(c), marks: 0 },
            (true, false) => {
                self.last = Some(c);
                self.marks += usize::from(is_mark);
            }
        }
        admitted
    }

    /// Whether something invisible changes what is seen where it stands, as in Persian, Malayalam or emoji. What is
    /// escaped after it is no letter, and joins to nothing.
    fn needs(&self, c: char, rest: &str) -> bool {
        let (Some(last), Some(base)) = (self.last, self.base) else { return false };
        let is_shown =
            |next: &char| !(is_unsafe(*next) || is_ignorable(*next) || is_mark(*next) && self.marks >= MAX_MARKS);
        let next = rest.chars().next().filter(is_shown);
        let joins_forward = unicode::joins_forward(base);
        let joins_backward = next.is_some_and(unicode::joins_backward);
        match c {
            '\u{fe0f}' if matches!(last, '0'..='9' | '#' | '*') => next == Some('\u{20e3}'),
            // Parts two letters that would join.
            '\u{200c}' => {
                next.is_some_and(|next| !next.is_ascii())
                    && (unicode::is_virama(last) || joins_forward && joins_backward)
            }
            '\u{200d}' if is_ignorable(last) && last != '\u{fe0f}' => false,
            // Joins emoji, or gives a letter the form that it has beside another.
            '\u{200d}' => {
                unicode::is_virama(last)
                    || is_emoji(base) && next.is_some_and(is_emoji)
                    || joins_forward != joins_backward
                    || !base.is_ascii() && next.is_some_and(unicode::is_virama)
            }
            // Chooses between an emoji and a plain sign.
            '\u{fe0e}' | '\u{fe0f}' => last == base && is_emoji(base),
            _ => false,
        }
    }
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
    let mut shown = Passed::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if shown.admits(c, rest) {
            out.push(c);
        } else {
            write(c, &mut out);
        }
    }
    Cow::Owned(out)
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
