//! Lists of partners in files: what `partners list` wrote, read back.
//!
//! The content decides what a file is, its name only where the content does not. `values` reads JSON and JSON Lines,
//! `cells` reads CSV and TSV.

mod cells;
mod values;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use memchr::memchr_iter;

use crate::api::partner::SID;
use crate::error::{Failure, Kind};
use crate::output::message::quoted;
use crate::partners::List;
use crate::raw;
use crate::values::{Format, is_compressed};

/// The most bytes of a list, compressed or not: places in it are 32 bits.
const MAX_LIST: u64 = u32::MAX as u64;

/// How a list is saved that can be read back.
const SAVE_IT: &str = "save a list with `carrierx partners list --all --to partners.jsonl`";

/// How compressed data begins.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How a workbook begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// How UTF-16 begins, in either order of bytes.
const UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// A list that was read.
#[derive(Debug, Default)]
pub struct Saved {
    pub partners: List,
    /// The line on which each partner begins, the first being 1, unless they stand in the text of the file.
    lines: Vec<u64>,
    /// Whether its values are cells, which know neither null nor types.
    pub has_cells: bool,
}

/// A file that is read, as errors name it.
#[derive(Clone, Copy)]
pub struct SavedFile<'p>(&'p Path);

impl SavedFile<'_> {
    fn refused(self, kind: Kind, what: &str, hint: &str) -> Failure {
        Failure::new(kind, format!("{} {what}", name(self.0))).hint(hint)
    }

    /// This line is not part of a list.
    fn no_list(self, line: u64, found: &str) -> Failure {
        self.refused(Kind::Other, &format!("is not a list: line {line} has {found}"), SAVE_IT)
    }

    fn cut(self, line: u64) -> Failure {
        let hint = "save the list again; --to never leaves a partial file";
        self.refused(Kind::Incomplete, &format!("is cut off at line {line}"), hint)
    }

    fn damaged(self) -> Failure {
        let what = "cannot be decompressed: it is damaged, or not gzip";
        self.refused(Kind::Other, what, "save the list again; `gzip -dc` prints what can be read of it")
    }

    fn too_large(self) -> Failure {
        let what = "is too large: a list of more than 4 GiB does not fit into memory";
        self.refused(Kind::Other, what, "save fewer partners with -f, or fewer fields with -F")
    }
}

/// Reads the list in a file, or that on stdin if the path is `-`.
pub fn read(path: &Path) -> Result<Saved, Failure> {
    of(bytes(path)?, path)
}

/// The same of a list that answers in place of the API, for which its values need their types.
pub fn read_typed(path: &Path) -> Result<Saved, Failure> {
    let saved = read(path)?;
    if !saved.has_cells {
        return Ok(saved);
    }
    let name = name(path);
    let message = format!("--from needs a list saved as JSON or JSON Lines: {name} is CSV or TSV");
    Err(Failure::new(Kind::Usage, message).hint(format!("CSV and TSV lose null and types; {SAVE_IT}")))
}

/// The list that a file of that name holds.
pub fn of(bytes: Vec<u8>, path: &Path) -> Result<Saved, Failure> {
    let text = text(bytes, path)?;
    match text.trim_ascii_start().starts_with(['{', '[']) {
        true => values::read(text, SavedFile(path)),
        false => cells::read(&text, Format::of_file(path) == Some(Format::Tsv), SavedFile(path)),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut read = |source: &mut dyn Read| source.take(MAX_LIST + 1).read_to_end(&mut bytes);
    let read = match path.as_os_str() == "-" {
        true => read(&mut io::stdin()),
        false => File::open(path).and_then(|mut file| read(&mut file)),
    };
    read.map(|_| bytes).map_err(|error| {
        Failure::new(Kind::Other, format!("cannot read {}: {error}", name(path)))
            .hint("check that it exists and is readable")
    })
}

/// The text of a file.
fn text(bytes: Vec<u8>, path: &Path) -> Result<String, Failure> {
    let source = SavedFile(path);
    let bytes = match bytes.starts_with(GZIP) {
        true => unfolded(&bytes, MAX_LIST, source)?,
        false if is_compressed(path) => return Err(source.damaged()),
        false => bytes,
    };
    if bytes.len() as u64 > MAX_LIST {
        return Err(source.too_large());
    }
    if bytes.starts_with(ZIP) {
        return Err(source.refused(Kind::Other, "is an Excel workbook or archive, not a saved list", SAVE_IT));
    }
    if UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(source.no_list(1, "UTF-16, as Windows PowerShell writes with `>`"));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let line = Lines::of(error.as_bytes()).at(error.utf8_error().valid_up_to());
        // A file may be cut within a character.
        let is_cut = error.utf8_error().error_len().is_none();
        if is_cut { source.cut(line) } else { source.no_list(line, "text that is not UTF-8") }
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.trim_ascii().is_empty() {
        return Err(source.refused(Kind::Other, "is not a list: it is empty", SAVE_IT));
    }
    Ok(text)
}

/// What compressed data unfolds into, at most a byte more than `most`. It may have several members.
fn unfolded(bytes: &[u8], most: u64, source: SavedFile) -> Result<Vec<u8>, Failure> {
    let mut unfolded = Vec::new();
    match MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut unfolded) {
        Ok(_) => Ok(unfolded),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(source.cut(Lines::of(&unfolded).at(unfolded.len())))
        }
        Err(_) => Err(source.damaged()),
    }
}

/// The lines of a text, counted as far as they were asked for.
struct Lines<'t> {
    bytes: &'t [u8],
    counted: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(bytes: &'t [u8]) -> Self {
        Self { bytes, counted: 0, line: 1 }
    }

    /// The line of a place, which is not before the last one.
    fn at(&mut self, place: usize) -> u64 {
        self.line += memchr_iter(b'\n', &self.bytes[self.counted..place]).count() as u64;
        self.counted = place;
        self.line
    }
}

impl Saved {
    /// The line on which a partner begins.
    pub fn line(&self, place: usize) -> u64 {
        let before = self.partners.before(place);
        self.lines.get(place).copied().unwrap_or_else(|| Lines::of(before.as_bytes()).at(before.len()))
    }

    /// That two partners have the same SID, if so.
    pub fn repeated(&self, path: &Path) -> Option<String> {
        let (first, second) = self.partners.repeated()?;
        let sid = raw::lookup(self.partners.get(first), [SID]).map(raw::text).unwrap_or_default();
        let [first, second] = [first, second].map(|place| self.line(place));
        Some(format!("{} has the {SID} {} twice, in lines {first} and {second}", name(path), quoted(&sid)))
    }
}

/// What a saved list is called in sentences.
pub fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "stdin".to_owned() } else { path.display().to_string() }
}

#[cfg(test)]
mod tests;
