//! Many partners in little memory: of each, the few values that a hierarchy needs, as the raw JSON that came.

use std::borrow::Cow;

use uuid::Uuid;

use crate::raw;

/// The fields that are kept, in the order in which they are.
pub const FIELDS: [&str; 8] =
    ["partner_sid", "parent_sid", "display_id", "status", "balance", "daily_spent_amount", "name", "company_name"];

/// Where in [`FIELDS`] the name is; the one after it stands in for it.
const NAME: usize = 6;

/// How many values are kept: name and company name share a place.
const VALUES: usize = 7;

/// Memory is asked for in pieces of this size, so that growing copies nothing.
const CHUNK: usize = 1 << 20;

/// A value that the partner does not have.
const ABSENT: u8 = 0xfd;

/// Before the 16 bytes of a UUID, which most identifiers are.
const UUID: u8 = 0xfe;

/// Before the length of a value that is too long for one byte.
const LONG: u8 = 0xff;

/// Partners by their numbers, counted from 0 in the order in which they came.
#[derive(Debug, Default)]
pub struct Store {
    chunks: Vec<Vec<u8>>,
    /// Chunk and offset of each.
    places: Vec<(u32, u32)>,
}

/// The values of one partner, as raw JSON; each is looked up when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Partner<'s> {
    record: &'s [u8],
}

impl<'s> Partner<'s> {
    pub fn partner_sid(self) -> Option<Cow<'s, str>> {
        self.value(0)
    }

    /// The SID of the parent.
    pub fn parent_sid(self) -> Option<Cow<'s, str>> {
        self.value(1)
    }

    pub fn display_id(self) -> Option<Cow<'s, str>> {
        self.value(2)
    }

    pub fn status(self) -> Option<Cow<'s, str>> {
        self.value(3)
    }

    pub fn balance(self) -> Option<Cow<'s, str>> {
        self.value(4)
    }

    pub fn daily_spent_amount(self) -> Option<Cow<'s, str>> {
        self.value(5)
    }

    /// The name, or the company's where there is none; not if both are null or empty.
    pub fn name(self) -> Option<Cow<'s, str>> {
        self.value(NAME).filter(|name| raw::is_set(name))
    }

    fn value(self, place: usize) -> Option<Cow<'s, str>> {
        let rest = (0..place).fold(self.record, |rest, _| &rest[length(rest)..]);
        decode(&rest[..length(rest)])
    }
}

impl Store {
    /// Keeps a partner, given as its raw members.
    pub fn push<'p>(&mut self, members: impl Iterator<Item = (&'p str, &'p str)>) {
        let mut values = [None; FIELDS.len()];
        for (key, value) in members {
            if let Some(found) = FIELDS.iter().position(|field| raw::is_called(key, field)) {
                values[found] = Some(value);
            }
        }
        if !values[NAME].is_some_and(raw::is_set) {
            values[NAME] = values[NAME + 1].or(values[NAME]);
        }
        let mut record = Vec::with_capacity(128);
        values[..VALUES].iter().for_each(|value| encode(*value, &mut record));
        self.keep(&record);
    }

    /// Keeps a partner of which nothing but the SID, given as raw JSON, is of interest.
    pub fn push_sid(&mut self, sid: Option<&str>) {
        let mut record = Vec::new();
        encode(sid, &mut record);
        record.resize(record.len() + VALUES - 1, ABSENT);
        self.keep(&record);
    }

    fn keep(&mut self, record: &[u8]) {
        if self.chunks.last().is_none_or(|chunk| chunk.capacity() - chunk.len() < record.len()) {
            self.chunks.push(Vec::with_capacity(record.len().max(CHUNK)));
        }
        let index = self.chunks.len() - 1;
        // A page is bounded far below what an offset can hold.
        let place = (index as u32, self.chunks[index].len() as u32);
        self.chunks[index].extend_from_slice(record);
        self.places.push(place);
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn get(&self, number: u32) -> Partner<'_> {
        Partner { record: self.record(number) }
    }

    /// The SID as it is kept, to be compared to others; none if the partner has none.
    pub fn sid(&self, number: u32) -> Option<&[u8]> {
        key(self.record(number))
    }

    /// The SID of the parent as it is kept.
    pub fn parent_sid(&self, number: u32) -> Option<&[u8]> {
        let record = self.record(number);
        key(&record[length(record)..])
    }

    fn record(&self, number: u32) -> &[u8] {
        let (chunk, offset) = self.places[number as usize];
        &self.chunks[chunk as usize][offset as usize..]
    }
}

/// The value at the beginning, unless it is absent, null or empty.
fn key(bytes: &[u8]) -> Option<&[u8]> {
    let key = &bytes[..length(bytes)];
    (key != [ABSENT] && !matches!(&key[1..], b"null" | b"\"\"")).then_some(key)
}

/// A SID, given as raw JSON, as it would be kept.
pub fn key_of(sid: &str) -> Vec<u8> {
    let mut key = Vec::new();
    encode(Some(sid), &mut key);
    key
}

fn encode(value: Option<&str>, out: &mut Vec<u8>) {
    let Some(value) = value else {
        return out.push(ABSENT);
    };
    if let Some(uuid) = uuid(value) {
        out.push(UUID);
        return out.extend_from_slice(uuid.as_bytes());
    }
    match u8::try_from(value.len()) {
        Ok(length) if length < ABSENT => out.push(length),
        _ => {
            out.push(LONG);
            out.extend_from_slice(&(value.len() as u32).to_le_bytes());
        }
    }
    out.extend_from_slice(value.as_bytes());
}

/// How many bytes the value at the beginning takes.
fn length(bytes: &[u8]) -> usize {
    match bytes[0] {
        ABSENT => 1,
        UUID => 17,
        LONG => 5 + long_length(bytes),
        length => 1 + usize::from(length),
    }
}

fn long_length(bytes: &[u8]) -> usize {
    u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]) as usize
}

/// The value that is kept so.
fn decode(value: &[u8]) -> Option<Cow<'_, str>> {
    match value[0] {
        ABSENT => None,
        UUID => {
            let uuid = Uuid::from_slice(&value[1..]).ok()?;
            Some(Cow::Owned(format!("\"{}\"", uuid.hyphenated())))
        }
        LONG => str::from_utf8(&value[5..]).ok().map(Cow::Borrowed),
        _ => str::from_utf8(&value[1..]).ok().map(Cow::Borrowed),
    }
}

/// A UUID in quotes and in the form in which it is written again; nothing else.
fn uuid(value: &str) -> Option<Uuid> {
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    let uuid = Uuid::try_parse(inside).ok()?;
    (uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == inside).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_came() {
        let long = format!("\"{}\"", "x".repeat(70_000));
        for (raw, kept) in [
            (r#""be128456-3098-4564-b0d1-67dbceee265f""#, Some(r#""be128456-3098-4564-b0d1-67dbceee265f""#)),
            (r#""BE128456-3098-4564-b0d1-67dbceee265f""#, Some(r#""BE128456-3098-4564-b0d1-67dbceee265f""#)),
            (r#""be1284563098-4564-b0d1-67dbceee265f0""#, Some(r#""be1284563098-4564-b0d1-67dbceee265f0""#)),
            ("4.40", Some("4.40")),
            ("null", Some("null")),
            ("\"\"", Some("\"\"")),
            (&long, Some(&*long)),
        ] {
            let mut store = Store::default();
            store.push(raw::members(r#"{"name":"before"}"#));
            store.push(raw::members(&format!(r#"{{"partner_sid":{raw},"balance":{raw},"new":[1]}}"#)));
            store.push(raw::members(r#"{"name":"after"}"#));
            let partner = store.get(1);
            assert_eq!((partner.partner_sid().as_deref(), partner.balance().as_deref()), (kept, kept));
            assert_eq!((partner.status(), partner.name()), (None, None));
            assert_eq!(store.get(2).name().as_deref(), Some("\"after\""));
        }
    }

    #[test]
    fn the_company_stands_in_for_a_name_that_is_missing() {
        for (partner, name) in [
            (r#"{"name":"n","company_name":"c"}"#, Some("\"n\"")),
            (r#"{"company_name":"c","name":null}"#, Some("\"c\"")),
            (r#"{"name":"","company_name":"c"}"#, Some("\"c\"")),
            (r#"{"company_name":"c"}"#, Some("\"c\"")),
            (r#"{"name":null}"#, None),
            (r#"{"name":null,"company_name":""}"#, None),
            (r#"{"name":"null"}"#, Some("\"null\"")),
            ("{}", None),
        ] {
            let mut store = Store::default();
            store.push(raw::members(partner));
            assert_eq!(store.get(0).name().as_deref(), name, "{partner}");
        }
    }

    #[test]
    fn identifiers_are_compared_as_they_came_and_null_and_empty_ones_are_none() {
        let mut store = Store::default();
        store.push(raw::members(r#"{"partner_sid":"a","parent_sid":null}"#));
        store.push(raw::members(r#"{"partner_sid":"b","parent_sid":"a"}"#));
        store.push(raw::members(r#"{"parent_sid":""}"#));
        assert_eq!(store.parent_sid(1), store.sid(0));
        assert_eq!((store.parent_sid(0), store.sid(2), store.parent_sid(2)), (None, None, None));
    }
}
