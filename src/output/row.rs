//! What of a partner is shown: columns, and picking them out of its text.

use std::borrow::Cow;
use std::io;

use crate::raw;
use crate::values::FieldName;

/// What a column holds, as far as its looks depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, to the left.
    Text,
    /// A number, to the right.
    Number,
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

/// The columns of a whole output, ready to be picked from partner after partner.
#[derive(Debug)]
pub struct Columns {
    list: Option<Vec<Column>>,
    /// Each key that a path begins with, and the columns that do.
    keys: Vec<(String, Vec<usize>)>,
    without: Vec<FieldName>,
    complete: bool,
    left_out: Vec<String>,
}

impl Columns {
    /// Prepares for picking.
    pub fn new(shape: Shape) -> Self {
        let mut keys: Vec<(String, Vec<usize>)> = Vec::new();
        for (index, column) in shape.columns.iter().flatten().enumerate() {
            match keys.iter_mut().find(|(key, _)| *key == column.path[0]) {
                Some((_, columns)) => columns.push(index),
                None => keys.push((column.path[0].clone(), vec![index])),
            }
        }
        Self { list: shape.columns, keys, without: shape.without, complete: shape.complete, left_out: Vec::new() }
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
        let paths: Vec<Vec<&str>> = self.without.iter().map(|field| field.path().collect()).collect();
        Cow::Owned(raw::without(partner, &paths))
    }

    /// The row of a partner.
    ///
    /// # Errors
    /// When the partner is not a JSON object.
    pub fn pick<'a>(&'a mut self, partner: &'a str) -> io::Result<Row<'a>> {
        let Some(list) = &self.list else {
            return Ok(Row::Whole(partner));
        };
        let mut cells = vec![None; list.len()];
        // Servers send the keys of all partners in one order, so the next key is mostly the one after the last.
        let mut expected = 0;
        raw::each_member(partner, |key, value| {
            let key = raw::text(key);
            let found = match self.keys.get(expected) {
                Some((name, _)) if *name == key => Some(expected),
                _ => self.keys.iter().position(|(name, _)| *name == key),
            };
            if let Some(found) = found {
                expected = found + 1;
                for &column in &self.keys[found].1 {
                    cells[column] = raw::lookup(value, list[column].path[1..].iter().map(String::as_str));
                }
            } else if self.complete && !self.left_out.iter().any(|seen| *seen == key) {
                self.left_out.push(key.into_owned());
            }
        })?;
        Ok(Row::Picked(list, cells))
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
        let row = columns.pick(partner).expect("a row");
        let expected =
            [Some("[1, 2]"), Some("null"), None, Some("1.0"), Some("\"y\""), Some(r#"{"x":"y","z":[1, 2]}"#), None];
        assert_eq!(row.cells(), expected);
    }

    #[test]
    fn an_object_of_columns_has_the_names_as_typed_and_null_for_what_is_absent() {
        let mut columns = columns(&["c.x", "n", "a"]);
        let row = columns.pick(r#"{"a":1.0,"c":{"x":"\u00e9"}}"#).expect("a row");
        assert_eq!(row.object(), r#"{"c.x":"\u00e9","n":null,"a":1.0}"#);
    }

    #[test]
    fn keys_in_any_order_and_spelling_are_found_and_the_last_of_two_counts() {
        let mut columns = columns(&["a", "b"]);
        assert_eq!(columns.pick(r#"{"b":1,"\u0061":2,"b":3}"#).expect("a row").cells(), [Some("2"), Some("3")]);
    }

    #[test]
    fn keys_without_a_column_are_remembered_once() {
        let mut columns = columns(&["a"]);
        for partner in [r#"{"a":1,"new":2}"#, r#"{"new":3,"newer":4}"#] {
            columns.pick(partner).expect("a row");
        }
        assert_eq!(columns.left_out(), ["new", "newer"]);
    }

    #[test]
    fn without_columns_the_partner_is_shown_as_it_came() {
        let mut columns = Columns::new(Shape::default());
        let partner = r#"{ "a" : 1.0 }"#;
        assert_eq!(columns.pick(partner).expect("a row"), Row::Whole(partner));
    }
}
