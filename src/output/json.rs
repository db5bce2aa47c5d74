//! `json`: one array of objects, indented.

use std::io::{self, Write};

use crate::raw;

use super::row::Row;
use super::{Column, Formatter, text};

/// Writes an array that grows as rows come.
pub(crate) struct Json {
    terminal: bool,
    rows: u64,
}

impl Json {
    /// An array; on a terminal, what could drive it is written as `\uXXXX`.
    pub(crate) fn new(terminal: bool) -> Self {
        Self { terminal, rows: 0 }
    }
}

impl Formatter for Json {
    fn begin(&mut self, _columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.rows == 0 { b"\n  " } else { b",\n  " })?;
        self.rows += 1;
        write_indented(&row.object(), 1, self.terminal, out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.rows == 0 { b"]\n" } else { b"\n]\n" })
    }
}

/// Writes one JSON value indented, and a line break.
pub(crate) fn write_value(json: &str, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    write_indented(json, 0, terminal, out)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn write_indented(json: &str, level: usize, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut indented = String::with_capacity(json.len() * 2);
    raw::indent(json, level, &mut indented);
    out.write_all(if terminal { text::escape_json(&indented) } else { indented.into() }.as_bytes())
}

#[cfg(test)]
mod tests {
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    #[test]
    fn an_array_of_indented_objects_keeps_numbers_escapes_and_key_order() {
        let partners = [r#"{"z":1.10,"a":{"b":[],"c":[1]}}"#, r#"{"new":"\u00e9"}"#];
        assert_eq!(
            written(plain(Format::Json), &[], &partners),
            r#"[
  {
    "z": 1.10,
    "a": {
      "b": [],
      "c": [
        1
      ]
    }
  },
  {
    "new": "\u00e9"
  }
]
"#
        );
    }

    #[test]
    fn picked_fields_make_the_object() {
        assert_eq!(
            written(plain(Format::Json), &["balance", "c.x"], &[r#"{"c":{"x":"y"},"a":1}"#]),
            "[\n  {\n    \"balance\": null,\n    \"c.x\": \"y\"\n  }\n]\n"
        );
    }
}
