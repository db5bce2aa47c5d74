//! The name of a field, dots reaching into objects.

use std::fmt;
use std::str::FromStr;

/// A field as a person names it: `balance`, or `callbacks.sms` for a part of an object. Never empty, nor any part of
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldName(String);

impl FieldName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys to follow, from the partner inwards.
    pub fn path(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }

    /// The key in the partner itself.
    pub fn first(&self) -> &str {
        self.0.split_once('.').map_or(&self.0, |(first, _)| first)
    }
}

impl FromStr for FieldName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a field name is empty".to_owned());
        }
        if text.split('.').any(str::is_empty) {
            return Err(format!("`{text}` has an empty part next to a dot"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl AsRef<str> for FieldName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A field to show: in place of the default ones, or, with a `+` before it, in addition to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChoice {
    pub name: FieldName,
    pub is_added: bool,
}

impl FromStr for FieldChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let added = text.strip_prefix('+');
        Ok(Self { name: added.unwrap_or(text).parse()?, is_added: added.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_path_of_keys() {
        let name: FieldName = " callbacks.sms ".parse().expect("a name");
        assert_eq!(name.path().collect::<Vec<_>>(), ["callbacks", "sms"]);
        assert_eq!((name.first(), name.as_str()), ("callbacks", "callbacks.sms"));
    }

    #[test]
    fn an_empty_name_or_part_is_refused() {
        for text in ["", " ", ".", "a.", ".a", "a..b"] {
            assert!(text.parse::<FieldName>().is_err(), "{text:?}");
            assert!(format!("+{text}").parse::<FieldChoice>().is_err(), "+{text:?}");
        }
    }

    #[test]
    fn a_plus_before_a_name_adds_the_field() {
        let choice: FieldChoice = " +callbacks.sms".parse().expect("a choice");
        assert!(choice.is_added && choice.name.as_str() == "callbacks.sms");
        assert!(!"callbacks.sms".parse::<FieldChoice>().expect("a choice").is_added);
    }
}
