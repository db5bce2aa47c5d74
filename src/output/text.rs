//! What may reach a terminal, and how wide it is there.
//!
//! Partners choose their own names, and servers their own words. A control character among them could move the
//! cursor, recolour or retitle the window, or turn the reading direction of the line round; a character without width
//! could make two different names look the same. All of these are shown escaped, as `\n` or `\u{202e}`, but for the
//! selectors of variants, which emoji and ideographs need.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Whether a character must not reach a terminal as it is.
fn is_unsafe(c: char) -> bool {
    match c {
        ' '..='~' => false,
        // C0, DEL and C1.
        '\0'..='\u{9f}' => true,
        // Invisible ones: soft hyphen, grapheme joiner, Hangul and Khmer fillers, zero-width blanks and operators.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2065}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' => true,
        // Those that turn the reading direction or break the line.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => true,
        // Tags, which spell text that nobody sees.
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// Whether a character is meant to be invisible: Unicode's property Default_Ignorable_Code_Point.
pub fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character joins or parts its neighbours without being seen.
///
/// Persian, Indic scripts and emoji need these, so they stand between two characters beyond ASCII; elsewhere they only
/// hide in a word.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
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
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        let stray = is_joiner(c) && (before.is_ascii() || characters.peek().is_none_or(char::is_ascii));
        if is_unsafe(c) || stray {
            write(c, &mut out);
        } else {
            out.push(c);
        }
        before = c;
    }
    Cow::Owned(out)
}

/// How many columns of a terminal the text takes.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.len();
    }
    // Each character by itself: Unicode joins two Arabic letters to one of a single column, which terminals do not.
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text, its end replaced by `…` if it takes more than so many columns, and how many it takes then; what is one
/// character to the eye is not cut.
pub fn shorten(text: &str, columns: usize) -> (Cow<'_, str>, usize) {
    let whole = width(text);
    if whole <= columns {
        return (Cow::Borrowed(text), whole);
    }
    let (mut end, mut taken) = (0, 1);
    for (at, character) in text.grapheme_indices(true) {
        taken += character.width();
        if taken > columns {
            break;
        }
        end = at + character.len();
    }
    let shortened = format!("{}…", text[..end].trim_end());
    let taken = width(&shortened);
    (Cow::Owned(shortened), taken)
}

/// The text in pieces of at most so many columns, each as long as can be.
pub fn split(text: &str, columns: usize) -> Vec<&str> {
    let (mut pieces, mut start, mut taken) = (Vec::new(), 0, 0);
    for (at, character) in text.grapheme_indices(true) {
        let width = character.width();
        if taken + width > columns && at > start {
            pieces.push(&text[start..at]);
            (start, taken) = (at, 0);
        }
        taken += width;
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_passes() {
        for text in ["Acme, Inc. \\ \"x\"", "Zażółć Żółw", "東京通信", "شركة", "👩‍💻 👍🏽", "می‌خواهم", "é"]
        {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(escape("a\u{1b}[31mb\u{7}\r\n\t\u{7f}\u{9b}2J"), r"a\u{1b}[31mb\u{7}\r\n\t\u{7f}\u{9b}2J");
        for c in (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
            assert!(!escape(&c.to_string()).contains(c), "{c:?}");
        }
    }

    #[test]
    fn what_turns_or_hides_text_is_escaped() {
        assert_eq!(escape("moc\u{202e}.x"), r"moc\u{202e}.x");
        assert_eq!(escape("ad\u{200b}min\u{feff}"), r"ad\u{200b}min\u{feff}");
        assert_eq!(escape("ad\u{200d}min"), r"ad\u{200d}min");
        assert_eq!(escape("x\u{200d}"), r"x\u{200d}");
        // Not assigned yet, and meant to be invisible.
        assert_eq!(escape("x\u{2065}"), r"x\u{2065}");
    }

    #[test]
    fn json_is_escaped_by_its_own_escapes_and_means_the_same() {
        let json = "[\n  \"a\u{202e}\u{9b}\u{e0041}é\"\n]";
        let escaped = escape_json(json);
        assert_eq!(escaped, "[\n  \"a\\u202e\\u009b\\udb40\\udc41é\"\n]");
        let values = |text: &str| serde_json::from_str::<Vec<String>>(text).expect("a list");
        assert_eq!(values(&escaped), values(json));
    }

    #[test]
    fn text_is_as_wide_as_terminals_show_it() {
        for (text, columns) in
            [("abc", 3), ("東京", 4), ("e\u{301}", 1), ("👩‍💻", 2), ("🇩🇪", 2), ("الأمين", 6), ("لا", 2), ("", 0)]
        {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn what_is_too_wide_ends_in_a_mark_and_characters_stay_whole() {
        for (text, columns, shortened, taken) in [
            ("abcde", 5, "abcde", 5),
            ("abcdef", 5, "abcd…", 5),
            ("ab cdef", 4, "ab…", 3),
            ("東京通信", 6, "東京…", 5),
            ("👩‍💻👩‍💻👩‍💻", 4, "👩‍💻…", 3),
            ("ae\u{301}xyz", 3, "ae\u{301}…", 3),
            ("東京", 1, "…", 1),
        ] {
            assert_eq!(shorten(text, columns), (shortened.into(), taken), "{text}");
        }
    }

    #[test]
    fn pieces_fill_their_columns_and_lose_nothing() {
        assert_eq!(split("abcde", 2), ["ab", "cd", "e"]);
        assert_eq!(split("a東京e\u{301}x", 3), ["a東", "京e\u{301}", "x"]);
        assert_eq!(split("", 3), [""]);
        assert_eq!(split("東", 1), ["東"]);
    }
}
