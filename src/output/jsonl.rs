//! `jsonl`: one compact object a line.

use std::io::{self, Write};

use crate::raw;

use super::row::Row;
use super::{Column, Formatter, text};

pub struct Jsonl {
    terminal: bool,
}

impl Jsonl {
    /// Lines; on a terminal, what could drive it is written as `\uXXXX`.
    pub fn new(terminal: bool) -> Self {
        Self { terminal }
    }
}

impl Formatter for Jsonl {
    fn begin(&mut self, _columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let object = row.object();
        let line = raw::compact(&object);
        out.write_all(if self.terminal { text::escape_json(&line) } else { line }.as_bytes())?;
        out.write_all(b"\n")
    }

    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::output::tests::{plain, written};
    use crate::values::Format;

    #[test]
    fn an_object_that_came_on_many_lines_leaves_on_one() {
        let partner = "{\n  \"a\" : 1.0,\r\n  \"b\": \"x  \\n y\"\n}";
        assert_eq!(written(plain(Format::Jsonl), &[], &[partner, "{}"]), "{\"a\":1.0,\"b\":\"x  \\n y\"}\n{}\n");
    }
}
