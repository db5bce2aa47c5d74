//! Conditions that the partners that come can be compared with.

use std::fmt;

use super::{Condition, Operator, parse};
use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::raw;

/// A condition that a documented field of text equals a value.
///
/// The API's answer to `eq` is known for text alone: amounts and moments are equal in many spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equality(Condition);

impl Equality {
    /// The conditions of this kind that an expression has; none if it cannot be read to the end.
    pub fn all_of(expression: &str) -> Vec<Self> {
        let conditions = parse(expression).unwrap_or_default();
        // What the program does not know may join conditions in a way of its own.
        let is_known = |condition: &Condition| Operator::find(&condition.operator).is_some();
        if !conditions.iter().all(is_known) {
            return Vec::new();
        }
        conditions
            .into_iter()
            .filter(|condition| condition.operator.eq_ignore_ascii_case("eq"))
            .filter_map(Self::of)
            .collect()
    }

    fn of(condition: Condition) -> Option<Self> {
        let field = PARTNERS.field(&condition.field)?;
        let is_text =
            matches!(field.kind, FieldType::Text | FieldType::Status | FieldType::Country | FieldType::Identifier);
        // How a server reads a backslash is not documented.
        (is_text && !condition.value.contains('\\')).then_some(Self(condition))
    }

    /// The field that is compared.
    pub fn field(&self) -> &str {
        &self.0.field
    }

    /// Whether a partner has another text there. An absent field contradicts nothing.
    pub fn is_contradicted_by(&self, partner: &str) -> bool {
        let wanted = self.0.value.trim().to_lowercase();
        match raw::lookup(partner, [self.field()]) {
            None => false,
            Some("null") => !matches!(&*wanted, "" | "null"),
            Some(value) => raw::text(value).trim().to_lowercase() != wanted,
        }
    }
}

impl fmt::Display for Equality {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Condition { field, operator, value } = &self.0;
        let quote = if value.contains(char::is_whitespace) || value.is_empty() { "\"" } else { "" };
        write!(f, "{field} {operator} {quote}{value}{quote}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradicted(expression: &str, partner: &str) -> Vec<bool> {
        Equality::all_of(expression).iter().map(|condition| condition.is_contradicted_by(partner)).collect()
    }

    #[test]
    fn a_partner_with_another_text_contradicts_eq_and_case_does_not_matter() {
        for (expression, partner, expected) in [
            ("status eq suspended", r#"{"status":"active"}"#, true),
            ("status eq suspended", r#"{"status":"Suspended"}"#, false),
            ("status EQ 'SUSPENDED'", r#"{"status":"suspended"}"#, false),
            ("company_name eq \"Caf\u{e9} X\"", r#"{"company_name":"CAF\u00c9 X"}"#, false),
            ("login eq a", r#"{"login":"b"}"#, true),
            ("display_id eq CX1", r#"{"display_id":"CX2"}"#, true),
            ("name eq x", r#"{"name":null}"#, true),
            ("name eq null", r#"{"name":null}"#, false),
            ("name eq \"\"", r#"{"name":null}"#, false),
            ("name eq x", r#"{"login":"y"}"#, false),
            ("zip eq 5401", r#"{"zip":5401}"#, false),
        ] {
            assert_eq!(contradicted(expression, partner), [expected], "{expression} {partner}");
        }
        assert_eq!(
            contradicted("status eq a and balance lt 5 and city eq b", r#"{"status":"a","city":"c"}"#),
            [false, true]
        );
    }

    #[test]
    fn only_eq_on_documented_text_is_compared() {
        for expression in [
            "status ne active",
            "name like %x%",
            "balance eq 5",
            "date_created eq 2026",
            "phonenumber eq 15035550100",
            "callbacks.sms eq x",
            "unknown eq x",
            "(status = active) or x",
            "status eq active and zip nearby 5 or status eq suspended",
            r"name eq a\b",
        ] {
            assert_eq!(Equality::all_of(expression), [], "{expression}");
        }
    }
}
