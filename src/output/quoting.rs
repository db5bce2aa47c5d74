//! Quoting and escaping of cells, on the way to where they are written.

use memchr::memchr_iter;

/// Appends a field of CSV, in quotes if it holds what would end it, or a quote; quotes in it are doubled.
pub fn quote(field: &str, out: &mut Vec<u8>) {
    let bytes = field.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    let mut copied = 0;
    for quote in memchr_iter(b'"', bytes) {
        out.extend_from_slice(&bytes[copied..=quote]);
        // Copied again, with what follows.
        copied = quote;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// Appends a value of TSV: what would end a cell or a line, and the escape itself, escaped by a backslash.
pub fn escape(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some(place) = rest.find(['\t', '\n', '\r', '\\']) {
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

    #[test]
    fn a_field_is_quoted_if_it_must_be() {
        for (field, quoted) in [
            ("", ""),
            ("é; \t\u{85}", "é; \t\u{85}"),
            ("a,b", "\"a,b\""),
            ("a\n", "\"a\n\""),
            ("\ra", "\"\ra\""),
            ("\"", "\"\"\"\""),
            ("\"é\"\",\"", "\"\"\"é\"\"\"\",\"\"\""),
        ] {
            let mut out = b"x,".to_vec();
            quote(field, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), format!("x,{quoted}"));
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
