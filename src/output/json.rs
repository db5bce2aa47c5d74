//! `json`: one array of objects, indented. `jsonl`: one compact object a line.

use std::io::{self, Write};

use crate::raw;

use super::row::Row;
use super::{Column, Fact, Formatter, Unseen, text};

/// Writes an array that grows as rows come.
#[derive(Default)]
pub struct Json {
    /// Whether what could drive a terminal is written as `\uXXXX`.
    pub terminal: bool,
    pub rows: u64,
    /// The last row; its buffer is reused.
    pub row: Vec<u8>,
}

impl Formatter for Json {
    fn begin(&mut self, _columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.rows == 0 { b"\n  " } else { b",\n  " })?;
        self.rows += 1;
        self.row.clear();
        match row {
            Row::Object(object) => raw::indent_object(*object, 1, &mut self.row),
            row => raw::indent(&row.object(), 1, &mut self.row),
        }
        write(&self.row, self.terminal, out)
    }

    fn end(&mut self, _facts: &[Fact], out: &mut dyn Write) -> io::Result<Unseen> {
        out.write_all(if self.rows == 0 { b"]\n" } else { b"\n]\n" })?;
        Ok(Unseen::default())
    }
}

/// Writes each row on a line of its own.
pub struct JsonLines {
    pub terminal: bool,
}

impl Formatter for JsonLines {
    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let object = row.object();
        let line = match row {
            Row::Object(object) if object.is_plain() => object.text().into(),
            _ => raw::compact(&object),
        };
        out.write_all(if self.terminal { text::escape_json(&line) } else { line }.as_bytes())?;
        out.write_all(b"\n")
    }
}

/// Writes one JSON value indented, and a line break.
pub fn write_value(json: &str, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut indented = Vec::new();
    raw::indent(json, 0, &mut indented);
    write(&indented, terminal, out)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn write(json: &[u8], terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    match terminal {
        true => out.write_all(text::escape_json(&String::from_utf8_lossy(json)).as_bytes()),
        false => out.write_all(json),
    }
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
    fn an_object_that_came_on_many_lines_leaves_on_one() {
        let partner = "{\n  \"a\" : 1.0,\r\n  \"b\": \"x  \\n y\"\n}";
        assert_eq!(written(plain(Format::Jsonl), &[], &[partner, "{}"]), "{\"a\":1.0,\"b\":\"x  \\n y\"}\n{}\n");
    }

    #[test]
    fn picked_fields_make_the_object() {
        assert_eq!(
            written(plain(Format::Json), &["balance", "c.x"], &[r#"{"c":{"x":"y"},"a":1}"#]),
            "[\n  {\n    \"balance\": null,\n    \"c.x\": \"y\"\n  }\n]\n"
        );
    }
}
