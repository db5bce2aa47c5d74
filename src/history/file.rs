//! One file of a history: lines of text, compressed by gzip, with a check sum over the whole file.
//!
//! gzip has a check sum of its own, but not over its header, nor over bits that nothing is made of. So the header, in
//! the field that gzip reserves for such purposes, has one over all that follows, and else is the same in every file:
//! there is no byte that could change without being noticed, and the file is still one that `zcat` reads.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc, Decompress, FlushDecompress, Status};
use memchr::memchr;

use crate::system::atomic_file::{AtomicFile, Existing};

use super::Problem;

/// A member of gzip, deflated, with an extra field of 8 bytes: `CX`, and 4 bytes of a check sum.
const HEADER: [u8; 16] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, b'C', b'X', 4, 0];

/// The length of the check sum behind it.
const CHECK: usize = 4;

/// The check sum of the text and its length, at the end of the file.
const TRAILER: usize = 8;

/// No file is larger, compressed.
const MAX_FILE: u64 = 1 << 30;

/// Compressed bytes unfold into at most so many times as many, and into these in any case.
const MAX_EXPANSION: u64 = 200;
const FREE_EXPANSION: u64 = 16 << 20;

/// Lines to be written to a file.
pub struct Packer {
    deflate: DeflateEncoder<Vec<u8>>,
    crc: Crc,
}

impl Packer {
    /// For every partner, or only for changes: those are few, and worth more effort to make them small.
    pub fn new(has_all: bool) -> Self {
        let effort = if has_all { Compression::default() } else { Compression::best() };
        Self { deflate: DeflateEncoder::new(Vec::new(), effort), crc: Crc::new() }
    }

    pub fn line(&mut self, line: &str) -> io::Result<()> {
        for part in [line.as_bytes(), b"\n"] {
            self.crc.update(part);
            self.deflate.write_all(part)?;
        }
        Ok(())
    }

    /// The content of the file.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        let mut body = self.deflate.finish()?;
        body.extend(self.crc.sum().to_le_bytes());
        body.extend(self.crc.amount().to_le_bytes());
        let mut file = Vec::with_capacity(HEADER.len() + CHECK + body.len());
        file.extend(HEADER);
        file.extend(check_sum(&body).to_le_bytes());
        file.append(&mut body);
        Ok(file)
    }
}

fn check_sum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Writes a file as a whole or not at all, for its owner alone.
pub fn write(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let write = || {
        let mut file = AtomicFile::create(path, Existing::ReplacePrivately)?;
        file.write_all(content)?;
        file.commit()
    };
    write().map_err(Problem::writing(path))
}

/// Bytes that are unfolded at a time: all of most files that have changes alone, which is quickest, and little of one
/// that has every partner.
const PART: usize = 4 << 20;

/// What files are read into, one after the other: memory that is new for each costs time.
#[derive(Debug, Default)]
pub struct Buffers {
    content: Vec<u8>,
    text: Vec<u8>,
}

/// The lines of a file, which is known to be as it was written.
pub struct Lines<'b> {
    path: PathBuf,
    /// What is compressed, from where it is not unfolded yet.
    body: &'b [u8],
    inflate: Decompress,
    /// How many bytes of the text are not unfolded yet.
    left: u64,
    text: &'b mut Vec<u8>,
    /// Where in the text the next line begins.
    begin: usize,
}

impl<'b> Lines<'b> {
    /// Opens a file, and checks it.
    pub fn open(path: PathBuf, buffers: &'b mut Buffers) -> Result<Self, Problem> {
        let file = fs::File::open(&path).map_err(Problem::reading(&path))?;
        let is_file = file.metadata().map_err(Problem::reading(&path))?.is_file();
        let Buffers { content, text } = buffers;
        content.clear();
        text.clear();
        if is_file {
            file.take(MAX_FILE + 1).read_to_end(content).map_err(Problem::reading(&path))?;
        }
        match checked(content) {
            Ok((body, left)) => Ok(Self { path, body, inflate: Decompress::new(false), left, text, begin: 0 }),
            Err(what) => Err(Problem::Damaged { path, what }),
        }
    }

    /// The next line, without its end.
    pub fn next(&mut self) -> Result<Option<&str>, Problem> {
        let mut searched = self.begin;
        let end = loop {
            match memchr(b'\n', &self.text[searched..]) {
                Some(at) => break searched + at,
                None if self.left == 0 && self.begin == self.text.len() => return Ok(None),
                None if self.left == 0 => return Err(self.damaged("its last line does not end")),
                None => searched = self.unfold()?,
            }
        };
        let line = self.begin..end;
        self.begin = end + 1;
        match str::from_utf8(&self.text[line]) {
            Ok(line) => Ok(Some(line)),
            Err(_) => Err(self.damaged("it has text that is not UTF-8")),
        }
    }

    /// Unfolds more, and gives where that begins.
    fn unfold(&mut self) -> Result<usize, Problem> {
        self.text.drain(..self.begin);
        self.begin = 0;
        let known = self.text.len();
        let part = self.left.min(PART as u64);
        self.text.resize(known + part as usize, 0);
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let is_last = part == self.left;
        let flush = if is_last { FlushDecompress::Finish } else { FlushDecompress::None };
        let status = self.inflate.decompress(self.body, &mut self.text[known..], flush);
        let read = (self.inflate.total_in() - before.0) as usize;
        let unfolded = self.inflate.total_out() - before.1;
        self.body = &self.body[read..];
        self.left -= unfolded;
        self.text.truncate(known + unfolded as usize);
        let is_whole = match status {
            Ok(Status::StreamEnd) => self.left == 0 && self.body.is_empty(),
            Ok(_) => !is_last && unfolded > 0,
            Err(_) => false,
        };
        if is_whole { Ok(known) } else { Err(self.damaged("it cannot be decompressed")) }
    }

    pub fn damaged(&self, what: &'static str) -> Problem {
        Problem::Damaged { path: self.path.clone(), what }
    }
}

/// What is compressed in a file, and how long the text is, given its content; else what is wrong with it.
fn checked(content: &[u8]) -> Result<(&[u8], u64), &'static str> {
    let start = HEADER.len() + CHECK;
    let length = content.len();
    if !content.starts_with(&HEADER) || length < start + TRAILER || length as u64 > MAX_FILE {
        return Err("it does not begin as `partners snapshot` writes it");
    }
    if check_sum(&content[start..]).to_le_bytes() != content[HEADER.len()..start] {
        return Err("its content does not match its check sum");
    }
    let (body, trailer) = content[start..].split_at(length - start - TRAILER);
    let size = trailer.last_chunk().map_or(0, |size| u32::from_le_bytes(*size)).into();
    if size > FREE_EXPANSION + MAX_EXPANSION * length as u64 {
        return Err("it is larger than any history");
    }
    Ok((body, size))
}
