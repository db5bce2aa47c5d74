//! Lists of partners in files: what `partners list` wrote, read back.
//!
//! The content decides what a file is, its name only where the content does not. `values` reads JSON and JSON Lines,
//! `cells` reads CSV and TSV; partners come out one by one as JSON text, each with the line where it begins. However
//! large a file is, only one partner of it is kept here, and a small file cannot unfold into endlessly many.

mod cells;
mod values;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::values::{Format, is_compressed};

use cells::Cells;
use values::Values;

/// The most bytes of one partner, as of one answer of the API.
const MAX_RECORD: usize = 64 << 20;

/// Compressed bytes unfold into at most so many times as many. Partners compress to a tenth or, if they hardly differ,
/// a fiftieth.
const MAX_EXPANSION: u64 = 200;

/// Before that, so many bytes come in any case.
const FREE_EXPANSION: u64 = 16 << 20;

/// The most memory that the partners of a list take: what never ends is given up.
const MAX_LIST: u64 = 4 << 30;

/// What a partner takes besides its text.
const OVERHEAD: u64 = 64;

/// What a list was saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON objects, in an array or one after the other.
    Objects,
    /// Rows of cells, which know neither null nor types.
    Cells,
}

/// A partner of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, the first being 1.
    pub line: u64,
    /// The JSON object.
    pub text: Box<str>,
}

/// Why a list cannot be read on.
#[derive(Debug)]
pub enum Problem {
    /// The system refused.
    Io(io::Error),
    /// There is nothing in the file at all.
    Empty,
    /// The file ends within the list, or may do so; the partners before are all right.
    Cut { line: u64 },
    /// At this line stands what is in no list.
    Unexpected { line: u64, found: &'static str },
    /// The compressed data is damaged.
    Damaged,
    /// A partner, or all of the file, is larger than any list.
    TooLarge { line: u64 },
    /// By this line there were more partners than a list may have.
    TooMany { line: u64 },
    /// The header, on this line, names no SID.
    NoKey,
    /// This line is a header, and not the first.
    SecondHeader { line: u64 },
    /// The row on this line has another number of cells than the header.
    OtherWidth { line: u64, cells: usize, columns: usize },
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Self::Damaged,
            _ => Self::Io(error),
        }
    }
}

/// An open list.
pub struct Saved {
    reader: Reader,
    has_failed: bool,
    /// How much memory more partners may take.
    room: u64,
}

enum Reader {
    Objects(Values<Box<dyn BufRead>>),
    Cells(Cells<Box<dyn BufRead>>),
}

impl Saved {
    /// Opens the list in a file, or that on stdin if the path is `-`; `key` is the field that a row cannot lack.
    pub fn open(path: &Path, key: &'static str) -> Result<Self, Problem> {
        let source: Box<dyn Read> = match path.as_os_str() == "-" {
            true => Box::new(io::stdin()),
            false => Box::new(File::open(path)?),
        };
        Self::new(source, path, key)
    }

    /// Reads a list from a source of that name.
    pub fn new(source: Box<dyn Read>, path: &Path, key: &'static str) -> Result<Self, Problem> {
        let mut source: Box<dyn BufRead> = Box::new(BufReader::with_capacity(BUFFER, source));
        let is_gzip = source.fill_buf()?.starts_with(&GZIP);
        if is_gzip {
            source = Box::new(BufReader::with_capacity(BUFFER, Unfolding::new(source)));
        }
        let is_bom = source.fill_buf().map_err(unfolded)?.starts_with("\u{feff}".as_bytes());
        if is_bom {
            source.consume('\u{feff}'.len_utf8());
        }
        let reader = match first_byte(source.fill_buf().map_err(unfolded)?) {
            None if source.fill_buf()?.is_empty() => return Err(Problem::Empty),
            Some(b'{' | b'[') | None => Reader::Objects(Values::new(source)),
            Some(_) if source.fill_buf()?.starts_with(ZIP) => {
                return Err(Problem::Unexpected { line: 1, found: "a workbook or another archive" });
            }
            Some(_) if is_compressed(path) && !is_gzip => return Err(Problem::Damaged),
            Some(_) => Reader::Cells(Cells::new(source, Format::of_file(path) == Some(Format::Tsv), key)?),
        };
        Ok(Self { reader, has_failed: false, room: MAX_LIST })
    }

    pub fn form(&self) -> Form {
        match self.reader {
            Reader::Objects(_) => Form::Objects,
            Reader::Cells(_) => Form::Cells,
        }
    }
}

/// Partner by partner. After a problem nothing more comes.
impl Iterator for Saved {
    type Item = Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let mut next = match &mut self.reader {
            Reader::Objects(values) => values.next(),
            Reader::Cells(cells) => cells.next(),
        };
        if let Some(Ok(Record { line, text })) = &next {
            match self.room.checked_sub(text.len() as u64 + OVERHEAD) {
                Some(room) => self.room = room,
                None => next = Some(Err(Problem::TooMany { line: *line })),
            }
        }
        self.has_failed = matches!(next, Some(Err(_)));
        next
    }
}

const BUFFER: usize = 64 << 10;

/// How compressed data begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How a workbook begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// The first byte that is no blank.
fn first_byte(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// A failure while compressed data is read: where it ends too early, so does the list.
fn unfolded(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Problem::Cut { line: 1 },
        io::ErrorKind::FileTooLarge => Problem::TooLarge { line: 1 },
        _ => error.into(),
    }
}

/// The same, on this line.
fn on_line(error: io::Error, line: u64) -> Problem {
    match unfolded(error) {
        Problem::Cut { .. } => Problem::Cut { line },
        Problem::TooLarge { .. } => Problem::TooLarge { line },
        problem => problem,
    }
}

/// Compressed data, which may unfold into so much only.
struct Unfolding<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    unfolded: u64,
}

/// A reader that counts what was taken of it.
struct Counted<R> {
    inner: R,
    taken: u64,
}

impl<R: BufRead> Unfolding<R> {
    fn new(inner: R) -> Self {
        Self { decoder: MultiGzDecoder::new(Counted { inner, taken: 0 }), unfolded: 0 }
    }
}

impl<R: BufRead> Read for Unfolding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.unfolded += read as u64;
        if self.unfolded > FREE_EXPANSION + MAX_EXPANSION * self.decoder.get_ref().taken {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount as u64;
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests;
