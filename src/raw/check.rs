//! Checking that a text is JSON, in one walk that shows on its way what stands where.
//!
//! JSON is what RFC 8259 has, nested no deeper than [`MAX_DEPTH`]. A `\u` escape of half a surrogate pair is JSON,
//! though it makes no text. Whatever else works with such text trusts that it was checked.

use crate::raw::words::{first, special_in_string, word_at};

use super::object::{Member, Place};

/// How deep arrays and objects may be nested. Real partners use three levels, in a page five.
pub const MAX_DEPTH: usize = 128;

/// The most members that are noted: a hundred times what a full page has. Without a bound, notes of a hostile page of
/// nothing but short members would take three times its size in memory.
pub const MAX_MEMBERS: usize = 4_000_000;

/// Why a text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    NotJson,
    TooDeep,
    TooManyMembers,
}

/// The one value of a text, without the blanks around it.
pub fn checked(text: &str) -> Result<&str, Flaw> {
    let mut checker = Checker::new(text);
    let value = checker.value()?;
    checker.end()?;
    Ok(value)
}

/// A walk through a text; what is behind it is checked.
pub struct Checker<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// Whether an array or object has just been gone into.
    is_first: bool,
    odd: Odd,
}

/// How many escapes and blanks between tokens were met: without any, a value is as short as it can be, and a string the
/// text that it has.
#[derive(Debug, Default)]
pub struct Odd(usize);

impl<'t> Checker<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut odd = Odd::default();
        Self { text, at: past_blanks(text.as_bytes(), 0, &mut odd), depth: 0, is_first: false, odd }
    }

    /// Where the walk is; after a flaw, where what has it begins.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Goes on to another value of the text, if one follows.
    pub fn goes_on_with_another(&mut self) -> bool {
        self.at = past_blanks(self.text.as_bytes(), self.at, &mut self.odd);
        self.at < self.text.len()
    }

    /// Goes into the object, or with `[` into the array, that begins here; it stays here if another value does.
    pub fn enter(&mut self, bracket: u8) -> Result<bool, Flaw> {
        if !self.is_at(bracket) {
            return Ok(false);
        }
        if self.depth == MAX_DEPTH {
            return Err(Flaw::TooDeep);
        }
        (self.at, self.depth, self.is_first) = (self.at + 1, self.depth + 1, true);
        Ok(true)
    }

    /// Goes on to the value of the next member of an object, and gives its raw key; or goes out of the object at its
    /// end.
    pub fn key(&mut self) -> Result<Option<&'t str>, Flaw> {
        if !self.goes_on(b'}')? {
            return Ok(None);
        }
        let start = self.at;
        let end = string(self.text.as_bytes(), start, &mut self.odd).ok_or(Flaw::NotJson)?;
        self.at = past_colon(self.text.as_bytes(), end, &mut self.odd).ok_or(Flaw::NotJson)?;
        Ok(Some(&self.text[start..end]))
    }

    /// Goes over the object that begins here, and notes its members.
    pub fn object(&mut self, notes: &mut Vec<Member>) -> Result<Place, Flaw> {
        if self.depth == MAX_DEPTH {
            return Err(Flaw::TooDeep);
        }
        let (bytes, start, first, before) = (self.text.as_bytes(), self.at, notes.len(), self.odd.0);
        let (depth, close, odd) = (self.depth + 1, b'}', &mut self.odd);
        let mut next = next_member(bytes, start + 1, close, true, odd)?;
        loop {
            let key = match next {
                Next::Member(key) => key,
                Next::End(end) => {
                    self.at = end;
                    return Ok(Place { range: start..end, members: first..notes.len(), is_plain: odd.0 == before });
                }
            };
            let end = string(bytes, key, odd).ok_or(Flaw::NotJson)?;
            let start = past_colon(bytes, end, odd).ok_or(Flaw::NotJson)?;
            let before = odd.0;
            let end_of_value = value(bytes, start, depth, odd)?;
            if notes.len() == MAX_MEMBERS {
                return Err(Flaw::TooManyMembers);
            }
            notes.push(Member::new(key..end, start..end_of_value, odd.0 == before));
            next = next_member(bytes, end_of_value, close, false, odd)?;
        }
    }

    /// Goes on to the next element of an array, or goes out of the array at its end.
    pub fn element(&mut self) -> Result<bool, Flaw> {
        self.goes_on(b']')
    }

    /// Goes over the value that begins here, and gives its text.
    pub fn value(&mut self) -> Result<&'t str, Flaw> {
        let start = self.at;
        self.at = value(self.text.as_bytes(), start, self.depth, &mut self.odd)?;
        Ok(&self.text[start..self.at])
    }

    /// Ends the walk, if nothing but blanks is left.
    pub fn end(&self) -> Result<(), Flaw> {
        let end = past_blanks(self.text.as_bytes(), self.at, &mut Odd::default());
        if end == self.text.len() { Ok(()) } else { Err(Flaw::NotJson) }
    }

    /// Whether what begins here begins with that byte.
    pub fn is_at(&self, byte: u8) -> bool {
        self.text.as_bytes().get(self.at) == Some(&byte)
    }

    fn goes_on(&mut self, close: u8) -> Result<bool, Flaw> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        let next = next_member(self.text.as_bytes(), self.at, close, is_first, &mut self.odd)?;
        (self.at, self.depth) = match next {
            Next::Member(at) => (at, self.depth),
            Next::End(at) => (at, self.depth - 1),
        };
        Ok(matches!(next, Next::Member(_)))
    }
}

/// What is in an array or object behind its bracket or a member.
enum Next {
    Member(usize),
    /// The bracket that closes it, and where that ends.
    End(usize),
}

#[inline(always)]
fn next_member(bytes: &[u8], at: usize, close: u8, is_first: bool, odd: &mut Odd) -> Result<Next, Flaw> {
    let at = past_blanks(bytes, at, odd);
    match bytes.get(at) {
        Some(b',') if !is_first => Ok(Next::Member(past_blanks(bytes, at + 1, odd))),
        Some(byte) if *byte == close => Ok(Next::End(at + 1)),
        Some(_) if is_first => Ok(Next::Member(at)),
        _ => Err(Flaw::NotJson),
    }
}

/// The place after the value that begins here, `depth` arrays and objects being around it.
#[inline(always)]
fn value(bytes: &[u8], at: usize, depth: usize, odd: &mut Odd) -> Result<usize, Flaw> {
    match bytes.get(at) {
        Some(b'"') => string(bytes, at, odd).ok_or(Flaw::NotJson),
        Some(b'{' | b'[') => nested(bytes, at, depth, odd),
        _ => number_or_literal(bytes, at).ok_or(Flaw::NotJson),
    }
}

/// The place after the array or object that begins here.
fn nested(bytes: &[u8], mut at: usize, depth: usize, odd: &mut Odd) -> Result<usize, Flaw> {
    if depth == MAX_DEPTH {
        return Err(Flaw::TooDeep);
    }
    let is_object = bytes[at] == b'{';
    let close = if is_object { b'}' } else { b']' };
    let mut next = next_member(bytes, at + 1, close, true, odd)?;
    loop {
        match next {
            Next::Member(member) => at = member,
            Next::End(end) => return Ok(end),
        }
        if is_object {
            let end = string(bytes, at, odd).ok_or(Flaw::NotJson)?;
            at = past_colon(bytes, end, odd).ok_or(Flaw::NotJson)?;
        }
        at = value(bytes, at, depth + 1, odd)?;
        next = next_member(bytes, at, close, false, odd)?;
    }
}

/// The place after the colon that follows a key, and the blanks behind it.
#[inline(always)]
pub fn past_colon(bytes: &[u8], at: usize, odd: &mut Odd) -> Option<usize> {
    let colon = past_blanks(bytes, at, odd);
    (bytes.get(colon) == Some(&b':')).then(|| past_blanks(bytes, colon + 1, odd))
}

/// The place of the next byte that is not a blank.
#[inline(always)]
pub fn past_blanks(bytes: &[u8], at: usize, odd: &mut Odd) -> usize {
    if matches!(bytes.get(at), Some(b'\0'..=b' ')) { past_some_blanks(bytes, at, odd) } else { at }
}

/// The same where there probably is a blank.
#[inline(never)]
fn past_some_blanks(bytes: &[u8], mut at: usize, odd: &mut Odd) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
        odd.0 += 1;
    }
    at
}

/// The place after the string that begins here.
#[inline(always)]
pub fn string(bytes: &[u8], quote: usize, odd: &mut Odd) -> Option<usize> {
    if bytes.get(quote) != Some(&b'"') {
        return None;
    }
    let mut rest = &bytes[quote + 1..];
    while let Some((word, after)) = rest.split_first_chunk() {
        if let Some(place) = first(special_in_string(u64::from_le_bytes(*word))) {
            let at = bytes.len() - rest.len() + place;
            return if word[place & 7] == b'"' { Some(at + 1) } else { end_of_string(bytes, at, odd) };
        }
        rest = after;
    }
    end_of_string(bytes, bytes.len() - rest.len(), odd)
}

/// The place after the string whose rest begins here, at an escape or near the end of the text.
#[cold]
fn end_of_string(bytes: &[u8], mut at: usize, odd: &mut Odd) -> Option<usize> {
    loop {
        odd.0 += usize::from(bytes.get(at) == Some(&b'\\'));
        match bytes.get(at..)? {
            [b'"', ..] => return Some(at + 1),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => at += 2,
            [b'\\', b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => at += 6,
            [b'\\' | 0..=0x1f, ..] | [] => return None,
            _ => at += word_at(bytes, at).map_or(1, |word| first(special_in_string(word)).unwrap_or(8)),
        }
    }
}

/// The place after the number or the literal that begins here.
#[inline(always)]
pub fn number_or_literal(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..)? {
        [b'n', b'u', b'l', b'l', ..] | [b't', b'r', b'u', b'e', ..] => Some(at + 4),
        [b'f', b'a', b'l', b's', b'e', ..] => Some(at + 5),
        rest => Some(at + number(rest)?),
    }
}

/// How long the number is that the bytes begin with.
fn number(bytes: &[u8]) -> Option<usize> {
    let mut length = usize::from(bytes.first() == Some(&b'-'));
    length += match bytes.get(length) {
        Some(b'0') => 1,
        _ => digits(&bytes[length..])?,
    };
    if bytes.get(length) == Some(&b'.') {
        length += 1 + digits(&bytes[length + 1..])?;
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        length += 1 + sign + digits(&bytes[length + 1 + sign..])?;
    }
    Some(length)
}

/// How many digits the bytes begin with, at least one.
fn digits(bytes: &[u8]) -> Option<usize> {
    match bytes.iter().take_while(|byte| byte.is_ascii_digit()).count() {
        0 => None,
        count => Some(count),
    }
}

#[cfg(test)]
mod tests;
