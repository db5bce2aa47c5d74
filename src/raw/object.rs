//! An object that was scanned, and the places of its members, so that they are not searched for again.

use std::ops::Range;

use super::is_called;

/// A member: where its raw key, quotes included, and its raw value are in a text.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    key: Span,
    value: Span,
    /// Whether the value has neither escapes nor blanks between tokens.
    is_plain: bool,
}

/// Where an object is in a text, and its members among those that were noted.
#[derive(Debug, Clone)]
pub struct Place {
    pub range: Range<usize>,
    pub members: Range<usize>,
    /// Whether it has neither escapes nor blanks between tokens.
    pub is_plain: bool,
}

/// A range in half the room: texts are bounded far below what it can hold.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Member {
    pub fn new(key: Range<usize>, value: Range<usize>, is_plain: bool) -> Self {
        let span = |range: Range<usize>| Span { start: range.start as u32, end: range.end as u32 };
        Self { key: span(key), value: span(value), is_plain }
    }
}

impl Span {
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// Where `piece`, which was borrowed from `whole`, is in it.
pub fn range_within(whole: &str, piece: &str) -> Range<usize> {
    let start = piece.as_ptr().addr() - whole.as_ptr().addr();
    start..start + piece.len()
}

/// An object in a text.
#[derive(Debug, Clone, Copy)]
pub struct Object<'t> {
    text: &'t str,
    range: (usize, usize),
    members: &'t [Member],
    is_plain: bool,
}

impl<'t> Object<'t> {
    pub fn new(text: &'t str, place: &Place, notes: &'t [Member]) -> Self {
        let range = (place.range.start, place.range.end);
        Self { text, range, members: &notes[place.members.clone()], is_plain: place.is_plain }
    }

    /// Its own text.
    pub fn text(self) -> &'t str {
        &self.text[self.range.0..self.range.1]
    }

    /// Whether it has neither escapes nor blanks between tokens.
    pub fn is_plain(self) -> bool {
        self.is_plain
    }

    /// The raw key and the raw value of each member, in order.
    pub fn members(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.each().map(|(key, value, _)| (key, value))
    }

    /// The same, each with whether the value has neither escapes nor blanks between tokens.
    pub fn each(self) -> impl Iterator<Item = (&'t str, &'t str, bool)> {
        self.members.iter().map(move |member| (member.key.of(self.text), member.value.of(self.text), member.is_plain))
    }

    /// The raw value of the member of that name; of a key that appears twice the last counts.
    pub fn get(self, name: &str) -> Option<&'t str> {
        self.place(name).map(|place| &self.text[place])
    }

    /// Where in the text that value is.
    pub fn place(self, name: &str) -> Option<Range<usize>> {
        // A key in quotes is as long as its name, or longer if there are escapes in it.
        let more = |member: &Member| ((member.key.end - member.key.start) as usize).checked_sub(name.len() + 2);
        let may_be = |member: &&Member| more(member).is_some_and(|more| more == 0 || !self.is_plain);
        let is_it = |member: &&Member| is_called(member.key.of(self.text), name);
        self.members
            .iter()
            .rev()
            .filter(may_be)
            .find(is_it)
            .map(|member| member.value.start as usize..member.value.end as usize)
    }
}
