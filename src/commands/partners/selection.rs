//! Which fields of a partner are asked for, and which are shown.
//!
//! The two differ: a server may ignore what it is asked for, so the fields are always picked here as well, and a name
//! that the documentation does not have is never sent, so that the first page shows whether there is such a key.

use std::collections::HashSet;

use crate::api::{FieldSelection, FieldType, PARTNERS};
use crate::commands::partners::phrase;
use crate::error::{Failure, Kind};
use crate::output::{Column, ColumnKind, Notices, Projection, Rank, Unseen, message};
use crate::raw;
use crate::settings::{Origin, Setting};
use crate::values::{FieldName, Format, FormatKind};

/// The fields that a command shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Selection {
    /// The columns, or the members of objects; none for whatever comes.
    only: Option<Setting<Vec<FieldName>>>,
    /// What is left out, of the columns or of whatever comes.
    except: Vec<FieldName>,
    /// Columns beside those.
    added: Vec<FieldName>,
}

impl Selection {
    /// The fields to show: those that were set, else the format's own, without those to leave out.
    pub fn new(except: &[FieldName], only: Option<&Setting<Vec<FieldName>>>, format: Format) -> Self {
        let for_people = format.kind().is_for_people();
        let mut seen = HashSet::new();
        let mut is_shown = |name: &FieldName| seen.insert(name.to_string()) && !except.contains(name);
        let only = match only {
            // Of another format than a table, whatever is not left out is shown.
            _ if !except.is_empty() && !for_people => None,
            Some(Setting { value, source }) => {
                let value = value.iter().filter(|name| is_shown(name)).cloned().collect();
                Some(Setting { value, source: source.clone() })
            }
            None if for_people => {
                let value = PARTNERS.default_columns.iter().filter_map(|name| name.parse().ok());
                Some(Setting { value: value.filter(|name| is_shown(name)).collect(), source: Origin::Default })
            }
            None => None,
        };
        Self { only, except: except.to_vec(), added: Vec::new() }
    }

    /// The same with these columns, too.
    pub fn adding(self, added: Vec<FieldName>) -> Self {
        Self { added, ..self }
    }

    /// The names of columns, in their order; those that are not set are none.
    fn shown(&self) -> impl Iterator<Item = &FieldName> {
        self.only.iter().flat_map(|only| &only.value).chain(&self.added)
    }

    /// The names that were given, and where.
    fn names(&self) -> impl Iterator<Item = (&FieldName, Origin)> {
        let only = self.only.iter().flat_map(|only| only.value.iter().map(|name| (name, only.source.clone())));
        let except = self.except.iter().map(|name| (name, Origin::Option("--exclude-fields")));
        only.chain(self.added.iter().map(|name| (name, Origin::Option("--fields")))).chain(except)
    }

    /// The names that are not documented: only the partners that come show whether there are such fields.
    pub fn undocumented(&self) -> impl Iterator<Item = &FieldName> {
        self.names().map(|(name, _)| name).filter(|name| !self.is_documented(name))
    }

    /// What to ask the server for: always the SID, too, by which repeated partners are noticed.
    pub fn asked(&self) -> FieldSelection {
        let asked = if self.only.is_none() {
            let left_out = |name: &&FieldName| self.is_documented(name) && !self.added.contains(name);
            FieldSelection::Except(self.except.iter().filter(left_out).cloned().collect())
        } else if self.undocumented().next().is_some() {
            FieldSelection::Everything
        } else {
            let mut seen = HashSet::new();
            FieldSelection::Only(self.shown().filter(|name| seen.insert(name.as_str())).cloned().collect())
        };
        asked.with(PARTNERS.key)
    }

    /// Checks the names against the documentation and the partners that came first.
    pub fn check(&self, partners: &[&str], notices: &Notices) -> Result<(), Failure> {
        if self.only.is_some() && !self.except.is_empty() && self.shown().next().is_none() {
            let failure = Failure::new(Kind::Usage, "--exclude-fields leaves no columns in the table");
            return Err(failure.hint("choose columns with -F, or use -o csv"));
        }
        if self.undocumented().next().is_none() {
            return Ok(());
        }
        self.check_keys(&keys_of(partners).into_iter().collect(), partners.is_empty(), notices)
    }

    /// The same, given the keys that partners have, or those of them that are named.
    pub fn check_keys(&self, keys: &HashSet<String>, none_came: bool, notices: &Notices) -> Result<(), Failure> {
        for (name, source) in self.names().filter(|(name, _)| !self.is_documented(name)) {
            let unknown = format!("`{name}` in {source} is not a field of a partner");
            if none_came {
                notices.warn(&format!("`{name}` in {source} is not a documented field"));
            } else if !keys.contains(name.first()) {
                return Err(Failure::new(Kind::Usage, unknown).hint(meant_by(name.first())));
            }
        }
        Ok(())
    }

    /// What the output shows of each partner, given those that came first.
    pub fn projection(&self, format: Format, partners: &[&str]) -> Projection {
        let columns = match (&self.only, format.kind()) {
            (Some(_), _) => Some(self.columns(Vec::new())),
            (None, FormatKind::Document | FormatKind::Objects) => None,
            (None, _) => Some(self.columns(self.all_columns(partners))),
        };
        let without: Vec<_> = self.except.iter().filter(|name| !self.added.contains(name)).cloned().collect();
        let mut projection = Projection { columns, without, complete: self.only.is_none() }.keeping(PARTNERS.label);
        if let Some(Setting { value, source: Origin::Option(_) }) = &self.only {
            projection = projection.ranking(Rank::Named, value);
        }
        projection.ranking(Rank::Named, &self.added)
    }

    /// These columns, then those that are named, each once.
    fn columns(&self, mut columns: Vec<Column>) -> Vec<Column> {
        let mut seen: HashSet<String> = columns.iter().map(|column| column.name().to_owned()).collect();
        columns.extend(
            self.shown().filter(|name| seen.insert(name.to_string())).map(|name| Column::named(name, kind_of(name))),
        );
        columns
    }

    /// Whether whatever a partner has is shown, but for what is left out.
    pub fn is_everything(&self) -> bool {
        self.only.is_none()
    }

    fn is_documented(&self, name: &FieldName) -> bool {
        PARTNERS.field(name.first()).is_some()
    }

    /// Every documented field, then every unknown key of the partners, less those to leave out.
    fn all_columns(&self, partners: &[&str]) -> Vec<Column> {
        let documented = PARTNERS.fields.iter().map(|field| Column::of_key(field.name, kind_of_type(field.kind)));
        let unknown = keys_of(partners).into_iter().filter(|key| PARTNERS.field(key).is_none());
        let without: HashSet<&str> = self.except.iter().map(FieldName::as_str).collect();
        documented
            .chain(unknown.map(|key| Column::of_key(&key, ColumnKind::Text)))
            .filter(|column| !without.contains(column.name()))
            .take(MAX_COLUMNS)
            .collect()
    }
}

/// What may be meant by a name that no field has.
pub fn meant_by(name: &str) -> String {
    PARTNERS.did_you_mean(name).map_or_else(
        || "run `carrierx partners fields` to list them".to_owned(),
        |known| format!("did you mean `{known}`?"),
    )
}

/// The most columns that what came may make, the documented fields included; a server could send any number of keys.
const MAX_COLUMNS: usize = 1000;

/// Says what of the rows is not seen as it is: keys without a column; columns without room, and how they come to be
/// seen, as a warning if one of them was requested; and how many numbers a spreadsheet would not have kept.
pub fn report_unseen(unseen: &Unseen, remedy: &str, notices: &Notices) {
    if !unseen.keys.is_empty() {
        let keys = unseen.keys.iter().map(|key| message::quoted(key)).collect::<Vec<_>>().join(", ");
        notices.warn(&format!(
            "keys without a column are left out: {keys}; columns come from the first page, {MAX_COLUMNS} at most \
             (use -o jsonl for all keys, or choose fields with -F)"
        ));
    }
    // Pictures are dropped silently.
    let hidden: Vec<_> = unseen.columns.iter().filter(|(_, rank)| *rank > Rank::Decoration).collect();
    if !hidden.is_empty() {
        let names: Vec<&str> = hidden.iter().map(|(name, _)| &**name).collect();
        let columns = if names.len() == 1 { "column" } else { "columns" };
        let said = format!("no room for {columns} {} ({remedy})", names.join(", "));
        match hidden.iter().any(|(_, rank)| *rank >= Rank::Named) {
            true => notices.warn(&said),
            false => notices.note(&said),
        }
    }
    if unseen.numbers > 0 {
        let (amounts, have) = (phrase::counted(unseen.numbers, "amount is", "amounts are"), "a spreadsheet keeps");
        notices.note(&format!("{amounts} text in the workbook, having more digits than {have}"));
    }
}

/// How columns come to be seen where fields can be named.
pub const NAME_FEWER: &str = "choose columns with -F, or use -o csv";

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

/// What the column of a field holds.
pub fn kind_of(name: &FieldName) -> ColumnKind {
    PARTNERS.field(name.as_str()).map_or(ColumnKind::Text, |field| kind_of_type(field.kind))
}

fn kind_of_type(kind: FieldType) -> ColumnKind {
    match kind {
        FieldType::Decimal => ColumnKind::Number,
        FieldType::Status => ColumnKind::Status,
        FieldType::Identifier | FieldType::PhoneNumber => ColumnKind::Code,
        FieldType::Timestamp => ColumnKind::Moment,
        FieldType::Text | FieldType::Country | FieldType::Object | FieldType::Strings | FieldType::Objects => {
            ColumnKind::Text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<FieldName> {
        names.iter().map(|name| name.parse().expect(name)).collect()
    }

    fn only(list: &[&str]) -> Selection {
        let setting = Setting { value: names(list), source: Origin::Option("--fields") };
        Selection::new(&[], Some(&setting), Format::Json)
    }

    fn except(list: &[&str]) -> Selection {
        Selection::new(&names(list), None, Format::Json)
    }

    fn columns(projection: &Projection) -> Vec<&str> {
        projection.columns.iter().flatten().map(Column::name).collect()
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
        let projection = Selection::new(&[], None, Format::Table).projection(Format::Table, &[]);
        assert_eq!(columns(&projection), *PARTNERS.default_columns);
        assert_eq!(columns(&only(&["zip", "name", "zip"]).projection(Format::Table, &[])), ["zip", "name"]);
    }

    fn of_table(except_: &[&str], config: Option<&[&str]>) -> Selection {
        let source = Origin::Environment("CARRIERX_FIELDS");
        let config = config.map(|list| Setting { value: names(list), source });
        Selection::new(&names(except_), config.as_ref(), Format::Table)
    }

    #[test]
    fn added_fields_stand_after_the_default_or_configured_ones_each_once() {
        let added = || names(&["zip", "name", "callbacks.sms", "zip"]);
        let table = of_table(&[], None).adding(added());
        let expected = [PARTNERS.default_columns, &["zip", "callbacks.sms"]].concat();
        assert_eq!(columns(&table.projection(Format::Table, &[])), expected);
        assert_eq!(table.asked(), FieldSelection::Only(names(&[&expected[..], &["partner_sid"]].concat())));
        let configured = of_table(&[], Some(&["status"])).adding(added());
        assert_eq!(columns(&configured.projection(Format::Table, &[])), ["status", "zip", "name", "callbacks.sms"]);
        let ranks = configured.projection(Format::Table, &[]).columns.expect("columns");
        assert!(ranks[0].rank < Rank::Named && ranks[1..].iter().all(|column| column.rank == Rank::Named));
    }

    #[test]
    fn added_fields_are_columns_of_csv_only_if_they_are_none_already_and_json_has_all() {
        let selection = Selection::new(&[], None, Format::Csv).adding(names(&["zip", "callbacks.sms"]));
        let projection = selection.projection(Format::Csv, &[r#"{"new":1}"#]);
        assert_eq!(columns(&projection)[PARTNERS.fields.len()..], ["new", "callbacks.sms"]);
        assert!(selection.projection(Format::Json, &[]).columns.is_none());
        assert_eq!(selection.asked(), FieldSelection::Everything);
        assert!(
            checked(&Selection::new(&[], None, Format::Csv).adding(names(&["balanse"])), &["{}"]).contains("`balanse`")
        );
    }

    #[test]
    fn a_table_leaves_fields_out_of_its_default_columns() {
        let projection = of_table(&["name", "acls", "payment_type"], None).projection(Format::Table, &[r#"{"new":1}"#]);
        assert_eq!(columns(&projection), ["display_id", "company_name", "status", "balance"]);
        let projection = of_table(&["name"], Some(&["name", "zip"])).projection(Format::Table, &[]);
        assert_eq!(columns(&projection), ["zip"]);
        assert!(checked(&of_table(PARTNERS.default_columns, None), &["{}"]).starts_with("--exclude-fields leaves no"));
    }

    #[test]
    fn the_header_of_everything_is_the_documented_fields_then_the_unknown_keys() {
        let partners = [r#"{"new":1,"name":"x"}"#, r#"{"newer":1,"new":2}"#];
        let projection = Selection::new(&[], None, Format::Csv).projection(Format::Csv, &partners);
        let columns = columns(&projection);
        let (documented, unknown) = columns.split_at(PARTNERS.fields.len());
        assert_eq!(documented, PARTNERS.fields.iter().map(|field| field.name).collect::<Vec<_>>());
        assert_eq!(unknown, ["new", "newer"]);
        assert!(Selection::new(&[], None, Format::Csv).projection(Format::Json, &partners).columns.is_none());
    }

    #[test]
    fn no_more_columns_come_of_unknown_keys_than_anybody_reads() {
        let members: Vec<String> = (0..100_000).map(|n| format!("\"k{n}\":1")).collect();
        let partner = format!("{{{}}}", members.join(","));
        let projection = Selection::new(&[], None, Format::Csv).projection(Format::Csv, &[&partner]);
        assert_eq!((columns(&projection).len(), columns(&projection)[999]), (MAX_COLUMNS, "k968"));
    }

    #[test]
    fn left_out_fields_have_no_column_and_left_out_parts_keep_the_rest() {
        let projection = except(&["acls", "callbacks.sms", "new"]).projection(Format::Csv, &[r#"{"new":1,"other":1}"#]);
        let columns = columns(&projection);
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
        assert_eq!(columns(&only(&["name"]).projection(Format::Csv, &[])), ["name"]);
        assert!(!columns(&except(&["partner_sid"]).projection(Format::Csv, &[])).contains(&"partner_sid"));
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
