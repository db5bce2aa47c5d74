//! The fields of a partner: the one table that everything else asks.
//!
//! Names, types and meanings are those of the vendor's "Partner Object" documentation, in the documentation's order.
//! The API may send fields that are not listed here; they are kept and shown like all others.

use crate::suggest;

/// What a field holds, as finely as the program's behaviour depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldType {
    /// Free text, chosen by people.
    Text,
    /// The state of the account, one word.
    Status,
    /// An ID made by the platform (a SID or a display ID): never shortened.
    Identifier,
    /// A decimal number, sent as a string or as a number; never read as floating point.
    Decimal,
    /// A moment in ISO 8601.
    Timestamp,
    /// A phone number, digits only.
    PhoneNumber,
    Object,
    Strings,
    Objects,
}

impl FieldType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Status => "text",
            Self::Identifier => "identifier",
            Self::Decimal => "decimal",
            Self::Timestamp => "timestamp",
            Self::PhoneNumber => "phone number",
            Self::Object => "object",
            Self::Strings => "list of texts",
            Self::Objects => "list of objects",
        }
    }
}

/// One documented field of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    /// The key in the partner object.
    pub(crate) name: &'static str,
    pub(crate) kind: FieldType,
    /// Whether the documentation allows `null`.
    pub(crate) nullable: bool,
    /// Whether only the platform sets it.
    pub(crate) read_only: bool,
    /// What it is, in a few words.
    pub(crate) meaning: &'static str,
}

const fn field(name: &'static str, kind: FieldType, meaning: &'static str) -> Field {
    Field { name, kind, nullable: false, read_only: false, meaning }
}

impl Field {
    const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    const fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }
}

/// Every documented field, in the documentation's order.
pub(crate) const FIELDS: [Field; 31] = {
    use FieldType::{Decimal, Identifier, Object, Objects, PhoneNumber, Status, Strings, Text, Timestamp};
    [
        field("acls", Objects, "access control rules set on the partner itself"),
        field("address1", Text, "postal address, first line").nullable(),
        field("address2", Text, "postal address, second line").nullable(),
        field("attributes", Object, "free key-value data"),
        field("available_scopes", Strings, "API scopes that the partner has").read_only(),
        field("balance", Decimal, "current balance").read_only(),
        field("billing_email", Text, "where bills go; empty means the owner's address").nullable(),
        field("callbacks", Object, "callback URLs by kind"),
        field("charge_at", Decimal, "balance at which a prepay account is charged").nullable(),
        field("city", Text, "city of the postal address").nullable(),
        field("company_name", Text, "the company's name").nullable(),
        field("country_code", Text, "country, ISO 3166-1 alpha-3").nullable(),
        field("daily_spending_limit", Decimal, "most that may be spent in a day").nullable(),
        field("daily_spent_amount", Decimal, "spent today").read_only(),
        field("date_created", Timestamp, "when the partner was created").read_only(),
        field("display_id", Identifier, "short public ID, such as CX15650613").read_only(),
        field("login", Text, "login for portal and API"),
        field("name", Text, "the partner's name").nullable(),
        field("owner_email", Text, "primary address").nullable(),
        field("parent_assigned_acls", Objects, "access control rules that the parent set"),
        field("parent_sid", Identifier, "SID of the parent partner").nullable(),
        field("partner_sid", Identifier, "the partner's secure ID, a UUID").read_only(),
        field("payment_type", Text, "prepay or postpay"),
        field("phonenumber", PhoneNumber, "contact number, digits only").nullable(),
        field("prepay_amount", Decimal, "what a prepay account is charged with").nullable(),
        field("spending_limit", Decimal, "most that may be owed").nullable(),
        field("state", Text, "state of the postal address").nullable(),
        field("status", Status, "active, unverified, ..."),
        field("tech_email", Text, "technical contact").nullable(),
        field("transformations", Objects, "header rewriting rules"),
        field("zip", Text, "postal code").nullable(),
    ]
};

/// The field that tells a partner from all others.
pub(crate) const SID: &str = "partner_sid";

/// The columns of a table when nobody says which: they fit a terminal of 80 columns.
pub(crate) const DEFAULT_COLUMNS: [&str; 6] =
    ["display_id", "company_name", "name", "status", "balance", "payment_type"];

/// The documented field of that name.
pub(crate) fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The documented field that a mistyped name probably means.
pub(crate) fn did_you_mean(name: &str) -> Option<&'static str> {
    suggest::closest(name, FIELDS.iter().map(|field| field.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_documentation_which_is_alphabetical() {
        assert!(FIELDS.is_sorted_by_key(|field| field.name));
    }

    #[test]
    fn default_columns_are_documented_fields() {
        assert!(DEFAULT_COLUMNS.iter().chain([&SID]).all(|name| find(name).is_some()));
    }

    #[test]
    fn a_mistyped_name_finds_its_field() {
        assert_eq!(did_you_mean("balanse"), Some("balance"));
        assert_eq!(did_you_mean("Status"), Some("status"));
        assert_eq!(did_you_mean("entirely_else"), None);
    }
}
