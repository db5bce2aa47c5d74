//! From snapshot to snapshot: what the partners were, and what changed, each file proven to follow the one before.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::api::partner::PARTNERS;
use crate::partners::diff::Sid;
use crate::raw::{self, Checker};
use crate::values::moment::Moment;

use super::file::{Buffers, Lines};
use super::folder::month_of;
use super::patch::{Member, members, patched};
use super::{Heading, History, Problem};

/// What became of a partner at a snapshot.
#[derive(Debug)]
pub struct Change<'c> {
    /// When that was seen.
    pub moment: Moment,
    /// A JSON object that names the partner: a whole partner, or a line of the file.
    pub named: &'c str,
    pub what: What<'c>,
}

#[derive(Debug)]
pub enum What<'c> {
    Added,
    Changed(&'c [Member<'c>]),
    Gone,
}

/// What is known of the partners after some snapshot.
pub struct Replay<'h> {
    history: &'h History,
    /// Whom to follow; everybody if there is none.
    wanted: Option<HashSet<Sid>>,
    state: State,
    buffers: Buffers,
    /// The last snapshot that was read, and its heading.
    at: Option<(usize, Heading)>,
}

impl<'h> Replay<'h> {
    /// Begins before a snapshot, which must be the first of its month.
    pub fn new(history: &'h History, wanted: Option<HashSet<Sid>>) -> Self {
        Self { history, wanted, state: State::default(), buffers: Buffers::default(), at: None }
    }

    /// Reads the next snapshot; `seen` takes what changed since the one before, if that is known.
    pub fn read<E: From<Problem>>(
        &mut self,
        snapshot: usize,
        mut seen: impl FnMut(&Change) -> Result<(), E>,
    ) -> Result<&Heading, E> {
        // They are put back at the end; after a failure nothing more is read.
        let mut buffers = std::mem::take(&mut self.buffers);
        let moment = self.history.snapshots()[snapshot];
        let mut lines = Lines::open(self.history.path(moment), &mut buffers)?;
        let heading = lines.next()?.and_then(|line| serde_json::from_str::<Heading>(line).ok());
        let heading = heading.ok_or_else(|| lines.damaged("its first line is none of a snapshot"))?;
        let follows = self.check_place(&heading, snapshot).map_err(|what| lines.damaged(what))?;
        let mut counts = Counts::default();
        let mut seen = |change: Change| {
            counts.count(&change.what);
            seen(&change)
        };
        let before = if self.history.begins_month(snapshot) {
            self.read_whole(&mut lines, moment, &heading, &mut seen)?;
            self.at.is_some() && follows && self.wanted.is_none()
        } else {
            self.read_changes(&mut lines, moment, &heading, &mut seen)?;
            false
        };
        if before && counts != Counts::of(&heading) {
            return Err(lines.damaged(OTHER_COUNTS).into());
        }
        self.buffers = buffers;
        Ok(&self.at.insert((snapshot, heading)).1)
    }

    /// Whether the heading is that of this snapshot, and names the snapshot before; it need not be there if its month
    /// is not.
    fn check_place(&self, heading: &Heading, snapshot: usize) -> Result<bool, &'static str> {
        let snapshots = self.history.snapshots();
        let moment = snapshots[snapshot];
        if heading.snapshot != moment.to_string() {
            return Err("it is the file of another moment");
        }
        let after = heading.after.as_deref().map(str::parse::<Moment>).transpose();
        let after = after.map_err(|_| "its first line is none of a snapshot")?;
        let before = snapshot.checked_sub(1).map(|before| snapshots[before]);
        match (after, before) {
            _ if after == before => Ok(true),
            (Some(after), before)
                if after < moment
                    && self.history.begins_month(snapshot)
                    && month_of(after) != month_of(moment)
                    && before.is_none_or(|before| before < after && month_of(before) != month_of(after)) =>
            {
                Ok(false)
            }
            _ => Err("it does not follow the file before it"),
        }
    }

    /// Reads a file that has every partner.
    fn read_whole<E: From<Problem>>(
        &mut self,
        lines: &mut Lines,
        moment: Moment,
        heading: &Heading,
        seen: &mut impl FnMut(Change) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut state = State::default();
        let mut count = 0;
        let mut refused = None;
        while let Some(line) = lines.next()? {
            count += 1;
            let Some(sid) = sid_of_partner(line) else {
                refused = Some(NO_PARTNER);
                break;
            };
            if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&sid)) {
                continue;
            }
            if self.at.is_some() {
                let change = |what| Change { moment, named: line, what };
                match self.state.take(&sid) {
                    None => seen(change(What::Added))?,
                    Some(old) if *old != *line => seen(change(What::Changed(&members(&old, line))))?,
                    Some(_) => {}
                }
            }
            if !state.add(sid, line.into()) {
                refused = Some("it has a partner twice");
                break;
            }
        }
        if let Some(what) = refused {
            return Err(lines.damaged(what).into());
        }
        if count != heading.partners {
            return Err(lines.damaged(OTHER_COUNTS).into());
        }
        for partner in std::mem::replace(&mut self.state, state).into_partners() {
            seen(Change { moment, named: &partner, what: What::Gone })?;
        }
        Ok(())
    }

    /// Reads a file that has what changed.
    fn read_changes<E: From<Problem>>(
        &mut self,
        lines: &mut Lines,
        moment: Moment,
        heading: &Heading,
        seen: &mut impl FnMut(Change) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut counts = Counts::default();
        let mut refused = None;
        while let Some(line) = lines.next()? {
            let mut checker = Checker::new(line);
            let Some((word, sid)) = beginning(&mut checker).filter(|(word, _)| counts.count_word(word)) else {
                refused = Some(NO_CHANGE);
                break;
            };
            let sid = Sid::of(&sid);
            if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&sid)) {
                continue;
            }
            match self.apply(line, (word, sid), checker, moment, seen)? {
                Ok(()) => {}
                Err(what) => {
                    refused = Some(what);
                    break;
                }
            }
        }
        if let Some(what) = refused {
            return Err(lines.damaged(what).into());
        }
        let partners = self.at.as_ref().map_or(0, |(_, before)| before.partners).checked_add(counts.added);
        let partners = partners.and_then(|partners| partners.checked_sub(counts.gone));
        let has_all = self.wanted.is_some() || self.state.len() as u64 == heading.partners;
        if counts != Counts::of(heading) || partners != Some(heading.partners) || !has_all {
            return Err(lines.damaged(OTHER_COUNTS).into());
        }
        Ok(())
    }

    /// Takes one change; if it does not fit what is known, what is wrong with it.
    fn apply<'l, E>(
        &mut self,
        line: &str,
        (word, sid): (&str, Sid),
        rest: Checker<'l>,
        moment: Moment,
        seen: &mut impl FnMut(Change) -> Result<(), E>,
    ) -> Result<Result<(), &'static str>, E> {
        let Some(Parts { members, partner }) = Parts::read(rest) else { return Ok(Err(NO_CHANGE)) };
        if let Some(partner) = partner
            && sid_of_partner(partner).as_ref() != Some(&sid)
        {
            return Ok(Err(NO_PARTNER));
        }
        let emit = |named, what| Change { moment, named, what };
        match (word, members, partner) {
            ("\"added\"", _, Some(partner)) => {
                if !self.state.add(sid, partner.into()) {
                    return Ok(Err(OTHER_VALUE));
                }
                seen(emit(partner, What::Added))?;
            }
            ("\"gone\"", _, Some(partner)) => {
                if self.state.take(&sid).is_none_or(|old| *old != *partner) {
                    return Ok(Err(OTHER_VALUE));
                }
                seen(emit(partner, What::Gone))?;
            }
            ("\"changed\"", Some(members), partner) => {
                let Some(known) = self.state.get(&sid) else { return Ok(Err(OTHER_VALUE)) };
                for member in &members {
                    if known.value(&member.name) != member.old {
                        return Ok(Err(OTHER_VALUE));
                    }
                }
                known.patch(&members);
                if let Some(partner) = partner {
                    *known = Partner::new(partner.into());
                }
                seen(emit(line, What::Changed(&members)))?;
            }
            _ => return Ok(Err(NO_CHANGE)),
        }
        Ok(Ok(()))
    }

    /// Every partner as it was at the last snapshot that was read, in order.
    pub fn into_partners(self) -> impl Iterator<Item = Box<str>> + use<> {
        self.state.into_partners()
    }

    /// The same, each with its SID, to read on afterwards.
    pub fn partners(&self) -> impl Iterator<Item = (&Sid, Cow<'_, str>)> {
        self.state.partners.iter().flatten().map(|(sid, partner)| (sid, partner.text()))
    }
}

const NO_CHANGE: &str = "it has a line that is no change";
const OTHER_COUNTS: &str = "the counts in its first line are not those of its lines";
const OTHER_VALUE: &str = "an old value is not the one of the file before it";
const NO_PARTNER: &str = "it has a partner that is no JSON object";

/// How many partners came, went and changed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    added: u64,
    gone: u64,
    changed: u64,
}

impl Counts {
    fn of(heading: &Heading) -> Self {
        Self { added: heading.added, gone: heading.gone, changed: heading.changed }
    }

    fn count(&mut self, what: &What) {
        *match what {
            What::Added => &mut self.added,
            What::Gone => &mut self.gone,
            What::Changed(_) => &mut self.changed,
        } += 1;
    }

    /// Whether the word is one of a change.
    fn count_word(&mut self, word: &str) -> bool {
        *match word {
            "\"added\"" => &mut self.added,
            "\"gone\"" => &mut self.gone,
            "\"changed\"" => &mut self.changed,
            _ => return false,
        } += 1;
        true
    }
}

/// The change and the SID with which every line begins.
fn beginning<'l>(line: &mut Checker<'l>) -> Option<(&'l str, Cow<'l, str>)> {
    line.enter(b'{').ok()?.then_some(())?;
    let mut member = |name: &str| -> Option<&'l str> {
        let key = line.key().ok()??;
        if raw::is_called(key, name) { line.value().ok() } else { None }
    };
    Some((member("change")?, raw::text(member(PARTNERS.key)?)))
}

/// The parts of a line that follow.
pub struct Parts<'l> {
    /// The members that have changed.
    pub members: Option<Vec<Member<'l>>>,
    pub partner: Option<&'l str>,
}

impl<'l> Parts<'l> {
    /// Those of a whole line.
    pub fn of(line: &'l str) -> Option<Self> {
        let mut line = Checker::new(line);
        line.enter(b'{').ok()?.then_some(())?;
        Self::read(line)
    }

    /// Reads the line to its end, if it is one.
    fn read(mut line: Checker<'l>) -> Option<Self> {
        let mut parts = Self { members: None, partner: None };
        while let Some(key) = line.key().ok()? {
            match key {
                "\"fields\"" => parts.members = Some(changed_members(&mut line)?),
                "\"partner\"" => parts.partner = Some(line.value().ok()?),
                _ => _ = line.value().ok()?,
            }
        }
        line.end().ok()?;
        Some(parts)
    }
}

/// The members that a line says have changed.
fn changed_members<'l>(line: &mut Checker<'l>) -> Option<Vec<Member<'l>>> {
    let mut members = Vec::new();
    line.enter(b'{').ok()?.then_some(())?;
    while let Some(key) = line.key().ok()? {
        let mut member = Member { name: raw::text(key), old: None, new: None };
        line.enter(b'{').ok()?.then_some(())?;
        while let Some(side) = line.key().ok()? {
            let value = Some(line.value().ok()?);
            match side {
                "\"old\"" => member.old = value,
                "\"new\"" => member.new = value,
                _ => {}
            }
        }
        members.push(member);
    }
    Some(members)
}

/// The SID of a partner, if the text is one.
fn sid_of_partner(text: &str) -> Option<Sid> {
    let mut partner = Checker::new(text);
    partner.enter(b'{').ok()?.then_some(())?;
    let mut sid = None;
    while let Some(key) = partner.key().ok()? {
        let value = partner.value().ok()?;
        if raw::is_called(key, PARTNERS.key) {
            sid = Some(value);
        }
    }
    partner.end().ok()?;
    sid.map(raw::text).filter(|sid| !matches!(&**sid, "" | "null")).map(|sid| Sid::of(&sid))
}

/// Partners, in order; the place of one that is gone stays empty.
#[derive(Default)]
struct State {
    partners: Vec<Option<(Sid, Partner)>>,
    places: HashMap<Sid, usize>,
    /// Where the next partner is looked for first: changes stand in the order of the partners.
    next: usize,
}

/// How many partners are looked at before the map is asked.
const AHEAD: usize = 8;

impl State {
    fn len(&self) -> usize {
        self.places.len()
    }

    /// Adds a partner, unless it is there.
    fn add(&mut self, sid: Sid, text: Box<str>) -> bool {
        if self.places.contains_key(&sid) {
            return false;
        }
        self.places.insert(sid.clone(), self.partners.len());
        self.partners.push(Some((sid, Partner::new(text))));
        true
    }

    fn get(&mut self, sid: &Sid) -> Option<&mut Partner> {
        let ahead = self.partners.iter().enumerate().skip(self.next).take(AHEAD);
        let mut ahead = ahead.filter(|(_, partner)| partner.as_ref().is_some_and(|(own, _)| own == sid));
        let place = match ahead.next() {
            Some((place, _)) => place,
            None => *self.places.get(sid)?,
        };
        self.next = place + 1;
        self.partners[place].as_mut().map(|(_, partner)| partner)
    }

    /// Takes a partner out.
    fn take(&mut self, sid: &Sid) -> Option<Box<str>> {
        let place = self.places.remove(sid)?;
        self.partners[place].take().map(|(_, partner)| partner.into_text())
    }

    fn into_partners(self) -> impl Iterator<Item = Box<str>> {
        self.partners.into_iter().flatten().map(|(_, partner)| partner.into_text())
    }
}

/// A partner: a text, and what changed of it since. Most changes are followed by another of the same member, so that
/// the text is put together at the end alone.
struct Partner {
    text: Box<str>,
    /// None of them is absent.
    changed: Vec<(Box<str>, Box<str>)>,
}

impl Partner {
    fn new(text: Box<str>) -> Self {
        Self { text, changed: Vec::new() }
    }

    fn text(&self) -> Cow<'_, str> {
        match self.changed.is_empty() {
            true => Cow::Borrowed(&self.text),
            false => {
                Cow::Owned(patched(&self.text, self.changed.iter().map(|(name, value)| (&**name, Some(&**value)))))
            }
        }
    }

    fn into_text(self) -> Box<str> {
        match self.text() {
            Cow::Owned(text) => text.into(),
            Cow::Borrowed(_) => self.text,
        }
    }

    /// The value of a member, if there is one.
    fn value(&self, name: &str) -> Option<&str> {
        let changed = self.changed.iter().find(|(changed, _)| **changed == *name).map(|(_, value)| &**value);
        changed.or_else(|| {
            raw::members(&self.text).filter(|(key, _)| raw::is_called(key, name)).last().map(|(_, value)| value)
        })
    }

    fn patch(&mut self, members: &[Member]) {
        if members.iter().any(|member| member.new.is_none()) {
            let text = patched(&self.text(), members.iter().map(|member| (&*member.name, member.new))).into();
            *self = Self::new(text);
            return;
        }
        for Member { name, new, .. } in members {
            let Some(new) = new else { continue };
            match self.changed.iter_mut().find(|(changed, _)| **changed == **name) {
                Some((_, value)) => *value = (*new).into(),
                None => self.changed.push(((&**name).into(), (*new).into())),
            }
        }
    }
}
