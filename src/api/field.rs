//! A field: its name, its type, its meaning, and its values.

/// The type of a field, as far as the program's behavior depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
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
    /// A country, as ISO 3166-1 alpha-3 has it.
    Country,
    /// A phone number, digits only.
    PhoneNumber,
    Object,
    Strings,
    Objects,
}

impl FieldType {
    /// Whether a value is one text or number rather than an object or an array.
    pub fn is_scalar(self) -> bool {
        !matches!(self, Self::Object | Self::Strings | Self::Objects)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Status | Self::Country => "text",
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

/// What a field is about, in the order in which people look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldGroup {
    /// Who it is, and in which state.
    Who,
    Money,
    Contacts,
    Address,
    /// Moments, and IDs for machines.
    Record,
    /// Objects and arrays.
    Technical,
}

/// One documented field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key in the object.
    pub name: &'static str,
    pub kind: FieldType,
    pub group: FieldGroup,
    /// Whether the documentation allows `null`.
    pub nullable: bool,
    /// Whether only the platform sets it.
    pub read_only: bool,
    /// What it is, in a few words.
    pub meaning: &'static str,
    /// Every value that the documentation allows, if it has a closed list of them.
    pub values: &'static [&'static str],
    /// Values that are known of a field whose list is open: to be suggested, never to be insisted on.
    pub known_values: &'static [&'static str],
}

impl Field {
    pub const fn new(name: &'static str, kind: FieldType, group: FieldGroup, meaning: &'static str) -> Self {
        Self { name, kind, group, nullable: false, read_only: false, meaning, values: &[], known_values: &[] }
    }

    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    pub const fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    pub const fn one_of(self, values: &'static [&'static str]) -> Self {
        Self { values, ..self }
    }

    pub const fn such_as(self, known_values: &'static [&'static str]) -> Self {
        Self { known_values, ..self }
    }
}
