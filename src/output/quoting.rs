//! Quoting and escaping of cells, on the way to where they are written.

use crate::raw::words::{any_of, find, first, last_word, quote_or_control_or, word_at};

/// A record of CSV. Its buffer is reused.
#[derive(Default)]
pub struct Record {
    /// What lies behind the end means nothing.
    bytes: Vec<u8>,
    end: usize,
}

impl Record {
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    pub fn clear(&mut self) {
        self.end = 0;
    }

    /// Appends a field and a comma after it. The field is in quotes if it holds what would end it, or a quote;
    /// quotes in it are doubled.
    pub fn push(&mut self, field: &str) {
        let field = field.as_bytes();
        let room = self.room(2 * field.len() + 3);
        let length = copy_plain(field, room).unwrap_or_else(|| copy_special(field, room));
        room[length] = b',';
        self.end += length + 1;
    }

    /// Ends the line in place of the last comma.
    pub fn end(&mut self) {
        self.end = self.end.saturating_sub(1);
        self.room(1)[0] = b'\n';
        self.end += 1;
    }

    /// Room for so many bytes behind the end, and a word more.
    fn room(&mut self, length: usize) -> &mut [u8] {
        let needed = self.end + length + 8;
        if self.bytes.len() < needed {
            self.bytes.resize(2 * needed, 0);
        }
        &mut self.bytes[self.end..]
    }
}

/// Copies a field that plainly needs no quotes, as it has no comma, quote or control character; gives its length.
#[inline(always)]
fn copy_plain(field: &[u8], room: &mut [u8]) -> Option<usize> {
    let (words, rest) = field.as_chunks();
    let (places, _) = room.as_chunks_mut();
    for (word, place) in words.iter().zip(&mut *places) {
        if quote_or_control_or(b',', u64::from_le_bytes(*word)) != 0 {
            return None;
        }
        *place = *word;
    }
    let last = last_word(field, field.len() - rest.len());
    *places.get_mut(words.len())? = last.to_le_bytes();
    first(quote_or_control_or(b',', last)).is_none_or(|place| place >= rest.len()).then_some(field.len())
}

/// Copies any field, in quotes if it needs them, those in it doubled; gives how long it has become.
fn copy_special(field: &[u8], room: &mut [u8]) -> usize {
    if find(field, any_of([b'"', b',', b'\n', b'\r'])).is_none() {
        room[..field.len()].copy_from_slice(field);
        return field.len();
    }
    let is_quote = any_of([b'"']);
    room[0] = b'"';
    let (mut at, mut end) = (0, 1);
    while let Some(word) = word_at(field, at) {
        // What follows a quote is overwritten.
        room[end..end + 8].copy_from_slice(&word.to_le_bytes());
        match first(is_quote(word)) {
            None => (at, end) = (at + 8, end + 8),
            Some(quote) => {
                (at, end) = (at + quote + 1, end + quote + 2);
                room[end - 1] = b'"';
            }
        }
    }
    for byte in &field[at..] {
        room[end..end + 2].fill(*byte);
        end += if *byte == b'"' { 2 } else { 1 };
    }
    room[end] = b'"';
    end + 1
}

/// Appends a value of TSV: what would end a cell or a line, and the escape itself, escaped by a backslash.
pub fn escape(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some(place) = find(rest.as_bytes(), any_of([b'\t', b'\n', b'\r', b'\\'])) {
        out.push_str(&rest[..place]);
        out.push_str(match rest.as_bytes()[place] {
            b'\t' => "\\t",
            b'\n' => "\\n",
            b'\r' => "\\r",
            _ => "\\\\",
        });
        rest = &rest[place + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(field: &str) -> String {
        let mut record = Record::default();
        // Whatever was there before.
        record.push("\"before\"");
        record.clear();
        record.push("x");
        record.push(field);
        record.end();
        let record = str::from_utf8(record.as_bytes()).expect("UTF-8");
        let field = record.strip_prefix('x').and_then(|rest| rest.strip_prefix(',')).expect(record);
        format!("x{}", field.strip_suffix('\n').expect(record))
    }

    #[test]
    fn a_field_is_quoted_wherever_what_makes_it_so_stands() {
        for length in 0..20 {
            let plain = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(quoted(&plain), format!("x{plain}"));
            for at in (0..=plain.len()).filter(|at| plain.is_char_boundary(*at)) {
                let with = |text: &str| format!("{}{text}{}", &plain[..at], &plain[at..]);
                for text in [",", "\n", "\r"] {
                    assert_eq!(quoted(&with(text)), format!("x\"{}\"", with(text)));
                }
                for text in [";", "\t", "\0", "\u{85}", " "] {
                    assert_eq!(quoted(&with(text)), format!("x{}", with(text)));
                }
                for quotes in ["\"", "\"\"", "\"x\"", "\",\"abcdefghi\""] {
                    let doubled = quotes.replace('"', "\"\"");
                    assert_eq!(quoted(&with(quotes)), format!("x\"{}\"", with(&doubled)));
                }
            }
        }
    }

    #[test]
    fn every_byte_may_be_a_quote() {
        for length in 0..40 {
            assert_eq!(quoted(&"\"".repeat(length)).len(), if length == 0 { 1 } else { 3 + 2 * length });
        }
    }

    #[test]
    fn a_value_of_tsv_is_escaped_wherever_it_must_be() {
        for length in 0..20 {
            for at in 0..=length {
                for (text, escaped) in [("\t", "\\t"), ("\n", "\\n"), ("\r\\", "\\r\\\\"), ("\"\u{b}", "\"\u{b}")] {
                    let with = |text: &str| format!("{}{text}{}", "x".repeat(at), "é".repeat(length - at));
                    let mut out = "x".to_owned();
                    escape(&with(text), &mut out);
                    assert_eq!(out, format!("x{}", with(escaped)));
                }
            }
        }
    }
}
