//! A thing that can be listed: where the API has it, what it is called, and which fields it has.
//!
//! All that the program knows of a kind of thing stands in its [`Resource`], which is handed to whoever needs it.

use std::fmt;

use crate::values::suggest;

/// One kind of thing that the API lists.
pub struct Resource {
    /// The path below the base URL.
    pub path: &'static str,
    /// The noun for one of them.
    pub singular: &'static str,
    /// The noun for several.
    pub plural: &'static str,
    /// The field that differs between any two of them: the SID.
    pub key: &'static str,
    /// The field by which people name one; a table never leaves it out.
    pub label: &'static str,
    /// Every documented field, in the order in which people look for them. The API may send more; they are kept and
    /// shown like all others.
    pub fields: &'static [Field],
    /// The columns of a table when nobody says which: they fit a terminal of 80 columns.
    pub default_columns: &'static [&'static str],
    /// Decimal fields that change by themselves from day to day, so that each change is no news.
    pub moving: &'static [&'static str],
    /// Why one that exists may not be listed, to follow a sentence.
    pub none_yet: &'static str,
    /// The scopes of which a token needs one.
    pub scopes: &'static [&'static str],
}

impl Resource {
    /// The documented field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The documented field that a mistyped name probably means.
    pub fn did_you_mean(&self, name: &str) -> Option<&'static str> {
        suggest::closest(name, self.fields.iter().map(|field| field.name))
    }

    /// A count with its noun.
    pub fn counted(&self, count: u64) -> String {
        format!("{count} {}", if count == 1 { self.singular } else { self.plural })
    }
}

/// There is one description of each kind of thing, so its path identifies it.
impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Resource {}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("Resource").field(&self.path).finish()
    }
}

/// What a field holds, as finely as the program's behavior depends on it.
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

/// What a field is about, in the order in which people look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
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

impl Group {
    pub fn name(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Money => "money",
            Self::Contacts => "contacts",
            Self::Address => "address",
            Self::Record => "record",
            Self::Technical => "technical",
        }
    }
}

/// One documented field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key in the object.
    pub name: &'static str,
    pub kind: FieldType,
    pub group: Group,
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
    pub const fn new(name: &'static str, kind: FieldType, group: Group, meaning: &'static str) -> Self {
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
