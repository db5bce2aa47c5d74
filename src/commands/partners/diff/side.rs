//! One of the two lists that are compared: a file, a moment of the history, or what the API has now.

use std::collections::HashSet;
use std::path::Path;

use crate::api::{FieldSelection, PARTNERS, Query};
use crate::commands::{Session, connection, past};
use crate::error::{self, Context as _, Error, Failure, Kind};
use crate::partners::List;
use crate::raw;
use crate::source::saved::{self, Saved};
use crate::values::{FieldName, Format, Moment, Order, When};

/// A list, and what is known of it.
pub struct Side {
    pub list: List,
    /// What it is called in sentences.
    pub name: String,
    /// When it was like that, if it is of a history.
    pub moment: Option<Moment>,
    /// Whether its values are cells, which know neither null nor types.
    has_cells: bool,
    /// Why it may not be whole.
    pub doubt: Option<Error>,
}

/// The moment that a name means, unless it means a file or stdin.
pub fn moment(name: &Path) -> Result<Option<When>, Failure> {
    let is_path = name.parent().is_some_and(|folder| !folder.as_os_str().is_empty()) || Format::of_file(name).is_some();
    let text = name.to_str().filter(|_| !is_path).unwrap_or_default();
    let is_mistyped = !matches!(text, "" | "-") && !name.exists();
    let when = if is_mistyped { text.parse().map(Some) } else { When::of(text) };
    when.map_err(|problem| Failure::new(Kind::Usage, format!("`{text}` is neither a file nor a time: {problem}")))
}

impl Side {
    fn whole(list: List, name: String) -> Self {
        Self { list, name, moment: None, has_cells: false, doubt: None }
    }

    /// The list of that name: those of its partners that match the filter.
    pub fn of(name: &Path, filter: Option<&str>, session: &Session) -> error::Result<Self> {
        let side = match moment(name)? {
            Some(when) => Self::remember(&when, session)?,
            None => Self::read(name)?,
        };
        match filter {
            Some(filter) => side.filtered(filter, session),
            None => Ok(side),
        }
    }

    /// The partners as they were then.
    fn remember(when: &When, session: &Session) -> error::Result<Self> {
        let Session { settings, global, notices, .. } = session;
        let has_past = settings.history.is_some() || global.sandbox;
        let lead = format!("{when}: ");
        let (list, moment) =
            past::partners(when, &lead, settings, global, notices).map_err(|error| match has_past {
                true => error,
                false => error.context(format!("`{when}` is a moment; a file of that name is `./{when}`")),
            })?;
        let name = format!("the snapshot of {moment}");
        Ok(Self { moment: Some(moment), ..Self::whole(list, name) })
    }

    /// Reads a saved list.
    fn read(path: &Path) -> error::Result<Self> {
        let saved = saved::read(path)?;
        check(&saved, path)?;
        Ok(Self { has_cells: saved.has_cells, ..Self::whole(saved.partners, saved::name(path)) })
    }

    /// The same with those partners alone that match a filter, in the order in which they are.
    fn filtered(self, filter: &str, session: &Session) -> error::Result<Self> {
        let connection = connection::local(self.name.clone(), self.list);
        let query =
            Query { order: Order::Server, ..session.query(Some(filter.to_owned()), FieldSelection::Everything) };
        let mut list = List::new();
        session.each(&connection, query, |partner| list.add_known(partner.text(), partner.get(PARTNERS.key)))?;
        Ok(Self { list, ..self })
    }

    /// Asks the API. Partners without a SID of their own are doubts that the walk itself finds.
    pub fn fetch(session: &Session, query: Query) -> error::Result<Self> {
        let connection = session.connect()?;
        let mut list = List::new();
        let walked =
            session.each(&connection, query, |partner| list.add_known(partner.text(), partner.get(PARTNERS.key)));
        let is_whole = walked.and_then(|stats| Ok(session.refuse_doubts(&stats)?));
        let doubt = is_whole.context("cannot compare the lists").err();
        match doubt {
            Some(doubt) if list.is_empty() => Err(doubt),
            doubt => Ok(Self { doubt, ..Self::whole(list, session.answerer().name()) }),
        }
    }

    /// The keys of the first partner.
    fn keys(&self) -> impl Iterator<Item = String> {
        self.list.iter().next().into_iter().flat_map(raw::members).map(|(key, _)| raw::text(key).into_owned())
    }

    /// The fields that the first partner has.
    pub fn fields(&self) -> Vec<FieldName> {
        self.keys().filter_map(|key| key.parse().ok()).collect()
    }

    /// The columns of a list of cells: every row has all of them.
    pub fn columns(&self) -> Option<HashSet<String>> {
        self.has_cells.then(|| self.keys().collect())
    }
}

/// Partners that cannot be told apart cannot be compared.
fn check(saved: &Saved, path: &Path) -> Result<(), Failure> {
    let key = PARTNERS.key;
    if let Some(place) = saved.partners.without_sid() {
        let (name, line) = (saved::name(path), saved.line(place));
        let failure = Failure::new(Kind::Usage, format!("{name} has a partner without {key}, in line {line}"));
        return Err(failure.hint(format!("save the list with all fields, or add {key} to -F")));
    }
    match saved.repeated(path) {
        Some(twice) => Err(Failure::new(Kind::Usage, twice)
            .hint("save the list with --require-complete, so that no partner is repeated")),
        None => Ok(()),
    }
}
