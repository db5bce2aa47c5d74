//! What is known of partners: the one table that everything else asks.
//!
//! Names, types and meanings are those of the vendor's "Partner Object" documentation; their order is ours.

use super::field::{Field, FieldGroup, FieldType};
use crate::values::suggest;

pub struct PartnerTable {
    /// The field that differs between any two of them: the SID.
    pub key: &'static str,
    /// The field by which people name one; a table never leaves it out.
    pub label: &'static str,
    /// Every documented field, in the order in which people look for them. The API may send more; they are kept and
    /// shown like all others.
    pub fields: &'static [Field],
    /// The columns of a table by default: they fit a terminal of 80 columns.
    pub default_columns: &'static [&'static str],
    /// Decimal fields that change every day, so that single changes are not worth reporting.
    pub moving: &'static [&'static str],
}

pub const PARTNERS: &PartnerTable = &PartnerTable {
    key: SID,
    label: "display_id",
    fields: FIELDS,
    default_columns: &["display_id", "company_name", "name", "status", "balance", "payment_type"],
    moving: &["balance", "daily_spent_amount"],
};

impl PartnerTable {
    /// The documented field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The documented field that a mistyped name probably means.
    pub fn did_you_mean(&self, name: &str) -> Option<&'static str> {
        suggest::closest(name, self.fields.iter().map(|field| field.name))
    }

    /// Names a field that is not documented, and the one that it was probably meant to be.
    pub fn undocumented(&self, name: &str) -> String {
        let meant = self.did_you_mean(name).map_or(String::new(), |known| format!("; did you mean `{known}`?"));
        format!("`{name}`, which is not a documented field{meant}")
    }

    /// A count with its noun.
    pub fn counted(&self, count: u64) -> String {
        format!("{count} {}", if count == 1 { "partner" } else { "partners" })
    }
}

/// The field that identifies a partner.
pub const SID: &str = "partner_sid";

/// The field that partners are ordered by by default.
pub const CREATED: &str = "date_created";

const FIELDS: &[Field] = {
    use FieldGroup::{Address, Contacts, Money, Record, Technical, Who};
    use FieldType::{Country, Decimal, Identifier, Object, Objects, PhoneNumber, Status, Strings, Text, Timestamp};
    &[
        Field::new("display_id", Identifier, Who, "short public ID, such as CX15650613").read_only(),
        Field::new("company_name", Text, Who, "the company's name").nullable(),
        Field::new("name", Text, Who, "the partner's name").nullable(),
        Field::new("login", Text, Who, "login for portal and API"),
        Field::new("status", Status, Who, "active, unverified, suspended or closed").such_as(&[
            "active",
            "unverified",
            "suspended",
            "closed",
        ]),
        Field::new("balance", Decimal, Money, "current balance").read_only(),
        Field::new("payment_type", Text, Money, "prepay or postpay").one_of(&["prepay", "postpay"]),
        Field::new("charge_at", Decimal, Money, "balance that triggers a recharge (prepay)").nullable(),
        Field::new("prepay_amount", Decimal, Money, "amount of each automatic recharge (prepay)").nullable(),
        Field::new("spending_limit", Decimal, Money, "credit limit (maximum debt)").nullable(),
        Field::new("daily_spending_limit", Decimal, Money, "maximum spending per day").nullable(),
        Field::new("daily_spent_amount", Decimal, Money, "amount spent today").read_only(),
        Field::new("owner_email", Text, Contacts, "primary email address").nullable(),
        Field::new("billing_email", Text, Contacts, "billing addresses; if empty, the owner's").nullable(),
        Field::new("tech_email", Text, Contacts, "technical contact").nullable(),
        Field::new("phonenumber", PhoneNumber, Contacts, "contact number, digits only").nullable(),
        Field::new("address1", Text, Address, "postal address, first line").nullable(),
        Field::new("address2", Text, Address, "postal address, second line").nullable(),
        Field::new("city", Text, Address, "city of the postal address").nullable(),
        Field::new("state", Text, Address, "state of the postal address").nullable(),
        Field::new("zip", Text, Address, "postal code").nullable(),
        Field::new("country_code", Country, Address, "country, ISO 3166-1 alpha-3").nullable(),
        Field::new("date_created", Timestamp, Record, "when the partner was created").read_only(),
        Field::new("partner_sid", Identifier, Record, "the partner's secure ID, a UUID").read_only(),
        Field::new("parent_sid", Identifier, Record, "SID of the parent partner").nullable(),
        Field::new("available_scopes", Strings, Technical, "API scopes that the partner has").read_only(),
        Field::new("attributes", Object, Technical, "free key-value data"),
        Field::new("callbacks", Object, Technical, "callback URLs by kind"),
        Field::new("acls", Objects, Technical, "access control rules set on the partner itself"),
        Field::new("parent_assigned_acls", Objects, Technical, "access control rules that the parent set"),
        Field::new("transformations", Objects, Technical, "header rewriting rules"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_one_group_stand_together_in_the_order_of_the_groups() {
        assert!(FIELDS.is_sorted_by_key(|field| field.group));
        assert!(FIELDS.iter().all(|field| (field.group == FieldGroup::Technical) != field.kind.is_scalar()));
    }

    #[test]
    fn whatever_is_named_is_a_documented_field() {
        let named = PARTNERS.default_columns.iter().chain(PARTNERS.moving).chain([&PARTNERS.key, &PARTNERS.label]);
        assert!(named.copied().all(|name| PARTNERS.field(name).is_some()));
    }

    #[test]
    fn a_mistyped_name_finds_its_field() {
        assert_eq!(PARTNERS.did_you_mean("balanse"), Some("balance"));
        assert_eq!(PARTNERS.did_you_mean("Status"), Some("status"));
        assert_eq!(PARTNERS.did_you_mean("entirely_else"), None);
    }
}
