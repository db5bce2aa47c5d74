//! The value of one column in one row.

use std::borrow::Cow;

use serde_json::Value;

use crate::raw;

use super::row::ColumnKind;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The row has no such key.
    #[default]
    Absent,
    /// A JSON value as the original text.
    Raw(Cow<'a, str>),
    /// The same without escapes and blanks, but in strings.
    Plain(&'a str),
    /// The same, of an amount that stands among other values.
    Amount(Cow<'a, str>),
    /// Text of our own.
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// The cell of a JSON value, given as the original text, if there is one.
    pub fn raw(value: Option<impl Into<Cow<'a, str>>>) -> Self {
        value.map_or(Self::Absent, |value| Self::Raw(value.into()))
    }

    /// The cell of an amount that stands among other values, given as the original text, if there is one.
    pub fn amount(value: Option<&'a str>) -> Self {
        value.map_or(Self::Absent, |value| Self::Amount(value.into()))
    }

    /// What it holds in a column of that kind.
    pub fn kind(&self, of_column: ColumnKind) -> ColumnKind {
        if matches!(self, Self::Amount(_)) { ColumnKind::Number } else { of_column }
    }

    /// The raw JSON that came, if any did.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Raw(value) | Self::Amount(value) => Some(value),
            Self::Plain(value) => Some(value),
            Self::Absent | Self::Text(_) => None,
        }
    }

    /// The text; none of null and of what is absent.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Absent | Self::Plain("null") => None,
            Self::Plain(value) => Some(Cow::Borrowed(raw::unquoted(value))),
            Self::Raw(value) | Self::Amount(value) => (value != "null").then(|| raw::text(value)),
            Self::Text(text) => Some(Cow::Borrowed(text)),
        }
    }

    /// The cell as JSON, in which what is absent is null.
    pub fn json(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed("null"),
            Self::Raw(value) | Self::Amount(value) => Cow::Borrowed(value),
            Self::Plain(value) => Cow::Borrowed(value),
            Self::Text(text) => Cow::Owned(Value::from(&**text).to_string()),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::Raw(number.to_string().into())
    }
}

impl From<bool> for Cell<'_> {
    fn from(value: bool) -> Self {
        Self::Raw(if value { "true" } else { "false" }.into())
    }
}

impl From<Value> for Cell<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::String(text) => text.into(),
            value => Self::Raw(value.to_string().into()),
        }
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, T::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_the_same_as_text_and_as_json() {
        for (cell, text, json) in [
            (Cell::Absent, None, "null"),
            (Cell::raw(Some("null")), None, "null"),
            (Cell::raw(Some("1.10")), Some("1.10"), "1.10"),
            (Cell::raw(Some(r#""\u00e9""#)), Some("é"), r#""\u00e9""#),
            (Cell::from("a \"b\"\n"), Some("a \"b\"\n"), r#""a \"b\"\n""#),
            (Cell::from("null"), Some("null"), r#""null""#),
            (Cell::from(7), Some("7"), "7"),
            (Cell::from(true), Some("true"), "true"),
            (Cell::from(Value::from(vec!["x"])), Some(r#"["x"]"#), r#"["x"]"#),
            (Cell::from(None::<&str>), None, "null"),
        ] {
            assert_eq!((cell.text().as_deref(), &*cell.json()), (text, json), "{cell:?}");
        }
    }
}
