//! What of a partner is shown: columns, and picking them out of its text.

use std::borrow::Cow;

use crate::raw;
use crate::values::FieldName;

/// What a column holds, as far as its looks depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text that people chose, to the left.
    Text,
    /// Text of a fixed form, such as an ID, a date or a phone number; to the left.
    Code,
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
}

impl Column {
    /// The column of a field that was named; dots reach into objects.
    pub fn named(field: &FieldName, kind: ColumnKind) -> Self {
        Self { name: field.to_string(), path: field.path().map(str::to_owned).collect(), kind }
    }

    /// The column of a key as it stands in the partner, dots and all.
    pub fn of_key(key: &str, kind: ColumnKind) -> Self {
        Self { name: key.to_owned(), path: vec![key.to_owned()], kind }
    }

    /// The name, as in the header.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn kind(&self) -> ColumnKind {
        self.kind
    }
}

/// Which part of each partner is shown.
#[derive(Debug, Default)]
pub struct Shape {
    /// Columns to pick, in this order; none shows the partner as it came (JSON formats only).
    pub columns: Option<Vec<Column>>,
    /// Fields to leave out of the partner first.
    pub without: Vec<FieldName>,
    /// Whether the columns stand for all that a partner has, so that a key without a column is worth a warning.
    pub complete: bool,
}

/// One partner, cut to what is shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// The partner as it came.
    Whole(&'a str),
    /// The raw values of the columns; none where the partner has no such key.
    Picked(&'a [Column], Vec<Option<&'a str>>),
}

impl<'a> Row<'a> {
    /// The columns that were picked.
    pub fn columns(&self) -> &'a [Column] {
        match self {
            Self::Whole(_) => &[],
            Self::Picked(columns, _) => columns,
        }
    }

    /// The raw value of each column.
    pub fn cells(&self) -> &[Option<&'a str>] {
        match self {
            Self::Whole(_) => &[],
            Self::Picked(_, cells) => cells,
        }
    }

    /// The row as one JSON object, absent values as `null`.
    pub fn object(&self) -> Cow<'a, str> {
        match self {
            Self::Whole(partner) => Cow::Borrowed(partner),
            Self::Picked(columns, cells) => {
                let members = columns.iter().zip(cells).map(|(column, cell)| {
                    let name = serde_json::Value::from(column.name.as_str());
                    format!("{name}:{}", cell.unwrap_or("null"))
                });
                Cow::Owned(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
            }
        }
    }
}

/// The most keys without a column that are remembered; a server could send any number.
const MOST_LEFT_OUT: usize = 20;

/// The columns of a whole output, ready to be picked from partner after partner.
#[derive(Debug)]
pub struct Columns {
    list: Option<Vec<Column>>,
    keys: Vec<Key>,
    without: Vec<Vec<String>>,
    complete: bool,
    left_out: Vec<String>,
}

/// A key of a partner, and the columns that it leads to.
#[derive(Debug)]
struct Key {
    name: String,
    /// The name as most partners have it: in quotes, without escapes.
    quoted: String,
    /// Index of the column, and how many steps of its path this key is.
    columns: Vec<(usize, usize)>,
}

impl Columns {
    /// Prepares for picking.
    pub fn new(shape: Shape) -> Self {
        let mut keys: Vec<Key> = Vec::new();
        let mut lead = |name: &str, column: usize, steps: usize| match keys.iter_mut().find(|key| key.name == name) {
            Some(key) => key.columns.push((column, steps)),
            None => {
                let quoted = format!("\"{name}\"");
                keys.push(Key { name: name.to_owned(), quoted, columns: vec![(column, steps)] });
            }
        };
        for (index, column) in shape.columns.iter().flatten().enumerate() {
            lead(&column.path[0], index, 1);
            if column.path.len() > 1 {
                // A server may answer a dotted name by a key of that very name.
                lead(&column.name, index, column.path.len());
            }
        }
        let paths = shape.without.iter().map(|field| field.path().map(str::to_owned).collect());
        let literal = shape.without.iter().map(|field| vec![field.to_string()]);
        Self {
            list: shape.columns,
            keys,
            without: paths.chain(literal).collect(),
            complete: shape.complete,
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

    /// The partner without the fields that are to be left out.
    pub fn cut<'a>(&self, partner: &'a str) -> Cow<'a, str> {
        if self.without.is_empty() {
            return Cow::Borrowed(partner);
        }
        let paths: Vec<Vec<&str>> = self.without.iter().map(|path| path.iter().map(String::as_str).collect()).collect();
        Cow::Owned(raw::without(partner, &paths))
    }

    /// The row of a partner.
    pub fn pick<'a>(&'a mut self, partner: &'a str) -> Row<'a> {
        let Some(list) = &self.list else {
            return Row::Whole(partner);
        };
        let mut cells = vec![None; list.len()];
        // Servers send the keys of all partners in one order, so the next key is mostly the one after the last.
        let mut expected = 0;
        for (key, value) in raw::members(partner) {
            let found = match self.keys.get(expected) {
                Some(known) if known.quoted == key => Some(expected),
                _ => {
                    let name = raw::text(key);
                    self.keys.iter().position(|known| known.name == name)
                }
            };
            if let Some(found) = found {
                expected = found + 1;
                for &(column, steps) in &self.keys[found].columns {
                    let path = &list[column].path;
                    let cell = raw::lookup(value, path[steps..].iter().map(String::as_str));
                    // What another key gave stays; what this key gave when it came before counts no more.
                    cells[column] = cell.or_else(|| cells[column].and_then(|_| self.found(partner, column)));
                }
            } else if self.complete {
                note_left_out(key, &mut self.left_out);
            }
        }
        Row::Picked(list, cells)
    }

    /// The value of one column, looked for in all of a partner.
    fn found<'a>(&self, partner: &'a str, column: usize) -> Option<&'a str> {
        let path = &self.list.as_ref()?[column].path;
        let leading = self.keys.iter().flat_map(|key| key.columns.iter().map(move |lead| (&key.name, lead)));
        leading.filter(|(_, (leads_to, _))| *leads_to == column).find_map(|(name, (_, steps))| {
            let rest = path[*steps..].iter().map(String::as_str);
            raw::lookup(partner, std::iter::once(name.as_str()).chain(rest))
        })
    }
}

fn note_left_out(key: &str, left_out: &mut Vec<String>) {
    let key = raw::text(key);
    if left_out.len() < MOST_LEFT_OUT && !left_out.iter().any(|seen| *seen == key) {
        left_out.push(key.into_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Columns {
        let list = names.iter().map(|name| Column::named(&name.parse().expect(name), ColumnKind::Text));
        Columns::new(Shape { columns: Some(list.collect()), complete: true, ..Shape::default() })
    }

    #[test]
    fn columns_come_in_the_order_asked_for_and_absent_is_not_null() {
        let partner = r#"{"a":1.0,"b":null,"c":{"x":"y","z":[1, 2]}}"#;
        let mut columns = columns(&["c.z", "b", "none", "a", "c.x", "c", "a.x"]);
        let row = columns.pick(partner);
        let expected =
            [Some("[1, 2]"), Some("null"), None, Some("1.0"), Some("\"y\""), Some(r#"{"x":"y","z":[1, 2]}"#), None];
        assert_eq!(row.cells(), expected);
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
        assert_eq!(columns.pick(r#"{"b":1,"\u0061":2,"b":3}"#).cells(), [Some("2"), Some("3")]);
        let mut columns = self::columns(&["b.a", "b"]);
        assert_eq!(columns.pick(r#"{"b":{"a":1},"b":null}"#).cells(), [None, Some("null")]);
        assert_eq!(columns.pick(r#"{"b.a":2,"b":{"a":1},"b":null}"#).cells(), [Some("2"), Some("null")]);
    }

    #[test]
    fn a_dotted_name_that_comes_as_a_key_of_its_own_is_found_too() {
        let mut columns = columns(&["c.x", "c.y"]);
        assert_eq!(columns.pick(r#"{"c.x":1,"c":{"y":2}}"#).cells(), [Some("1"), Some("2")]);
        assert_eq!(columns.pick(r#"{"c":{"x":null},"c.x":1}"#).cells(), [Some("1"), None]);
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
        assert_eq!(columns.left_out().len(), MOST_LEFT_OUT);
    }

    #[test]
    fn without_columns_the_partner_is_shown_as_it_came() {
        let mut columns = Columns::new(Shape::default());
        let partner = r#"{ "a" : 1.0 }"#;
        assert_eq!(columns.pick(partner), Row::Whole(partner));
    }
}
