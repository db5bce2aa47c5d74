//! Quoting and escaping of cells, on the way to where they are written.

use crate::words::{any_of, find, first, word_at};

/// Appends a field of CSV, in quotes if it holds what would end it, or a quote; quotes in it are doubled.
pub(crate) fn quote(field: &str, delimiter: u8, out: &mut Vec<u8>) {
    let bytes = field.as_bytes();
    if find(bytes, any_of([b'"', delimiter, b'\n', b'\r'])).is_none() {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    double_quotes(bytes, out);
    out.push(b'"');
}

/// Appends the bytes with each quote doubled. They are copied by words, of which what follows a quote is copied again.
fn double_quotes(bytes: &[u8], out: &mut Vec<u8>) {
    let (mut at, mut end) = (0, out.len());
    out.resize(end + 2 * bytes.len(), 0);
    while let Some(word) = word_at(bytes, at) {
        out[end..end + 8].copy_from_slice(&word.to_le_bytes());
        let copied = first(any_of([b'"'])(word)).map_or(8, |quote| quote + 1);
        at += copied;
        end += copied;
        if bytes[at - 1] == b'"' {
            out[end] = b'"';
            end += 1;
        }
    }
    for byte in &bytes[at..] {
        let copies = if *byte == b'"' { 2 } else { 1 };
        out[end..end + copies].fill(*byte);
        end += copies;
    }
    out.truncate(end);
}

/// Appends a value of TSV: what would end a cell or a line, and the escape itself, escaped by a backslash.
pub(crate) fn escape(value: &str, out: &mut String) {
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

    fn quoted(field: &str, delimiter: u8) -> String {
        let mut out = b"x".to_vec();
        quote(field, delimiter, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_field_is_quoted_wherever_what_makes_it_so_stands() {
        for length in 0..20 {
            let plain = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(quoted(&plain, b','), format!("x{plain}"));
            for at in (0..=plain.len()).filter(|at| plain.is_char_boundary(*at)) {
                let with = |text: &str| format!("{}{text}{}", &plain[..at], &plain[at..]);
                for text in [",", "\n", "\r"] {
                    assert_eq!(quoted(&with(text), b','), format!("x\"{}\"", with(text)));
                }
                for text in [";", "\t", "\0", "\u{85}", " "] {
                    assert_eq!(quoted(&with(text), b','), format!("x{}", with(text)));
                }
                assert_eq!(quoted(&with(";"), b';'), format!("x\"{}\"", with(";")));
                for quotes in ["\"", "\"\"", "\"x\"", "\",\"abcdefghi\""] {
                    let doubled = quotes.replace('"', "\"\"");
                    assert_eq!(quoted(&with(quotes), b','), format!("x\"{}\"", with(&doubled)));
                }
            }
        }
    }

    #[test]
    fn every_byte_may_be_a_quote() {
        for length in 0..40 {
            assert_eq!(quoted(&"\"".repeat(length), b',').len(), if length == 0 { 1 } else { 3 + 2 * length });
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
