//! What of a partner is shown: columns, and picking them out of its text.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::iter;

use serde_json::Value;

use crate::raw::{self, Object};
use crate::values::FieldName;

use super::cell::Cell;
use super::table::Rank;

/// What a column holds, as far as it matters how that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text that people chose, to the left.
    Text,
    /// Text of a fixed form, such as an ID, a date or a phone number; to the left.
    Code,
    /// A moment in ISO 8601, to the left.
    Moment,
    /// A number, to the right.
    Number,
    /// The state of an account, one word; to the left.
    Status,
    /// Words of our own, which go on in the next line rather than being shortened.
    Prose,
}

/// One column, or one key of a JSON object that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: String,
    path: Vec<String>,
    kind: ColumnKind,
    /// Its priority in a table without room for all columns.
    pub rank: Rank,
    /// How much of the beginning of its text is never cut, in columns of a terminal.
    pub lead: usize,
}

impl Column {
    /// The column of a field that was named; dots reach into objects and arrays of objects.
    pub fn named(field: &FieldName, kind: ColumnKind) -> Self {
        let path = field.path().map(str::to_owned).collect();
        Self { name: field.to_string(), path, kind, rank: Rank::Plain, lead: 0 }
    }

    /// The column of a key as it stands in the partner, dots and all.
    pub fn of_key(key: &str, kind: ColumnKind) -> Self {
        Self { name: key.to_owned(), path: vec![key.to_owned()], kind, rank: Rank::Plain, lead: 0 }
    }

    /// The same column with another rank.
    pub fn ranked(self, rank: Rank) -> Self {
        Self { rank, ..self }
    }

    /// The name, as in the header.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> ColumnKind {
        self.kind
    }
}

/// Which part of each partner is shown.
#[derive(Debug, Default)]
pub struct Projection {
    /// Columns to pick, in this order; none shows the partner as it came (JSON formats only).
    pub columns: Option<Vec<Column>>,
    /// Fields to leave out of the partner first.
    pub without: Vec<FieldName>,
    /// Whether the columns stand for all that a partner has, so that a key without a column is worth a warning.
    pub complete: bool,
}

impl Projection {
    /// The columns of rows of our own.
    pub fn of(columns: &[(&str, ColumnKind)]) -> Self {
        let columns = columns.iter().map(|(name, kind)| Column::of_key(name, *kind)).collect();
        Self { columns: Some(columns), ..Self::default() }
    }

    /// The same with one more column at the end; rows that are shown as they came have it already.
    pub fn and(mut self, column: Column) -> Self {
        self.columns.iter_mut().for_each(|columns| columns.push(column.clone()));
        self
    }

    /// The same, and a table always has room for the column of that name, as it identifies the rows.
    pub fn keeping(self, name: &str) -> Self {
        self.ranking(Rank::Stays, &[name])
    }

    /// The same, with the columns of those names at least of that rank.
    pub fn ranking(mut self, rank: Rank, names: &[impl AsRef<str>]) -> Self {
        let names: HashSet<&str> = names.iter().map(AsRef::as_ref).collect();
        let named = self.columns.iter_mut().flatten().filter(|column| names.contains(&*column.name));
        named.for_each(|column| column.rank = column.rank.max(rank));
        self
    }
}

/// One partner, cut to what is shown.
#[derive(Debug)]
pub enum Row<'a> {
    /// The partner as it came.
    Whole(&'a str),
    /// The same, its members being known.
    Object(Object<'a>),
    /// The cells of the columns.
    Picked(&'a [Column], Vec<Cell<'a>>),
}

impl<'a> Row<'a> {
    /// The columns that were picked.
    pub fn columns(&self) -> &'a [Column] {
        match self {
            Self::Whole(_) | Self::Object(_) => &[],
            Self::Picked(columns, _) => columns,
        }
    }

    /// The cell of each column.
    pub fn cells(&self) -> &[Cell<'a>] {
        match self {
            Self::Whole(_) | Self::Object(_) => &[],
            Self::Picked(_, cells) => cells,
        }
    }

    /// The row as one JSON object, absent values as `null`.
    pub fn object(&self) -> Cow<'a, str> {
        match self {
            Self::Whole(partner) => Cow::Borrowed(partner),
            Self::Object(partner) => Cow::Borrowed(partner.text()),
            Self::Picked(..) => Cow::Owned(format!("{{{}}}", self.members())),
        }
    }

    /// The members of that object.
    pub fn members(&self) -> String {
        let members = self.columns().iter().zip(self.cells());
        let member = |(column, cell): (&Column, &Cell)| format!("{}:{}", Value::from(column.name()), cell.json());
        members.map(member).collect::<Vec<_>>().join(",")
    }
}

/// The most keys without a column that are remembered; a server could send any number.
const MAX_LEFT_OUT: usize = 20;

/// The columns of a whole output, ready to be picked from partner after partner.
#[derive(Debug)]
pub struct Columns {
    list: Option<Vec<Column>>,
    /// The keys that columns are made of, as most partners have them, in quotes and without escapes: first the name of
    /// each column, then where dotted names begin.
    keys: Vec<String>,
    /// Where in `keys` each name is.
    places: HashMap<String, usize>,
    /// The key that came last time at the beginning, then after each of `keys`.
    followers: Vec<usize>,
    without: Vec<Vec<String>>,
    complete: bool,
    left_out: Vec<String>,
}

impl Columns {
    pub fn new(projection: Projection) -> Self {
        let columns = || projection.columns.iter().flatten();
        let firsts = columns().filter(|column| column.path.len() > 1).map(|column| &column.path[0]);
        let mut keys = Vec::new();
        let mut places = HashMap::new();
        // A server may answer a dotted name by a key of that very name.
        for (at, name) in columns().map(|column| &column.name).chain(firsts).enumerate() {
            let is_column = at < projection.columns.as_ref().map_or(0, Vec::len);
            if is_column || !places.contains_key(name) {
                places.entry(name.clone()).or_insert(keys.len());
                keys.push(format!("\"{name}\""));
            }
        }
        let paths = projection.without.iter().map(|field| field.path().map(str::to_owned).collect());
        let literal = projection.without.iter().map(|field| vec![field.to_string()]);
        Self {
            without: paths.chain(literal).collect(),
            list: projection.columns,
            followers: (0..=keys.len()).collect(),
            keys,
            places,
            complete: projection.complete,
            left_out: Vec::new(),
        }
    }

    /// The columns, in their order; none when partners are shown as they came.
    pub fn list(&self) -> &[Column] {
        self.list.as_deref().unwrap_or_default()
    }

    /// The keys that had no column though the columns were to be complete.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Whether there are fields that are to be left out.
    pub fn cuts(&self) -> bool {
        !self.without.is_empty()
    }

    /// The partner without those fields.
    pub fn cut<'a>(&self, partner: &'a str) -> Cow<'a, str> {
        if !self.cuts() {
            return Cow::Borrowed(partner);
        }
        let paths: Vec<Vec<&str>> = self.without.iter().map(|path| path.iter().map(String::as_str).collect()).collect();
        Cow::Owned(raw::without(partner, &paths))
    }

    /// The row of a partner.
    pub fn pick<'a>(&'a mut self, partner: &'a str) -> Row<'a> {
        self.picked(Row::Whole(partner), raw::members(partner).map(|(key, value)| (key, value, false)))
    }

    /// The row of a partner whose members are known.
    pub fn pick_of<'a>(&'a mut self, partner: Object<'a>) -> Row<'a> {
        self.picked(Row::Object(partner), partner.each())
    }

    /// The row with the columns picked, if there are any, given each member and whether its value is plain.
    fn picked<'a>(&'a mut self, row: Row<'a>, members: impl Iterator<Item = (&'a str, &'a str, bool)>) -> Row<'a> {
        let Some(list) = &self.list else {
            return row;
        };
        // Of a key that appears twice the last counts.
        let mut cells: Vec<Cell> = iter::repeat_with(Cell::default).take(self.keys.len()).collect();
        // Servers send the keys of all partners in one order, so the next key is mostly the one that came there before.
        let mut place = 0;
        for (key, value, is_plain) in members {
            let expected = self.followers[place];
            let found = match self.keys.get(expected) {
                Some(known) if known == key => Some(expected),
                _ => self.places.get(&*raw::text(key)).copied(),
            };
            if let Some(found) = found {
                self.followers[place] = found;
                place = found + 1;
                cells[found] = if is_plain { Cell::Plain(value) } else { Cell::Raw(Cow::Borrowed(value)) };
            } else if self.complete {
                note_left_out(key, &mut self.left_out);
            }
        }
        for (at, column) in list.iter().enumerate().filter(|(_, column)| column.path.len() > 1) {
            if cells[at] == Cell::Absent {
                cells[at] = Cell::raw(self.reached(column, &cells));
            }
        }
        cells.truncate(list.len());
        Row::Picked(list, cells)
    }

    /// The value that a dotted name leads to, given the cells of all keys.
    fn reached<'a>(&self, column: &Column, cells: &[Cell<'a>]) -> Option<Cow<'a, str>> {
        let first = *self.places.get(&column.path[0])?;
        match &cells[first] {
            Cell::Plain(value) | Cell::Raw(Cow::Borrowed(value)) => raw::value_at(value, &column.path[1..]),
            _ => None,
        }
    }
}

fn note_left_out(key: &str, left_out: &mut Vec<String>) {
    let key = raw::text(key);
    if left_out.len() < MAX_LEFT_OUT && !left_out.iter().any(|seen| *seen == key) {
        left_out.push(key.into_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Columns {
        let list = names.iter().map(|name| Column::named(&name.parse().expect(name), ColumnKind::Text));
        Columns::new(Projection { columns: Some(list.collect()), complete: true, ..Projection::default() })
    }

    fn texts<'r>(row: &'r Row) -> Vec<Option<&'r str>> {
        let text = |cell: &'r Cell| match cell {
            Cell::Raw(value) => Some(&**value),
            _ => None,
        };
        row.cells().iter().map(text).collect()
    }

    #[test]
    fn columns_come_in_the_order_asked_for_and_absent_is_not_null() {
        let partner = r#"{"a":1.0,"b":null,"c":{"x":"y","z":[1, 2]}}"#;
        let mut columns = columns(&["c.z", "b", "none", "a", "c.x", "c", "a.x"]);
        let row = columns.pick(partner);
        let expected =
            [Some("[1, 2]"), Some("null"), None, Some("1.0"), Some("\"y\""), Some(r#"{"x":"y","z":[1, 2]}"#), None];
        assert_eq!(texts(&row), expected);
    }

    #[test]
    fn an_object_of_columns_has_the_names_as_typed_and_null_for_what_is_absent() {
        let mut columns = columns(&["c.x", "n", "a"]);
        let row = columns.pick(r#"{"a":1.0,"c":{"x":"\u00e9"}}"#);
        assert_eq!(row.object(), r#"{"c.x":"\u00e9","n":null,"a":1.0}"#);
    }

    #[test]
    fn keys_in_any_order_and_spelling_are_found_and_the_last_of_two_counts() {
        let mut columns = columns(&["a", "b"]);
        assert_eq!(texts(&columns.pick(r#"{"b":1,"\u0061":2,"b":3}"#)), [Some("2"), Some("3")]);
        let mut columns = self::columns(&["b.a", "b"]);
        assert_eq!(texts(&columns.pick(r#"{"b":{"a":1},"b":null}"#)), [None, Some("null")]);
        assert_eq!(texts(&columns.pick(r#"{"b.a":2,"b":{"a":1},"b":null}"#)), [Some("2"), Some("null")]);
    }

    #[test]
    fn a_dotted_name_that_comes_as_a_key_of_its_own_is_found_too() {
        let mut columns = columns(&["c.x", "c.y"]);
        assert_eq!(texts(&columns.pick(r#"{"c.x":1,"c":{"y":2}}"#)), [Some("1"), Some("2")]);
        assert_eq!(texts(&columns.pick(r#"{"c":{"x":null},"c.x":1}"#)), [Some("1"), None]);
        assert_eq!(texts(&columns.pick(r#"{"c.x":1,"c":{"x":2}}"#)), [Some("1"), None]);
    }

    #[test]
    fn a_dotted_column_through_an_array_of_objects_is_the_array_of_what_they_have() {
        let mut columns = columns(&["acls.direction", "acls.none", "acls"]);
        let row = columns.pick(r#"{"acls":[{"direction":"in"},{},{"direction":"out"}]}"#);
        assert_eq!(texts(&row)[..2], [Some(r#"["in","out"]"#), None]);
        assert!(row.object().starts_with(r#"{"acls.direction":["in","out"],"acls.none":null,"acls":[{"#));
    }

    #[test]
    fn a_row_takes_time_that_grows_with_its_bytes() {
        // Each of these took minutes when it grew with the square.
        let repeated = format!("{{{}\"a\":{{\"x\":1}}}}", r#""a":{"y":1},"#.repeat(20_000));
        assert_eq!(texts(&columns(&["a.x", "a.z"]).pick(&repeated)), [Some("1"), None]);
        let names: Vec<String> = (0..20_000).map(|n| format!("k{n}")).collect();
        let backwards: Vec<String> = names.iter().rev().map(|name| format!("\"{name}\":1")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut columns = columns(&names);
        assert!(texts(&columns.pick(&format!("{{{}}}", backwards.join(",")))).iter().all(|cell| *cell == Some("1")));
    }

    #[test]
    fn keys_without_a_column_are_remembered_once_and_not_without_bound() {
        let mut columns = columns(&["a"]);
        for partner in [r#"{"a":1,"new":2}"#, r#"{"new":3,"newer":4}"#] {
            columns.pick(partner);
        }
        assert_eq!(columns.left_out(), ["new", "newer"]);
        for n in 0..1000 {
            columns.pick(&format!(r#"{{"new{n}":1}}"#));
        }
        assert_eq!(columns.left_out().len(), MAX_LEFT_OUT);
    }

    #[test]
    fn without_columns_the_partner_is_shown_as_it_came() {
        let mut columns = Columns::new(Projection::default());
        let partner = r#"{ "a" : 1.0 }"#;
        assert_eq!(columns.pick(partner).object(), partner);
    }
}
