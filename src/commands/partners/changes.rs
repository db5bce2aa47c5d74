//! What `diff` and `history` have in common: which fields they compare, and the rows that show what changed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use serde_json::Value;

use crate::api::{FieldType, PARTNERS};
use crate::cli::partners::FieldArgs;
use crate::commands::partners::Selection;
use crate::error;
use crate::output::{Cell, ColumnKind, FormatOptions, Notices, Projection, Rank, Writer};
use crate::partners::diff::{Difference, Rules, look_alike, set_change};
use crate::raw;
use crate::settings::{Origin, Setting};
use crate::values::{Format, FormatKind, Moment};

/// The rules that the options make. Amounts that change by themselves are only added up, unless they were requested.
pub fn rules(fields: &FieldArgs, amounts: bool) -> Rules {
    let is_named = |field: &str| fields.fields.iter().any(|choice| choice.name.as_str() == field);
    let moving = PARTNERS.moving.iter().copied().filter(|field| !amounts && !is_named(field)).collect();
    let only = fields.only().unwrap_or_default();
    Rules { only, except: fields.exclude_fields.clone(), moving, ..Rules::default() }
}

/// Refuses the name of a field that is neither documented nor a key of any partner, given what finds out which of some
/// names are keys, and whether there are partners.
pub fn check_names(
    fields: &FieldArgs,
    has_partners: bool,
    notices: &Notices,
    find: impl FnOnce(&HashSet<&str>) -> error::Result<HashSet<String>>,
) -> error::Result<()> {
    let only = fields.only().map(|value| Setting { value, source: Origin::Option("--fields") });
    let selection = Selection::new(&fields.exclude_fields, only.as_ref(), Format::Jsonl).adding(fields.added());
    let undocumented: HashSet<&str> = selection.undocumented().map(|name| name.first()).collect();
    if undocumented.is_empty() {
        return Ok(());
    }
    Ok(selection.check_keys(&find(&undocumented)?, !has_partners, notices)?)
}

/// What became of a partner.
pub struct Event<'c> {
    /// When, in a history.
    pub moment: Option<Moment>,
    pub word: &'static str,
    /// Its SID, its display ID and what it is called.
    pub names: [Option<Cow<'c, str>>; 3],
    /// All of a partner that was added or is gone, where it is known.
    pub record: Option<&'c str>,
    pub fields: &'c [Difference],
}

/// Which columns there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeColumns {
    pub moment: bool,
    /// Whether all changes are of one partner, which then needs no column.
    pub is_single: bool,
    pub delta: bool,
}

impl ChangeColumns {
    fn list(self, for_people: bool) -> Vec<(&'static str, ColumnKind)> {
        let is_named = !for_people || !self.is_single;
        let columns = [
            (self.moment, ("moment", ColumnKind::Moment)),
            (true, ("change", ColumnKind::Code)),
            (!for_people, (PARTNERS.key, ColumnKind::Code)),
            (is_named, (PARTNERS.label, ColumnKind::Code)),
            (is_named, ("partner", ColumnKind::Text)),
            (true, ("field", ColumnKind::Code)),
            (true, ("old", ColumnKind::Text)),
            (true, ("new", ColumnKind::Text)),
            (!for_people || self.delta, ("delta", ColumnKind::Number)),
        ];
        columns.into_iter().filter_map(|(is_shown, column)| is_shown.then_some(column)).collect()
    }
}

/// Writes changes, a row a field or an object a partner, as the format has it.
pub struct Rows<'o> {
    /// None where objects are written.
    columns: Vec<(&'static str, ColumnKind)>,
    for_people: bool,
    pub writer: Writer<'o>,
}

impl<'o> Rows<'o> {
    pub fn begin(columns: ChangeColumns, options: FormatOptions, out: &'o mut dyn io::Write) -> io::Result<Self> {
        let for_people = options.format.kind().is_for_people();
        let (columns, projection) = match options.format.kind() {
            FormatKind::Screen | FormatKind::Markup | FormatKind::Columns => {
                let columns = columns.list(for_people);
                let projection = Projection::of(&columns).ranking(Rank::Stays, &["moment", "field", "old", "new"]);
                (columns, projection.ranking(Rank::Subject, &[PARTNERS.label]))
            }
            FormatKind::Document | FormatKind::Objects => (Vec::new(), Projection::default()),
        };
        Ok(Self { columns, for_people, writer: Writer::begin(options, projection, out)? })
    }

    pub fn write(&mut self, change: &Event) -> io::Result<()> {
        if self.columns.is_empty() {
            return self.writer.write(&object(change));
        }
        if change.fields.is_empty() {
            return self.row(change, None);
        }
        change.fields.iter().try_for_each(|field| self.row(change, Some(field)))
    }

    fn row(&mut self, change: &Event, difference: Option<&Difference>) -> io::Result<()> {
        let [sid, label, called] = change.names.each_ref().map(Option::as_deref);
        let (mut old, mut new) = difference.map(|difference| values(difference, self.for_people)).unwrap_or_default();
        let mut cell = |name: &str| match name {
            "moment" => Cell::from(change.moment.map(|moment| moment.to_string())),
            "change" => Cell::from(change.word),
            "partner" => Cell::from(called),
            "field" => Cell::from(difference.map(|difference| &*difference.field)),
            "old" => std::mem::take(&mut old),
            "new" => std::mem::take(&mut new),
            "delta" => Cell::from(difference.and_then(|difference| difference.delta).map(|delta| delta.to_string())),
            name if name == PARTNERS.key => Cell::from(sid),
            _ => Cell::from(label),
        };
        let cells = self.columns.iter().map(|(name, _)| cell(name)).collect();
        self.writer.write_cells(cells)
    }
}

/// The cells of the old and of the new value: of a set, what came and what left; of values that look alike, JSON of
/// letters that everybody can tell apart.
pub fn values(difference: &Difference, for_people: bool) -> (Cell<'_>, Cell<'_>) {
    let (old, new) = (difference.old.as_deref(), difference.new.as_deref());
    match (set_change(old, new), old, new) {
        (Some(change), ..) => (Cell::Absent, Cell::from(change)),
        (None, Some(old), Some(new)) if raw::text(old) == raw::text(new) || (for_people && look_alike(old, new)) => {
            (Cell::from(spelled(old)), Cell::from(spelled(new)))
        }
        _ if PARTNERS.field(&difference.field).is_some_and(|field| field.kind == FieldType::Decimal) => {
            (Cell::amount(old), Cell::amount(new))
        }
        _ => (Cell::raw(old), Cell::raw(new)),
    }
}

/// A raw value with escapes in place of all but ASCII.
fn spelled(value: &str) -> String {
    let value = match value.starts_with('"') {
        true => Value::from(raw::text(value)).to_string(),
        false => value.to_owned(),
    };
    let escaped = |c: char| {
        let mut units = [0; 2];
        c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
    };
    value.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect()
}

/// The change as one JSON object. What is absent is not there, so that it is not taken for null.
fn object(change: &Event) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let mut members = Vec::new();
    let mut add = |key, value: Option<String>| members.extend(value.map(|value| (key, value)));
    add("moment", change.moment.map(|moment| text(&moment.to_string())));
    add("change", Some(text(change.word)));
    for (key, name) in [PARTNERS.key, PARTNERS.label, "partner"].into_iter().zip(&change.names) {
        add(key, name.as_deref().map(text));
    }
    add("record", change.record.map(str::to_owned));
    if !change.fields.is_empty() {
        let fields = change.fields.iter().map(|difference| {
            let delta = difference.delta.map(|delta| text(&delta.to_string()));
            let values = [("old", difference.old.clone()), ("new", difference.new.clone()), ("delta", delta)];
            (&*difference.field, joined(values.into_iter().filter_map(|(key, value)| Some((key, value?)))))
        });
        add("fields", Some(joined(fields)));
    }
    joined(members)
}

fn joined<'k>(members: impl IntoIterator<Item = (&'k str, String)>) -> String {
    let members = members.into_iter().map(|(key, value)| format!("{}:{value}", Value::from(key)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_look_alike_are_spelled_out() {
        for (old, new, shown) in [
            ("\"Jos\u{e9}\"", "\"Jose\u{301}\"", [r#""Jos\u00e9""#, r#""Jose\u0301""#]),
            ("\"a b\"", "\"a\u{a0}b\"", [r#""a b""#, r#""a\u00a0b""#]),
            ("\"a\"", "\" a\"", [r#""a""#, r#"" a""#]),
            ("5", "\"5\"", ["5", r#""5""#]),
            ("\"a\"", "\"é\"", ["a", "é"]),
        ] {
            let [old, new] = [old, new].map(|value| Some(value.to_owned()));
            let difference = Difference { field: String::new(), old, new, delta: None };
            let (old, new) = values(&difference, true);
            assert_eq!([old, new].each_ref().map(|cell| cell.text().unwrap_or_default()), shown);
        }
    }
}
