//! The blanks of JSON text: none, or an indented line for each member; nothing else of it changes.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr2_iter};

/// The text without blanks outside strings, line breaks included.
pub fn compact(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let Some(first) = next_blank(bytes, 0) else {
        return Cow::Borrowed(json);
    };
    let mut out = String::with_capacity(json.len());
    let (mut copied, mut blank) = (0, first);
    loop {
        out.push_str(&json[copied..blank]);
        copied = blank + 1;
        match next_blank(bytes, copied) {
            Some(next) => blank = next,
            None => break,
        }
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

/// Where the next blank outside a string is; `from` is outside one.
fn next_blank(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = memchr(b'"', &bytes[from..]).map_or(bytes.len(), |at| from + at);
        if let Some(at) = bytes[from..quote].iter().position(u8::is_ascii_whitespace) {
            return Some(from + at);
        }
        if quote == bytes.len() {
            return None;
        }
        from = end_of_string(bytes, quote);
    }
}

/// The place after the string that opens at `quote`.
fn end_of_string(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while let Some(found) = memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Appends the text with each member and element on a line of its own, two blanks deeper a level; the first line
/// continues the current one.
pub fn indent(json: &str, mut level: usize, out: &mut String) {
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'"' => {
                at = end_of_string(bytes, start);
                out.push_str(&json[start..at]);
            }
            open @ (b'{' | b'[') => {
                out.push(open.into());
                at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if let Some(b'}' | b']') = bytes.get(at) {
                    out.push(bytes[at].into());
                    at += 1;
                } else {
                    level += 1;
                    new_line(level, out);
                }
            }
            close @ (b'}' | b']') => {
                level = level.saturating_sub(1);
                new_line(level, out);
                out.push(close.into());
            }
            b',' => {
                out.push(',');
                new_line(level, out);
            }
            b':' => out.push_str(": "),
            byte if byte.is_ascii_whitespace() => {}
            _ => {
                let length = bytes[at..].iter().take_while(|byte| !b" \t\r\n,:{}[]\"".contains(byte)).count();
                at += length;
                out.push_str(&json[start..at]);
            }
        }
    }
}

fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

/// Whether arrays and objects stand in one another more than `limit` levels deep.
pub fn is_deeper_than(limit: usize, json: &str) -> bool {
    let bytes = json.as_bytes();
    // So few opening brackets cannot nest too deep. This is all that an ordinary partner costs.
    if memchr2_iter(b'{', b'[', bytes).take(limit + 1).count() <= limit {
        return false;
    }
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at) - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indented(json: &str) -> String {
        let mut out = String::new();
        indent(json, 0, &mut out);
        out
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
    fn depth_counts_brackets_outside_strings() {
        let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
        assert!(is_deeper_than(128, &deep));
        assert!(!is_deeper_than(129, &deep));
        assert!(!is_deeper_than(128, &format!("[\"{}\"]", "[".repeat(500))));
        assert!(!is_deeper_than(128, &format!("[{}1]", "[1],".repeat(500))));
    }

    #[test]
    fn a_hundred_thousand_levels_do_not_overflow_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(compact(&deep), deep);
        assert!(is_deeper_than(128, &deep));
    }
}
