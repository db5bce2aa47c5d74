//! One of the two lists that are compared: a file, a moment of the history, or what the API has now.

use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::api::query::{FieldSelection, Query};
use crate::commands::session::Session;
use crate::commands::{connection, doubts, past};
use crate::error::{self, Context as _, Error, Failure, Kind};
use crate::partners;
use crate::partners::diff::List;
use crate::raw;
use crate::source::saved::{self, Saved};
use crate::values::{FieldName, Format, When};

/// A list, and what is known of it.
pub struct Side {
    pub list: List,
    /// What it is called in sentences.
    pub name: String,
    /// Whether it was read from a file.
    pub is_read: bool,
    /// Whether its values are cells, which know neither null nor types.
    pub has_cells: bool,
    /// Why it may not be whole.
    pub doubt: Option<Error>,
}

/// The moment that a name means, unless it means a file or stdin.
pub fn moment(name: &Path) -> Result<Option<When>, Failure> {
    let is_path = name.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) || Format::of_file(name).is_some();
    let text = name.to_str().filter(|_| !is_path).unwrap_or_default();
    When::of(text).map_err(|problem| Failure::new(Kind::Usage, format!("`{text}` names no moment: {problem}")))
}

impl Side {
    /// The list of that name. A saved list is what somebody chose to save, so that only the history is filtered.
    pub fn of(name: &Path, filter: Option<&str>, session: &Session) -> error::Result<Self> {
        match moment(name)? {
            Some(when) => Self::remember(&when, filter, session),
            None => Self::read(name),
        }
    }

    /// The partners as they were then, or those of them that match a filter, which the history answers as the sandbox
    /// does.
    fn remember(when: &When, filter: Option<&str>, session: &Session) -> error::Result<Self> {
        let history = past::open(&session.settings).map_err(|error| match session.settings.history {
            Some(_) => error,
            None => error.context(format!("`{when}` is a moment; a file of that name is `./{when}`")),
        })?;
        let snapshot = past::snapshot(&history, when)?;
        let partners = history.partners(snapshot)?;
        let moment = history.snapshots()[snapshot];
        let mut list = List::new();
        // The history has no partner twice, and none without a SID.
        match filter {
            None => partners.for_each(|partner| _ = list.add(partner)),
            Some(filter) => {
                let partners: partners::List = partners.collect();
                let connection = connection::local(format!("the history at {when}"), partners, session.global);
                let query = session.query(Some(filter.to_owned()), FieldSelection::Everything);
                session.each(&connection, query, |partner| _ = list.add(partner.text()))?;
            }
        }
        session.notices.note(&format!("{when}: as of {moment}"));
        Ok(Self { list, name: format!("the snapshot of {moment}"), is_read: true, has_cells: false, doubt: None })
    }

    /// Reads a saved list.
    pub fn read(path: &Path) -> error::Result<Self> {
        let saved = saved::read(path)?;
        check(&saved, path)?;
        let mut list = List::new();
        saved.partners.iter().for_each(|partner| _ = list.add(partner));
        let doubt = saved.cut.map(Error::from);
        Ok(Self { list, name: saved::name(path), is_read: true, has_cells: saved.has_cells, doubt })
    }

    /// Asks the API. Partners without a SID of their own are doubts that the walk itself finds.
    pub fn fetch(session: &Session, query: Query) -> error::Result<Self> {
        let connection = session.connect()?;
        let mut list = List::new();
        let walked = session.each(&connection, query, |partner| _ = list.add(partner.text()));
        let is_whole = walked.and_then(|stats| Ok(doubts::refuse(&stats.doubts(), session.answerer())?));
        let doubt = is_whole.context("the lists cannot be compared to their end").err();
        match doubt {
            Some(doubt) if list.len() == 0 => Err(doubt),
            doubt => Ok(Self { list, name: session.answerer().name(), is_read: false, has_cells: false, doubt }),
        }
    }

    /// The fields that the first partner has.
    pub fn fields(&self) -> Vec<FieldName> {
        let keys = self.list.first().into_iter().flat_map(raw::members).map(|(key, _)| raw::text(key));
        keys.filter_map(|key| key.parse().ok()).collect()
    }
}

/// Partners that cannot be told apart cannot be compared.
fn check(saved: &Saved, path: &Path) -> Result<(), Failure> {
    let key = PARTNERS.key;
    if let Some(place) = saved.partners.without_sid() {
        let (name, line) = (saved::name(path), saved.lines[place]);
        let failure = Failure::new(Kind::Usage, format!("{name} has a partner without {key}, in line {line}"));
        return Err(failure.hint(format!("save the list with all fields, or add {key} to -F")));
    }
    match saved.repeated(path) {
        Some(twice) => Err(Failure::new(Kind::Usage, twice)
            .hint("save the list with --require-complete, so that no partner is repeated")),
        None => Ok(()),
    }
}
