//! The sample partners: a made-up company group, the same on every run, with the documentation's partner among them.

use super::{documented, profile, timeline, tree};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partner {
    /// Its SID, to find it by.
    pub(crate) sid: Box<str>,
    /// The whole object as compact JSON, ready to be sent.
    pub(crate) text: Box<str>,
}

/// All partners that the sandbox shows, in the order in which they were created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partners(Vec<Partner>);

impl Partners {
    /// Makes `count` partners: the documentation's own, and others around it that form one tree.
    pub(crate) fn sample(count: usize) -> Self {
        let others = count.saturating_sub(1);
        let parents = tree::parents(others);
        let made = |number: usize| {
            let parent_sid = match number {
                0 => profile::BEYOND_THE_ROOT.to_owned(),
                _ => profile::sid(parents[number]),
            };
            let text = profile::text(number, &parent_sid, &timeline::moment(number, others));
            Partner { sid: profile::sid(number).into(), text: text.into() }
        };
        let is_earlier = |number: &usize| timeline::moment(*number, others).as_str() < documented::DATE_CREATED;
        let earlier = (0..others).take_while(is_earlier).count();
        let documented = Partner { sid: documented::SID.into(), text: documented::TEXT.into() };
        let documented = std::iter::once(documented).take(count);
        Self((0..earlier).map(made).chain(documented).chain((earlier..others).map(made)).collect())
    }

    /// The partners, oldest first.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Partner> {
        self.0.iter()
    }

    /// The partner that the token belongs to: the oldest, which is above all others.
    pub(crate) fn owner(&self) -> Option<&Partner> {
        self.0.first()
    }

    /// The partner with that SID.
    pub(crate) fn find(&self, sid: &str) -> Option<&Partner> {
        self.iter().find(|partner| &*partner.sid == sid)
    }
}

#[cfg(test)]
mod tests;
