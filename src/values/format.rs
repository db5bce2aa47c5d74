//! The names of the formats of results and of errors.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use clap::ValueEnum;

use crate::values::suggest;

/// How results are written; [`crate::output`] describes each format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Human-readable columns
    Table,
    /// One array of objects, indented
    Json,
    /// One compact object per line
    #[value(alias = "ndjson")]
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// A Markdown table for tickets and wikis
    #[value(alias = "md")]
    Markdown,
    /// An Excel workbook (only with --to)
    Xlsx,
    /// Metrics for node_exporter (partners check only)
    Prometheus,
}

/// How an error is reported on stderr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ErrorFormat {
    /// Human-readable error and hint
    #[default]
    Text,
    /// One JSON object on the last line, for programs
    Json,
}

/// What a format makes of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatKind {
    /// A few columns for people, drawn for the screen once all rows are known.
    Screen,
    /// The same columns, in rows that are written as they come and drawn by another program.
    Markup,
    /// One JSON document.
    Document,
    /// A JSON object for each row.
    Objects,
    /// A row of columns for each, with nothing left out.
    Columns,
}

impl Format {
    /// What it makes of a list; everything else that a command asks of a format follows from this.
    pub fn kind(self) -> FormatKind {
        match self {
            Self::Table => FormatKind::Screen,
            Self::Markdown => FormatKind::Markup,
            Self::Json => FormatKind::Document,
            Self::Jsonl | Self::Prometheus => FormatKind::Objects,
            Self::Csv | Self::Tsv | Self::Xlsx => FormatKind::Columns,
        }
    }

    /// The extensions of files, and their formats.
    pub const ENDINGS: [(&'static str, Self); 9] = [
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("json", Self::Json),
        ("jsonl", Self::Jsonl),
        ("ndjson", Self::Jsonl),
        ("txt", Self::Table),
        ("md", Self::Markdown),
        ("markdown", Self::Markdown),
        ("xlsx", Self::Xlsx),
    ];

    /// Whether a command has it, by the names that the command is called by.
    pub fn is_for(self, has_name: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Xlsx => has_name("partners") && !has_name("snapshot"),
            Self::Prometheus => has_name("check"),
            _ => true,
        }
    }

    /// Whether it is binary, and only for files.
    pub fn is_binary(self) -> bool {
        self == Self::Xlsx
    }

    /// The format of a file's extension, in any case; `.gz` may follow it.
    pub fn of_file(path: &Path) -> Option<Self> {
        let name = if is_compressed(path) { Path::new(path.file_stem()?) } else { path };
        let ending = name.extension()?.to_str()?;
        Self::ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, format)| *format)
    }
}

impl FormatKind {
    /// Whether it shows what people look for, rather than everything that there is.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Screen | Self::Markup)
    }
}

/// Whether a file's name has the extension of gzip.
pub fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match <Self as ValueEnum>::from_str(text, true) {
            Ok(Self::Xlsx) => Err(format!("`{text}` is only for files: use --to FILE.xlsx")),
            Ok(Self::Prometheus) => Err(format!("`{text}` is only for `partners check -o prometheus`")),
            Ok(format) => Ok(format),
            Err(_) => {
                let names = ["table", "json", "jsonl", "csv", "tsv", "markdown"];
                Err(format!("`{text}` is not an output format; {}", suggest::hint(text, &names)))
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_parses_from_its_own_name_in_any_case() {
        use Format::{Csv, Json, Jsonl, Markdown, Table, Tsv};
        for format in [Table, Json, Jsonl, Csv, Tsv, Markdown] {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(format.to_string().to_uppercase().parse(), Ok(format));
        }
        assert_eq!("ndjson".parse(), Ok(Format::Jsonl));
    }

    #[test]
    fn a_file_has_the_format_of_its_ending() {
        for (name, format) in [
            ("a.csv", Some(Format::Csv)),
            ("dir/a.b.TSV", Some(Format::Tsv)),
            ("a.ndjson", Some(Format::Jsonl)),
            ("a.jsonl", Some(Format::Jsonl)),
            ("a.json", Some(Format::Json)),
            ("a.txt", Some(Format::Table)),
            ("a.md", Some(Format::Markdown)),
            ("a.Markdown.gz", Some(Format::Markdown)),
            ("a.csv.gz", Some(Format::Csv)),
            ("a.JSONL.GZ", Some(Format::Jsonl)),
            ("csv.gz", None),
            ("a.gz", None),
            ("a.xlsx", Some(Format::Xlsx)),
            ("a.ods", None),
            ("csv", None),
        ] {
            assert_eq!(Format::of_file(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn formats_that_few_commands_have_cannot_be_configured() {
        assert!("XLSX".parse::<Format>().expect_err("of files alone").contains("--to FILE.xlsx"));
        assert!("Prometheus".parse::<Format>().expect_err("of one command alone").contains("`partners check -o"));
    }

    #[test]
    fn a_mistyped_format_gets_a_suggestion() {
        assert!("jsnol".parse::<Format>().expect_err("a typo").contains("did you mean `jsonl`?"));
    }
}
