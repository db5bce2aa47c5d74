//! Adds a snapshot to a history, one process at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::partners::diff::{self, Difference, List, Sid, line};
use crate::raw;
use crate::system::private_folder::{self, Lock};
use crate::values::moment::Moment;

use super::about::About;
use super::file::{Packer, write};
use super::folder::{has_entries, month_of, path_of};
use super::names::write_names;
use super::patch::{members, patched};
use super::replay::Replay;
use super::{Heading, History, Problem};

/// A history that is locked to add a snapshot to it.
#[derive(Debug)]
pub struct Recorder {
    history: History,
    about: Option<About>,
    _lock: Lock,
    /// Whether there was no such folder.
    is_new: bool,
}

/// What was added.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    pub path: PathBuf,
    pub heading: Heading,
    /// The snapshot before.
    pub after: Option<Moment>,
}

impl Recorder {
    /// Opens the history in a folder, which is created if there is none.
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        let is_new = !folder.exists();
        private_folder::make(folder).map_err(Problem::writing(folder))?;
        let lock = Lock::of(folder).map_err(Problem::writing(folder))?;
        let about = About::read(folder)?;
        if about.is_none() && has_entries(folder)? {
            return Err(Problem::NotAHistory { folder: folder.to_owned() });
        }
        Ok(Self { history: History::read(folder)?, about, _lock: lock, is_new })
    }

    /// Fails if the clock stands before the last snapshot, so that nothing need be asked for.
    pub fn check_clock(&self, now: Moment) -> Result<(), Problem> {
        match self.last() {
            Some(last) if now < last => Err(Problem::ClockBack { last, now }),
            _ => Ok(()),
        }
    }

    /// The last snapshot.
    pub fn last(&self) -> Option<Moment> {
        self.history.snapshots().last().copied()
    }

    /// Adds the partners as they were at a moment. They come from an address.
    pub fn record(mut self, address: &str, list: &List, moment: Moment) -> Result<Recorded, Problem> {
        if let Some(last) = self.last().filter(|last| moment <= *last) {
            return Err(Problem::ClockBack { last, now: moment });
        }
        self.check_account(address, list)?;
        let after = self.last();
        let begins_month = after.is_none_or(|last| month_of(last) != month_of(moment));
        let known = self.last_list()?;
        let changes = Changes::of(&known, list, !begins_month);
        let heading = Heading {
            snapshot: moment.to_string(),
            after: after.map(|after| after.to_string()),
            partners: list.len() as u64,
            added: if after.is_some() { changes.added } else { 0 },
            gone: changes.gone,
            changed: changes.changed,
        };
        drop(known);
        let path = path_of(&self.history.folder, moment);
        let pack = || {
            let mut packer = Packer::new(begins_month);
            packer.line(&serde_json::to_string(&heading)?)?;
            match begins_month {
                true => list.iter().try_for_each(|(_, partner)| packer.line(partner))?,
                false => changes.lines.iter().try_for_each(|line| packer.line(line))?,
            }
            packer.finish()
        };
        let content = pack().map_err(Problem::writing(&path))?;
        self.write(&path, &content, list)?;
        Ok(Recorded { path, heading, after })
    }

    fn write(&mut self, path: &Path, content: &[u8], list: &List) -> Result<(), Problem> {
        let folder = &self.history.folder;
        if let Some(month) = path.parent() {
            private_folder::make(month).map_err(Problem::writing(month))?;
            remove_unfinished(month);
        }
        remove_unfinished(folder);
        write(path, content)?;
        self.is_new = false;
        write_names(folder, list)
    }

    /// Everybody at the last snapshot.
    fn last_list(&self) -> Result<List, Problem> {
        let mut list = List::new();
        let Some(last) = self.history.snapshots().len().checked_sub(1) else { return Ok(list) };
        for partner in self.history.partners(last)? {
            // A file with a partner twice, or without a SID, has been refused.
            _ = list.add(partner);
        }
        Ok(list)
    }

    /// Fails if the partners are not those of the history's account; a new history becomes theirs.
    ///
    /// A token sees its own partner and those below. So the account is the one whose own partner is there, while that
    /// partner's parent is not.
    fn check_account(&mut self, address: &str, list: &List) -> Result<(), Problem> {
        let folder = &self.history.folder;
        let path = About::path(folder);
        let Some(about) = &self.about else {
            let own = own_partner(list).ok_or(Problem::NoPartner)?;
            let about = About::new(address.to_owned(), own);
            // Nobody relies on who could read an empty folder.
            private_folder::close(folder).map_err(Problem::writing(folder))?;
            about.write(folder)?;
            self.about = Some(about);
            return Ok(());
        };
        if about.base_url != address {
            let (address, now) = (about.base_url.clone(), address.to_owned());
            return Err(Problem::OtherAddress { path, address, now });
        }
        if list.len() == 0 {
            return Err(Problem::NoPartner);
        }
        match list.place(&Sid::of(&about.partner_sid)) {
            Some(place) if !has_parent(list, list.at(place)) => Ok(()),
            _ => Err(Problem::OtherAccount { path, partner: about.partner_sid.clone() }),
        }
    }
}

/// A folder that was made for nothing goes again.
impl Drop for Recorder {
    fn drop(&mut self) {
        if self.is_new {
            // One that holds anything stays.
            _ = fs::remove_dir(&self.history.folder);
        }
    }
}

impl History {
    /// Every partner as it was at a snapshot, in order.
    pub fn partners(&self, snapshot: usize) -> Result<impl Iterator<Item = Box<str>>, Problem> {
        let mut replay = Replay::new(self, None);
        for snapshot in self.beginning_of_month(snapshot)..=snapshot {
            replay.read::<Problem>(snapshot, |_| Ok(()))?;
        }
        Ok(replay.into_partners())
    }
}

/// What changed from one list to another.
#[derive(Default)]
struct Changes {
    /// None if they are not wanted.
    lines: Vec<String>,
    added: u64,
    gone: u64,
    changed: u64,
}

impl Changes {
    fn of(old: &List, new: &List, with_lines: bool) -> Self {
        let mut changes = Self::default();
        let mut lines = Vec::new();
        let mut push = |line: &dyn Fn() -> String| lines.extend(with_lines.then(line));
        let mut is_left = vec![false; old.len()];
        for (sid, partner) in new.iter() {
            let Some(place) = old.place(sid) else {
                changes.added += 1;
                push(&|| line::object(&diff::Change::Added(partner)));
                continue;
            };
            is_left[place] = true;
            let known = old.at(place);
            if known != partner {
                changes.changed += 1;
                push(&|| changed(known, partner));
            }
        }
        for place in (0..old.len()).filter(|place| !is_left[*place]) {
            changes.gone += 1;
            push(&|| line::object(&diff::Change::Gone(old.at(place))));
        }
        changes.lines = lines;
        changes
    }
}

/// The line of a partner that changed. Where its members do not make the new text of the old one, as their order
/// changed or a key stands twice, the line has the whole partner, too.
fn changed(old: &str, new: &str) -> String {
    let members = members(old, new);
    let is_enough = patched(old, members.iter().map(|member| (&*member.name, member.new))) == new;
    let fields = members.into_iter().map(|member| {
        let is_decimal = PARTNERS.field(&member.name).is_some_and(|field| field.kind == FieldType::Decimal);
        let delta = if is_decimal { diff::delta(member.old, member.new) } else { None };
        let [old, new] = [member.old, member.new].map(|value| value.map(str::to_owned));
        Difference { field: member.name.into_owned(), old, new, delta }
    });
    let mut line = line::object(&diff::Change::Changed { old, new, fields: fields.collect() });
    if !is_enough {
        line.pop();
        line.push_str(&format!(",\"partner\":{new}}}"));
    }
    line
}

/// The SID of the first partner whose parent is not among them: the one that sees all others.
fn own_partner(list: &List) -> Option<String> {
    let (_, own) = list.iter().find(|(_, partner)| !has_parent(list, partner))?;
    raw::lookup(own, [PARTNERS.key]).map(|sid| raw::text(sid).into_owned())
}

/// Whether the parent of a partner is on the list, too.
fn has_parent(list: &List, partner: &str) -> bool {
    let parent = raw::lookup(partner, ["parent_sid"]).filter(|parent| raw::is_set(parent));
    parent.is_some_and(|parent| list.place(&Sid::of(&raw::text(parent))).is_some())
}

/// Removes what a process that was killed has left behind; under the lock, nobody else writes here.
fn remove_unfinished(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(io::Result::ok) {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(".carrierx-") && name.ends_with(".part")) {
            _ = fs::remove_file(entry.path());
        }
    }
}
