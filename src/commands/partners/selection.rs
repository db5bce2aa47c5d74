//! Which fields of a partner are asked for, and which are shown.
//!
//! The two differ: a server may ignore what it is asked for, so the fields are always picked here as well, and a name
//! that the documentation does not have is never sent, so that the first page shows whether there is such a key.

use std::borrow::Borrow;
use std::collections::HashSet;

use crate::api::query::FieldSelection;
use crate::api::resource::{FieldType, Resource};
use crate::error::{Failure, Kind};
use crate::message;
use crate::notices::Notices;
use crate::output::{Column, ColumnKind, Rank, Shape};
use crate::raw;
use crate::settings::{Setting, Source};
use crate::values::{FieldName, Format, Layout};

/// The fields that a command shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    resource: &'static Resource,
    fields: Fields,
}

#[derive(Debug, PartialEq, Eq)]
enum Fields {
    Everything,
    Only(Setting<Vec<FieldName>>),
    Except(Vec<FieldName>),
}

impl Selection {
    /// Whatever comes.
    pub(crate) fn everything(resource: &'static Resource) -> Self {
        Self { resource, fields: Fields::Everything }
    }

    /// The fields to show: those to leave out if any were named, else those that were set, else the format's own.
    pub(crate) fn new(
        resource: &'static Resource,
        except: &[FieldName],
        only: Option<&Setting<Vec<FieldName>>>,
        format: Format,
    ) -> Self {
        let fields = match only {
            _ if !except.is_empty() => Fields::Except(except.to_vec()),
            Some(Setting { value, source }) => {
                let mut seen = HashSet::new();
                let value = value.iter().filter(|name| seen.insert(name.as_str())).cloned().collect();
                Fields::Only(Setting { value, source: source.clone() })
            }
            None if format.layout() == Layout::People => {
                let value = resource.default_columns.iter().filter_map(|name| name.parse().ok()).collect();
                Fields::Only(Setting { value, source: Source::Default })
            }
            None => Fields::Everything,
        };
        Self { resource, fields }
    }

    /// The names that were given, and where.
    fn names(&self) -> (&[FieldName], &Source) {
        match &self.fields {
            Fields::Everything => (&[], &Source::Default),
            Fields::Only(names) => (&names.value, &names.source),
            Fields::Except(names) => (names, &Source::Option("--exclude-fields")),
        }
    }

    /// The names that are not documented: only the partners that come show whether there are such fields.
    pub(crate) fn undocumented(&self) -> impl Iterator<Item = &FieldName> {
        self.names().0.iter().filter(|name| !self.is_documented(name))
    }

    /// What to ask the server for if one more documented field is needed.
    pub(crate) fn asked_with(&self, name: &str) -> FieldSelection {
        match self.asked() {
            FieldSelection::Only(mut names) if names.iter().all(|asked| asked.as_str() != name) => {
                names.extend(name.parse());
                FieldSelection::Only(names)
            }
            asked => asked,
        }
    }

    /// What to ask the server for: always the SID, too, by which repeated partners are noticed.
    pub(crate) fn asked(&self) -> FieldSelection {
        match &self.fields {
            Fields::Everything => FieldSelection::Everything,
            Fields::Only(names) if names.value.iter().all(|name| self.is_documented(name)) => {
                let mut asked = names.value.clone();
                if !asked.iter().any(|name| self.is_sid(name)) {
                    asked.extend(self.resource.key.parse());
                }
                FieldSelection::Only(asked)
            }
            Fields::Only(_) => FieldSelection::Everything,
            Fields::Except(names) => {
                let left_out = |name: &&FieldName| self.is_documented(name) && !self.is_sid(name);
                let asked: Vec<_> = names.iter().filter(left_out).cloned().collect();
                if asked.is_empty() { FieldSelection::Everything } else { FieldSelection::Except(asked) }
            }
        }
    }

    /// Checks the names against the documentation and the partners that came first.
    ///
    /// # Errors
    /// When a name is in neither. Without any partner to look at, that is only a warning.
    pub(crate) fn check(&self, partners: &[&str], notices: &Notices) -> Result<(), Failure> {
        if self.undocumented().next().is_none() {
            return Ok(());
        }
        self.check_keys(&keys_of(partners).into_iter().collect(), partners.is_empty(), notices)
    }

    /// The same, given the keys that partners have, or those of them that are named.
    ///
    /// # Errors
    /// As with [`Self::check`].
    pub(crate) fn check_keys(&self, keys: &HashSet<String>, none_came: bool, notices: &Notices) -> Result<(), Failure> {
        let source = self.names().1;
        for name in self.undocumented() {
            let unknown = format!("`{name}`, named by {source}, is not a field of a {}", self.resource.singular);
            if none_came {
                notices.warn(&format!("{unknown} that is documented"));
            } else if !keys.contains(name.first()) {
                let meant = self.resource.did_you_mean(name.first()).map_or_else(
                    || {
                        format!(
                            "the fields are {}",
                            self.resource.fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")
                        )
                    },
                    |known| format!("did you mean `{known}`?"),
                );
                return Err(Failure::new(Kind::Usage, unknown).hint(meant));
            }
        }
        Ok(())
    }

    /// What the output shows of each partner, given those that came first.
    pub(crate) fn shape(&self, format: Format, partners: &[&str]) -> Shape {
        let without: &[FieldName] = if let Fields::Except(names) = &self.fields { names } else { &[] };
        let columns = match &self.fields {
            Fields::Only(names) => {
                let rank = if let Source::Option(_) = names.source { Rank::Named } else { Rank::Plain };
                Some(names.value.iter().map(|name| self.column(name).ranked(rank)).collect())
            }
            _ => match format.layout() {
                Layout::Document | Layout::Objects => None,
                Layout::People | Layout::Columns => Some(self.all_columns(without, partners)),
            },
        };
        Shape { columns, without: without.to_vec(), complete: !matches!(self.fields, Fields::Only(_)) }
            .keeping(self.resource.label)
    }

    fn is_documented(&self, name: &FieldName) -> bool {
        self.resource.field(name.first()).is_some()
    }

    fn is_sid(&self, name: &FieldName) -> bool {
        name.as_str() == self.resource.key
    }

    pub(crate) fn column(&self, name: &FieldName) -> Column {
        let kind = self.resource.field(name.as_str()).map_or(ColumnKind::Text, |field| kind_of_type(field.kind));
        Column::named(name, kind)
    }

    /// Every documented field, then every unknown key of the partners, less those to leave out.
    fn all_columns(&self, without: &[FieldName], partners: &[&str]) -> Vec<Column> {
        let documented = self.resource.fields.iter().map(|field| Column::of_key(field.name, kind_of_type(field.kind)));
        let unknown = keys_of(partners).into_iter().filter(|key| self.resource.field(key).is_none());
        let without: HashSet<&str> = without.iter().map(FieldName::as_str).collect();
        documented
            .chain(unknown.map(|key| Column::of_key(&key, ColumnKind::Text)))
            .filter(|column| !without.contains(column.name()))
            .take(MAX_COLUMNS)
            .collect()
    }
}

/// Warns of the keys that have no column.
pub(crate) fn warn_of_keys_without_column(keys: &[String], notices: &Notices) {
    if !keys.is_empty() {
        let keys = keys.iter().map(|key| message::quoted(key)).collect::<Vec<_>>().join(", ");
        notices.warn(&format!(
            "keys without a column are left out: {keys}; columns come from the first page, {MAX_COLUMNS} at most \
             (use -o jsonl for all keys, or name fields with -F)"
        ));
    }
}

/// The most columns that what came may make, the documented fields included; a server could send any number of keys.
const MAX_COLUMNS: usize = 1000;

/// Names the columns that there was no room for, and how they come to be seen. Whoever named one of them is warned.
pub(crate) fn report_hidden(columns: &[(impl Borrow<str>, Rank)], remedy: &str, notices: &Notices) {
    let hidden = |names: &[&str]| {
        let columns = if names.len() == 1 { "column" } else { "columns" };
        format!("{columns} not shown for lack of width: {} ({remedy})", names.join(", "))
    };
    let (named, others): (Vec<_>, Vec<_>) = columns.iter().partition(|(_, rank)| *rank >= Rank::Named);
    let [named, others] = [named, others].map(|columns| columns.iter().map(|(name, _)| name.borrow()).collect());
    let [named, others]: [Vec<&str>; 2] = [named, others];
    if !named.is_empty() {
        notices.warn(&hidden(&named));
    }
    if !others.is_empty() {
        notices.note(&hidden(&others));
    }
}

/// How columns come to be seen where fields can be named.
pub(crate) const NAME_FEWER: &str = "choose columns with -F, or use -o csv";

/// The keys of the partners, each once, in the order in which they first come.
fn keys_of(partners: &[&str]) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut keys = Vec::new();
    for (key, _) in partners.iter().flat_map(|partner| raw::members(partner)) {
        let key = raw::text(key);
        if !seen.contains(&*key) {
            seen.insert(key.clone().into_owned());
            keys.push(key.into_owned());
        }
    }
    keys
}

fn kind_of_type(kind: FieldType) -> ColumnKind {
    match kind {
        FieldType::Decimal => ColumnKind::Number,
        FieldType::Status => ColumnKind::Status,
        FieldType::Identifier | FieldType::Timestamp | FieldType::PhoneNumber => ColumnKind::Code,
        FieldType::Text | FieldType::Object | FieldType::Strings | FieldType::Objects => ColumnKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::partner::PARTNERS;

    fn names(names: &[&str]) -> Vec<FieldName> {
        names.iter().map(|name| name.parse().expect(name)).collect()
    }

    fn only(list: &[&str]) -> Selection {
        let setting = Setting { value: names(list), source: Source::Option("--fields") };
        Selection::new(PARTNERS, &[], Some(&setting), Format::Json)
    }

    fn except(list: &[&str]) -> Selection {
        Selection::new(PARTNERS, &names(list), None, Format::Json)
    }

    fn columns(shape: &Shape) -> Vec<&str> {
        shape.columns.iter().flatten().map(Column::name).collect()
    }

    /// What a check says, as its error's message and hint or as a warning.
    fn checked(selection: &Selection, partners: &[&str]) -> String {
        let mut said = Vec::new();
        let result = selection.check(partners, &Notices::new(&mut said, false, false));
        match result {
            Ok(()) => String::from_utf8(said).expect("UTF-8"),
            Err(failure) => format!("{failure}; {}", failure.hint.as_deref().unwrap_or_default()),
        }
    }

    #[test]
    fn a_table_has_its_own_columns_unless_some_are_named() {
        let shape = Selection::new(PARTNERS, &[], None, Format::Table).shape(Format::Table, &[]);
        assert_eq!(columns(&shape), *PARTNERS.default_columns);
        assert_eq!(columns(&only(&["zip", "name", "zip"]).shape(Format::Table, &[])), ["zip", "name"]);
    }

    #[test]
    fn the_header_of_everything_is_the_documented_fields_then_the_unknown_keys() {
        let partners = [r#"{"new":1,"name":"x"}"#, r#"{"newer":1,"new":2}"#];
        let shape = Selection::everything(PARTNERS).shape(Format::Csv, &partners);
        let columns = columns(&shape);
        let (documented, unknown) = columns.split_at(PARTNERS.fields.len());
        assert_eq!(documented, PARTNERS.fields.iter().map(|field| field.name).collect::<Vec<_>>());
        assert_eq!(unknown, ["new", "newer"]);
        assert!(Selection::everything(PARTNERS).shape(Format::Json, &partners).columns.is_none());
    }

    #[test]
    fn no_more_columns_come_of_unknown_keys_than_anybody_reads() {
        let members: Vec<String> = (0..100_000).map(|n| format!("\"k{n}\":1")).collect();
        let partner = format!("{{{}}}", members.join(","));
        let shape = Selection::everything(PARTNERS).shape(Format::Csv, &[&partner]);
        assert_eq!((columns(&shape).len(), columns(&shape)[999]), (MAX_COLUMNS, "k968"));
    }

    #[test]
    fn left_out_fields_have_no_column_and_left_out_parts_keep_the_rest() {
        let shape = except(&["acls", "callbacks.sms", "new"]).shape(Format::Csv, &[r#"{"new":1,"other":1}"#]);
        let columns = columns(&shape);
        assert!(!columns.contains(&"acls") && !columns.contains(&"new"));
        assert!(columns.contains(&"callbacks") && columns.contains(&"other"));
    }

    #[test]
    fn only_documented_names_are_sent() {
        let asked = FieldSelection::Only(names(&["name", "callbacks.x", "partner_sid"]));
        assert_eq!(only(&["name", "callbacks.x"]).asked(), asked);
        assert_eq!(only(&["name", "new"]).asked(), FieldSelection::Everything);
        assert_eq!(except(&["name", "new"]).asked(), FieldSelection::Except(names(&["name"])));
        assert_eq!(except(&["new"]).asked(), FieldSelection::Everything);
    }

    #[test]
    fn the_sid_is_always_asked_for_and_shown_only_when_named() {
        assert_eq!(only(&["partner_sid", "name"]).asked(), FieldSelection::Only(names(&["partner_sid", "name"])));
        assert_eq!(except(&["partner_sid", "name"]).asked(), FieldSelection::Except(names(&["name"])));
        assert_eq!(except(&["partner_sid"]).asked(), FieldSelection::Everything);
        assert_eq!(columns(&only(&["name"]).shape(Format::Csv, &[])), ["name"]);
        assert!(!columns(&except(&["partner_sid"]).shape(Format::Csv, &[])).contains(&"partner_sid"));
    }

    #[test]
    fn a_name_that_no_partner_has_is_an_error_with_the_known_one() {
        let partners = [r#"{"name":"x"}"#, r#"{"new":{"er":1}}"#];
        for selection in [only(&["name", "balanse"]), except(&["balanse"])] {
            let said = checked(&selection, &partners);
            assert!(said.contains("`balanse`") && said.contains("did you mean `balance`?"), "{said}");
        }
        assert_eq!(checked(&only(&["new.er", "callbacks.anything"]), &partners), "");
    }

    #[test]
    fn without_partners_an_unknown_name_is_a_warning() {
        assert!(checked(&only(&["balanse"]), &[]).starts_with("warning: `balanse`"));
    }
}
