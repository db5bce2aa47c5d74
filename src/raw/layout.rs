//! The blanks of JSON text: none, or an indented line for each member; nothing else of it changes.

use std::borrow::Cow;
use std::ops::Range;

use super::check::{Odd, past_blanks, string};
use super::object::Object;

/// The text without blanks outside strings, line breaks included.
pub fn compact(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string(bytes, at, &mut Odd::default()).unwrap_or(bytes.len()),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&json[copied..at]);
                at += 1;
                copied = at;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

/// Appends the text with each member and element on a line of its own, two blanks deeper a level; the first line
/// continues the current one.
pub fn indent(json: &str, mut level: usize, out: &mut Vec<u8>) {
    let bytes = json.as_bytes();
    // What lies between the two is copied when something else is to follow it.
    let (mut copied, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string(bytes, at, &mut Odd::default()).unwrap_or(bytes.len());
                continue;
            }
            b'{' | b'[' => {
                append(bytes, copied..at + 1, out);
                copied = past_blanks(bytes, at + 1, &mut Odd::default());
                if let Some(b'}' | b']') = bytes.get(copied) {
                    at = copied;
                } else {
                    level += 1;
                    new_line(level, out);
                    at = copied;
                    continue;
                }
            }
            b'}' | b']' => {
                append(bytes, copied..at, out);
                level = level.saturating_sub(1);
                new_line(level, out);
                copied = at;
            }
            b',' | b':' => {
                append(bytes, copied..at + 1, out);
                if *byte == b',' {
                    new_line(level, out)
                } else {
                    out.push(b' ')
                }
                copied = at + 1;
            }
            b' ' | b'\n' | b'\r' | b'\t' => {
                append(bytes, copied..at, out);
                copied = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    append(bytes, copied..bytes.len(), out);
}

/// The same of an object whose members are known.
pub fn indent_object(object: Object, level: usize, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut is_empty = true;
    for (key, value) in object.members() {
        if !std::mem::replace(&mut is_empty, false) {
            out.push(b',');
        }
        new_line(level + 1, out);
        append(key.as_bytes(), 0..key.len(), out);
        out.extend_from_slice(b": ");
        if value.starts_with(['{', '[']) {
            indent(value, level + 1, out);
        } else {
            append(value.as_bytes(), 0..value.len(), out);
        }
    }
    if !is_empty {
        new_line(level, out);
    }
    out.push(b'}');
}

fn new_line(level: usize, out: &mut Vec<u8>) {
    let end = out.len() + 1 + 2 * level;
    out.extend_from_slice(b"\n               ");
    out.resize(end, b' ');
}

/// Appends a piece of the bytes. Most pieces are short, and a copy of always the same length, cut to theirs, takes less
/// than one of any length.
#[inline(always)]
fn append(bytes: &[u8], piece: Range<usize>, out: &mut Vec<u8>) {
    let end = out.len() + piece.len();
    match bytes[piece.start..].first_chunk::<32>() {
        Some(chunk) if piece.len() <= chunk.len() => {
            out.extend_from_slice(chunk);
            out.truncate(end);
        }
        _ => out.extend_from_slice(&bytes[piece]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indented(json: &str) -> String {
        let mut out = Vec::new();
        indent(json, 0, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn compact_drops_blanks_outside_strings_only() {
        assert_eq!(
            compact("{ \"a b\" : \"c  \\\" d\",\r\n\t\"e\":[ 1 , 2.50 ] }\n"),
            "{\"a b\":\"c  \\\" d\",\"e\":[1,2.50]}"
        );
        assert!(matches!(compact(r#"{"a b":" \\"}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn blanks_between_many_elements_take_as_long_as_their_bytes() {
        // With a look for the next quote at every blank, this takes minutes.
        let list = vec!["1"; 1 << 20];
        let object = |comma: &str| format!(r#"{{"x":[{}],"y":"z"}}"#, list.join(comma));
        assert_eq!(compact(&object(", ")), object(","));
    }

    #[test]
    fn compact_sees_a_single_blank_wherever_it_may_stand() {
        let tokens = ["{", "\"a, b\"", ":", "[", "true", ",", "-1.5", ",", "null", ",", "\"\"", "]", "}"];
        let compacted = tokens.concat();
        for place in 0..=tokens.len() {
            for blank in [" ", "\n", "\t", "\r", "  "] {
                let spaced = [tokens[..place].concat(), tokens[place..].concat()].join(blank);
                assert_eq!(compact(&spaced), compacted, "{spaced:?}");
            }
        }
    }

    #[test]
    fn indent_gives_each_member_a_line_and_keeps_empty_ones_together() {
        assert_eq!(
            indented("{\"a\":[1.0,{\"b\" :\n\"x, {y}: \\\"\"}],\"c\":{ },\"d\":[],\"e\":null}"),
            "{\n  \"a\": [\n    1.0,\n    {\n      \"b\": \"x, {y}: \\\"\"\n    }\n  ],\n  \"c\": {},\n  \"d\": [],\n  \"e\": null\n}"
        );
    }

    #[test]
    fn compact_undoes_indent() {
        let json = r#"{"a":[1e400,-0.0,"\u00e9 \ud800"],"b":{"c":[[],{}]},"d":true}"#;
        assert_eq!(compact(&indented(json)), json);
    }

    #[test]
    fn a_hundred_thousand_levels_do_not_overflow_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(compact(&deep), deep);
    }
}
