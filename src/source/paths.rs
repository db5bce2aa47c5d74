//! Reading one field out of a partner's JSON, without building the rest of it.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::raw;

/// A field's value in the form that it is compared in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparable<'v> {
    /// An amount: `4.40` equals `4.4`, and `10` is more than `9`.
    Amount(Decimal),
    Text(Cow<'v, str>),
}

/// The way to a field; dots reach into objects and arrays of objects.
#[derive(Debug, Clone)]
pub struct Path {
    keys: Vec<String>,
    is_amount: bool,
}

impl Path {
    pub fn new(typed: &str) -> Self {
        let is_amount = PARTNERS.field(typed).is_some_and(|field| field.kind == FieldType::Decimal);
        Self { keys: typed.split('.').map(str::to_owned).collect(), is_amount }
    }

    /// The field at the partner itself.
    pub fn first(&self) -> &str {
        &self.keys[0]
    }

    /// The field's texts in a partner: what a string says, the JSON of anything else, nothing if null or not there;
    /// more than one only where the way leads through an array.
    pub fn texts<'p>(&self, partner: &'p str) -> Vec<Cow<'p, str>> {
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        let values = raw::each_at(partner, &keys).into_iter().filter(|value| *value != "null");
        values.map(raw::text).collect()
    }

    /// Whether it is the way to this field of the partner itself.
    pub fn is(&self, field: &str) -> bool {
        self.keys == [field]
    }

    /// The field's value in a partner, the first of several.
    pub fn value<'p>(&self, partner: &'p str) -> Option<Comparable<'p>> {
        self.comparable(self.texts(partner).into_iter().next()?).ok()
    }

    /// The same, given as raw JSON.
    pub fn value_of<'p>(&self, value: &'p str) -> Option<Comparable<'p>> {
        self.comparable(Some(value).filter(|value| *value != "null").map(raw::text)?).ok()
    }

    /// A text as a value of this field; an amount must be a number.
    pub fn comparable<'v>(&self, text: impl Into<Cow<'v, str>>) -> Result<Comparable<'v>, String> {
        let text = text.into();
        if !self.is_amount {
            return Ok(Comparable::Text(text));
        }
        Decimal::from_str_exact(&text).map(Comparable::Amount).map_err(|_| format!("not a decimal number: {text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTNER: &str = r#"{"attributes":{"seats":12,"billing":{"cycle":"mon\"thly"}},"balance":"4.40","zip":null}"#;

    fn text(path: &str) -> Option<String> {
        Path::new(path).texts(PARTNER).pop().map(Cow::into_owned)
    }

    #[test]
    fn dots_reach_into_objects() {
        assert_eq!(text("attributes.billing.cycle").as_deref(), Some("mon\"thly"));
        assert_eq!(text("attributes.seats").as_deref(), Some("12"));
        assert_eq!(text("attributes.billing").as_deref(), Some(r#"{"cycle":"mon\"thly"}"#));
    }

    #[test]
    fn null_and_absent_fields_have_no_text() {
        for path in ["zip", "zip.code", "city", "attributes.", "attributes.seats.more", "balance.cents"] {
            assert_eq!(text(path), None, "{path}");
        }
    }

    #[test]
    fn amounts_are_compared_as_decimals_and_all_else_as_text() {
        let balance = Path::new("balance");
        assert_eq!(balance.value(PARTNER), balance.comparable("4.4").ok());
        assert!(balance.comparable("9") < balance.comparable("10"));
        assert!(balance.comparable("much").is_err());
        let zip = Path::new("zip");
        assert!(zip.comparable("9") > zip.comparable("10"));
    }
}
