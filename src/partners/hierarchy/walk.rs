//! The way through a hierarchy: every partner after its parent.

use super::Hierarchy;

/// A partner on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub number: u32,
    /// How many partners are above it.
    pub depth: usize,
    /// Whether it is the last one right under its parent.
    pub is_last: bool,
}

pub struct Walk<'h> {
    hierarchy: &'h Hierarchy,
    deepest: usize,
    /// What is still to come on each level.
    levels: Vec<std::slice::Iter<'h, u32>>,
}

impl<'h> Walk<'h> {
    pub fn new(hierarchy: &'h Hierarchy, deepest: Option<usize>) -> Self {
        Self { hierarchy, deepest: deepest.unwrap_or(usize::MAX), levels: vec![hierarchy.roots().iter()] }
    }
}

impl Iterator for Walk<'_> {
    type Item = Visit;

    fn next(&mut self) -> Option<Visit> {
        loop {
            let depth = self.levels.len().checked_sub(1)?;
            let level = self.levels.last_mut()?;
            let Some(&number) = level.next() else {
                self.levels.pop();
                continue;
            };
            let is_last = level.as_slice().is_empty();
            if depth < self.deepest {
                self.levels.push(self.hierarchy.children(number).iter());
            }
            return Some(Visit { number, depth, is_last });
        }
    }
}
