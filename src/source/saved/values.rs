//! JSON and JSON Lines: the objects of an array, or objects one after the other.

use std::collections::VecDeque;
use std::io::BufRead;

use memchr::{memchr, memchr_iter, memchr2, memchr3, memmem};

use crate::raw::{self, Flaw};

use super::{MAX_RECORD, Problem, Record, on_line};

/// Reads object after object.
pub struct Values<R> {
    source: R,
    line: u64,
    place: Place,
    /// The partners of a page that was saved with its envelope.
    of_page: VecDeque<Record>,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The list.
    Start,
    /// An object of an array, or, at its beginning, its end.
    InArray { is_first: bool },
    /// What follows an object of an array.
    AfterElement,
    /// Nothing.
    AfterArray,
    /// Another object, on a line of its own.
    InLines { has_break: bool },
}

impl<R: BufRead> Values<R> {
    pub fn new(source: R) -> Self {
        Self { source, line: 1, place: Place::Start, of_page: VecDeque::new() }
    }

    pub fn next(&mut self) -> Option<Result<Record, Problem>> {
        loop {
            if let Some(record) = self.of_page.pop_front() {
                return Some(Ok(record));
            }
            let record = match self.advance().transpose()? {
                Ok(record) => record,
                Err(problem) => return Some(Err(problem)),
            };
            // A page is known by what a partner never has.
            // Searching for the key is many times faster than a walk through the members of a partner.
            let has_items = memmem::find(record.text.as_bytes(), b"\"items\"").is_some();
            let items = has_items.then(|| raw::lookup(&record.text, ["items"])).flatten();
            match items.filter(|items| items.starts_with('[')) {
                Some(items) => {
                    let line = record.line;
                    if raw::elements(items).any(|partner| !partner.starts_with('{')) {
                        return Some(Err(Problem::Unexpected { line, found: "an item that is no object" }));
                    }
                    let partners = raw::elements(items).map(|text| Record { line, text: text.into() });
                    self.of_page = partners.collect();
                }
                None => return Some(Ok(record)),
            }
        }
    }

    /// Reads up to the end of the next object.
    fn advance(&mut self) -> Result<Option<Record>, Problem> {
        loop {
            let line = self.line;
            let next = self.next_byte()?;
            let unexpected = |found| Err(Problem::Unexpected { line: self.line, found });
            match (self.place, next) {
                (Place::Start, None) => return Err(Problem::Empty),
                (Place::Start, Some(b'[')) => {
                    self.source.consume(1);
                    self.place = Place::InArray { is_first: true };
                }
                (Place::InArray { is_first: true } | Place::AfterElement, Some(b']')) => {
                    self.source.consume(1);
                    self.place = Place::AfterArray;
                }
                (Place::AfterElement, Some(b',')) => {
                    self.source.consume(1);
                    self.place = Place::InArray { is_first: false };
                }
                (Place::InArray { .. }, Some(b'{')) => {
                    let record = self.object()?;
                    self.place = Place::AfterElement;
                    return Ok(Some(record));
                }
                (Place::Start | Place::InLines { .. }, Some(b'{')) => {
                    let record = self.object()?;
                    self.place = Place::InLines { has_break: false };
                    return Ok(Some(record));
                }
                (Place::AfterArray, None) => return Ok(None),
                (Place::InLines { has_break }, None) => {
                    // The program ends every line, so the file was cut here if this one does not end.
                    return if has_break { Ok(None) } else { Err(Problem::Cut { line }) };
                }
                (Place::InArray { .. } | Place::AfterElement, None) => return Err(Problem::Cut { line: self.line }),
                (Place::AfterArray, Some(_)) => return unexpected("text after the end of the list"),
                (_, Some(_)) => return unexpected("something other than a partner"),
            }
        }
    }

    /// The next byte that is no blank, which is not consumed.
    fn next_byte(&mut self) -> Result<Option<u8>, Problem> {
        loop {
            let bytes = self.source.fill_buf().map_err(|error| on_line(error, self.line))?;
            let blanks = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = bytes.get(blanks).copied();
            let is_end = bytes.is_empty();
            let breaks = memchr_iter(b'\n', &bytes[..blanks]).count() as u64;
            self.source.consume(blanks);
            self.line += breaks;
            if breaks > 0
                && let Place::InLines { has_break } = &mut self.place
            {
                *has_break = true;
            }
            if next.is_some() || is_end {
                return Ok(next);
            }
        }
    }

    /// Reads an object, which begins here, if the rest of the line is that object and at hand: the quick way through
    /// JSON Lines, where there is no need to look for the end first.
    fn object_of_line(&mut self) -> Result<Option<Record>, Problem> {
        let bytes = self.source.fill_buf().map_err(|error| on_line(error, self.line))?;
        let Some(end) = memchr(b'\n', bytes).filter(|end| bytes[..*end].trim_ascii_end().ends_with(b"}")) else {
            return Ok(None);
        };
        let text = str::from_utf8(&bytes[..end]).ok().map(str::trim_ascii_end);
        let Some(text) = text.filter(|text| raw::checked(text).is_ok()) else { return Ok(None) };
        let record = Record { line: self.line, text: text.into() };
        self.source.consume(end);
        Ok(Some(record))
    }

    /// Reads an object, which begins here, to its end.
    fn object(&mut self) -> Result<Record, Problem> {
        let line = self.line;
        if let Some(record) = self.object_of_line()? {
            return Ok(record);
        }
        let mut text = Vec::new();
        let mut scan = Scan::default();
        while !scan.is_done {
            let bytes = self.source.fill_buf().map_err(|error| on_line(error, self.line))?;
            if bytes.is_empty() {
                return Err(Problem::Cut { line });
            }
            let taken = scan.advance(bytes);
            self.line += memchr_iter(b'\n', &bytes[..taken]).count() as u64;
            text.extend_from_slice(&bytes[..taken]);
            self.source.consume(taken);
            if text.len() > MAX_RECORD {
                return Err(Problem::TooLarge { line });
            }
        }
        let unexpected = |found| Problem::Unexpected { line, found };
        let text = str::from_utf8(&text).map_err(|_| unexpected("text that is not UTF-8"))?;
        match raw::checked(text) {
            Ok(text) => Ok(Record { line, text: text.into() }),
            Err(Flaw::TooDeep) => Err(unexpected("an object that is nested too deep")),
            Err(_) => Err(unexpected("an object that is not JSON")),
        }
    }
}

/// How far an object has been read.
#[derive(Default)]
struct Scan {
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
    is_done: bool,
}

impl Scan {
    /// Reads on, and returns how many of the bytes belong to the object.
    fn advance(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        if self.is_escaped && !bytes.is_empty() {
            self.is_escaped = false;
            at = 1;
        }
        loop {
            let rest = &bytes[at.min(bytes.len())..];
            if self.is_in_string {
                let Some(found) = memchr2(b'"', b'\\', rest) else { return bytes.len() };
                at += found + 1;
                if bytes[at - 1] == b'"' {
                    self.is_in_string = false;
                } else if at == bytes.len() {
                    self.is_escaped = true;
                    return at;
                } else {
                    at += 1;
                }
                continue;
            }
            let Some(found) = memchr3(b'"', b'{', b'}', rest) else { return bytes.len() };
            at += found + 1;
            match bytes[at - 1] {
                b'"' => self.is_in_string = true,
                b'{' => self.depth += 1,
                _ => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.is_done = true;
                        return at;
                    }
                }
            }
        }
    }
}
