//! Partners to bytes.
//!
//! A format is one small file that turns rows into bytes and does no I/O of its own. A new one is a new file, its name
//! in [`Format`], and an arm in each `match` that the compiler then asks for: `formatter` here, and what is known of a
//! format beside its name. Commands go by its [`FormatKind`](crate::values::FormatKind) and need no change. A partner
//! comes in as raw JSON text, is cut to a [`Row`] by a [`Projection`], and goes out at once; only the table keeps its
//! rows until the end. No HTTP is known in here.

mod cell;
mod csv;
mod formula;
pub mod json;
mod markdown;
pub mod message;
pub mod notices;
pub mod paint;
mod quoting;
pub mod row;
pub mod secrets;
pub mod sink;
mod table;
pub mod terminal;
pub mod text;
mod tsv;
mod workbook;

use std::io::{self, Write};

use crate::raw::Object;
use crate::values::Format;

pub use cell::Cell;
pub use formula::unguarded;
pub use message::quoted;
pub use notices::Notices;
pub use row::{Column, ColumnKind, Columns, Projection, Row};
pub use sink::{Destination, Sink};
pub use table::{ABSENT, Rank};
pub use terminal::{Progress, Terminal, Viewport};

/// Turns rows into one output format. Does no I/O of its own.
trait Formatter {
    /// What stands before all rows.
    fn begin(&mut self, _columns: &[Column], _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
    fn row(&mut self, row: &Row, out: &mut dyn Write) -> io::Result<()>;
    /// What stands after all rows, and facts about them, if there is room for those beside the rows.
    fn end(&mut self, _facts: &[Fact], _out: &mut dyn Write) -> io::Result<Unseen> {
        Ok(Unseen::default())
    }
    /// In place of `end` when further rows cannot come: writes what is held back, and closes nothing, so that half a
    /// list is not taken for a whole one.
    fn break_off(&mut self, _out: &mut dyn Write) -> io::Result<Unseen> {
        Ok(Unseen::default())
    }
}

/// Something to be known of the rows as a whole: its name, what kind of value it has, and that.
pub type Fact = (&'static str, ColumnKind, String);

/// What of the rows is not seen as it is.
#[derive(Debug, Default)]
pub struct Unseen {
    /// The columns that there was no room for.
    pub columns: Vec<(String, Rank)>,
    /// How many numbers are text because the format holds none of so many digits.
    pub numbers: u64,
    /// The keys of partners that came too late for the header and are left out.
    pub keys: Vec<String>,
}

/// A format, and what can be chosen of it.
#[derive(Debug, Clone, Copy)]
pub struct FormatOptions {
    pub format: Format,
    /// Whether formats with a header line have it.
    pub header: bool,
    /// What the bytes are looked at on; a terminal must not be driven by them.
    pub viewport: Viewport,
    /// Whether text in CSV and TSV is kept from being run as a formula by a spreadsheet.
    pub formula_guard: bool,
}

impl FormatOptions {
    /// The format with nothing chosen.
    pub fn new(format: Format, viewport: Viewport) -> Self {
        Self { format, header: true, viewport, formula_guard: false }
    }
}

fn formatter(options: FormatOptions) -> Box<dyn Formatter> {
    let FormatOptions { format, header, viewport, formula_guard } = options;
    let terminal = viewport.is_terminal;
    match format {
        Format::Table => Box::new(table::Table::new(header, viewport)),
        Format::Json => Box::new(json::Json { terminal, ..Default::default() }),
        // Metrics are not rows: the one command that has them writes them itself.
        Format::Jsonl | Format::Prometheus => Box::new(json::JsonLines { terminal }),
        Format::Csv => Box::new(csv::Csv { header, terminal, formula_guard, ..Default::default() }),
        Format::Tsv => Box::new(tsv::Tsv { header, terminal, formula_guard, ..Default::default() }),
        Format::Xlsx => Box::new(workbook::Sheets::new(header)),
        Format::Markdown => Box::new(markdown::Markdown { header }),
    }
}

/// Writes partners one after the other in one format.
pub struct Writer<'o> {
    formatter: Box<dyn Formatter>,
    columns: Columns,
    rows: u64,
    out: &'o mut dyn Write,
}

impl<'o> Writer<'o> {
    /// Begins the output, header and all.
    pub fn begin(options: FormatOptions, projection: Projection, out: &'o mut dyn Write) -> io::Result<Self> {
        let mut formatter = formatter(options);
        let columns = Columns::new(projection);
        formatter.begin(columns.list(), out)?;
        Ok(Self { formatter, columns, rows: 0, out })
    }

    /// Writes one partner, given as the raw text that came.
    pub fn write(&mut self, partner: &str) -> io::Result<()> {
        let partner = self.columns.cut(partner);
        let row = self.columns.pick(&partner);
        self.rows += 1;
        self.formatter.row(&row, self.out)
    }

    /// Writes one partner whose members are known.
    pub fn write_object(&mut self, partner: Object) -> io::Result<()> {
        if self.columns.cuts() {
            return self.write(partner.text());
        }
        let row = self.columns.pick_of(partner);
        self.rows += 1;
        self.formatter.row(&row, self.out)
    }

    /// Writes one row of our own.
    pub fn write_cells(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        self.rows += 1;
        self.formatter.row(&Row::Picked(self.columns.list(), cells), self.out)
    }

    /// Lets what was written so far leave the program.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub fn end(&mut self) -> io::Result<Unseen> {
        self.end_with(|_| Vec::new())
    }

    /// Ends the output with what is to be known of the rows, given how many they are.
    pub fn end_with(&mut self, facts: impl FnOnce(u64) -> Vec<Fact>) -> io::Result<Unseen> {
        let unseen = self.formatter.end(&facts(self.rows), self.out)?;
        self.ended(unseen)
    }

    /// Ends an output that misses rows.
    pub fn break_off(&mut self) -> io::Result<Unseen> {
        let unseen = self.formatter.break_off(self.out)?;
        self.ended(unseen)
    }

    fn ended(&mut self, unseen: Unseen) -> io::Result<Unseen> {
        self.out.flush()?;
        Ok(Unseen { keys: self.columns.left_out().to_vec(), ..unseen })
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    /// What a format makes of partners, with the named columns or, without any, with all that came.
    pub fn written(options: FormatOptions, columns: &[&str], partners: &[&str]) -> String {
        let projection = Projection {
            columns: (!columns.is_empty()).then(|| columns.iter().map(|name| column(name)).collect()),
            ..Projection::default()
        }
        .keeping("display_id");
        let mut out = Vec::new();
        let mut writer = Writer::begin(options, projection, &mut out).expect("a beginning");
        partners.iter().for_each(|partner| writer.write(partner).expect("a row"));
        writer.end().expect("an end");
        String::from_utf8(out).expect("UTF-8")
    }

    fn column(name: &str) -> Column {
        let kind = match name {
            "balance" => ColumnKind::Number,
            "display_id" => ColumnKind::Code,
            "status" => ColumnKind::Status,
            _ => ColumnKind::Text,
        };
        Column::named(&name.parse().expect(name), kind)
    }

    pub fn plain(format: Format) -> FormatOptions {
        FormatOptions::new(format, Viewport::default())
    }

    #[test]
    fn no_rows_still_make_valid_output_in_every_format() {
        for (format, expected) in [
            (Format::Table, ""),
            (Format::Json, "[]\n"),
            (Format::Jsonl, ""),
            (Format::Csv, "name,balance\n"),
            (Format::Tsv, "name\tbalance\n"),
            (Format::Markdown, "| name | balance |\n| --- | ---: |\n"),
        ] {
            assert_eq!(written(plain(format), &["name", "balance"], &[]), expected, "{format}");
        }
    }

    #[test]
    fn no_control_character_reaches_a_terminal_in_any_format() {
        let partner = "{\"name\":\"a\\u001b[2J\u{9b}\u{202e}\\u202eb\",\"balance\":1}";
        for format in Format::value_variants().iter().filter(|format| !format.is_binary()) {
            let out = written(
                FormatOptions { viewport: Viewport { is_terminal: true, ..Viewport::default() }, ..plain(*format) },
                &["name", "balance"],
                &[partner],
            );
            assert!(!out.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{format}: {out:?}");
        }
    }

    #[test]
    fn number_text_is_the_same_in_every_format() {
        let partner = r#"{"name":12345678901234567890123,"balance":4.40}"#;
        for format in Format::value_variants().iter().filter(|format| !format.is_binary()) {
            let out = written(plain(*format), &["name", "balance"], &[partner]);
            assert!(out.contains("12345678901234567890123") && out.contains("4.40"), "{format}: {out}");
        }
    }
}
