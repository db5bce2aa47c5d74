//! An object that was walked over, and where its members stand: nobody has to look for them again.

use std::ops::Range;

use super::is_called;

/// A member: where its raw key, quotes included, and its raw value stand in a text.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    key: Span,
    value: Span,
}

/// A range in half the room: texts are bounded far below what it can hold.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Member {
    pub fn new(key: Range<usize>, value: Range<usize>) -> Self {
        let span = |range: Range<usize>| Span { start: range.start as u32, end: range.end as u32 };
        Self { key: span(key), value: span(value) }
    }
}

impl Span {
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// An object in a text.
#[derive(Debug, Clone, Copy)]
pub struct Object<'t> {
    text: &'t str,
    start: usize,
    end: usize,
    members: &'t [Member],
}

impl<'t> Object<'t> {
    pub fn new(text: &'t str, place: Range<usize>, members: &'t [Member]) -> Self {
        Self { text, start: place.start, end: place.end, members }
    }

    /// Its own text.
    pub fn text(self) -> &'t str {
        &self.text[self.start..self.end]
    }

    /// The raw key and the raw value of each member, in order.
    pub fn members(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.members.iter().map(move |member| (member.key.of(self.text), member.value.of(self.text)))
    }

    /// The raw value of the member of that name; of a key that stands twice the last counts.
    pub fn get(self, name: &str) -> Option<&'t str> {
        self.place(name).map(|place| &self.text[place])
    }

    /// Where in the text that value stands.
    pub fn place(self, name: &str) -> Option<Range<usize>> {
        // A key in quotes is as long as its name, or longer if there are escapes in it.
        let may_be = |member: &&Member| (member.key.end - member.key.start) as usize >= name.len() + 2;
        let is_it = |member: &&Member| is_called(member.key.of(self.text), name);
        self.members
            .iter()
            .rev()
            .filter(may_be)
            .find(is_it)
            .map(|member| member.value.start as usize..member.value.end as usize)
    }
}
