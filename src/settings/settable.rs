//! How each type of value is read from a variable and from the configuration file, and how it is shown.

use std::ffi::OsStr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use clap::{ColorChoice, ValueEnum};
use directories::BaseDirs;
use serde_json::Value;

use crate::error::Failure;
use crate::values::{BaseUrl, FieldName, Format, Order, Parallel, TimeLimit};

use super::file::Entry;

/// A value that can be set.
pub trait Settable: Sized {
    /// Reads the text of a variable. Text that is not UTF-8 contains replacement characters, which no value accepts.
    fn from_text(text: &str) -> Result<Self, String>;

    /// Reads a variable as the system has it, which only paths need.
    fn from_variable(text: &OsStr) -> Result<Self, String> {
        Self::from_text(&text.to_string_lossy())
    }

    /// Reads a value of the configuration file, which is the same text in most cases.
    fn from_entry(entry: &Entry) -> Result<Self, Failure> {
        entry.parsed(Self::from_text)
    }

    /// The value for display, without secrets.
    fn shown(&self) -> Value;
}

/// An address that is not validated yet, so that commands that need none work with an invalid one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(pub String);

impl Settable for Address {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn shown(&self) -> Value {
        // An invalid one may contain a password.
        self.0.parse::<BaseUrl>().map_or_else(|_| "(not valid)".into(), |url| url.to_string().into())
    }
}

impl Settable for Format {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }

    fn shown(&self) -> Value {
        self.name().into()
    }
}

impl Settable for Order {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }

    fn shown(&self) -> Value {
        self.to_string().into()
    }
}

impl Settable for ColorChoice {
    fn from_text(text: &str) -> Result<Self, String> {
        Self::from_str(text, true).map_err(|_| format!("`{text}` is none of auto, always, never"))
    }

    fn shown(&self) -> Value {
        self.to_string().into()
    }
}

/// Types that are whole numbers in the file.
macro_rules! as_number {
    ($($type:ty, $number:literal, $shown:expr;)*) => {$(
        impl Settable for $type {
            fn from_text(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| concat!("it is not ", $number).to_owned())
            }

            fn from_entry(entry: &Entry) -> Result<Self, Failure> {
                let number = entry.integer().and_then(|number| number.to_string().parse().ok());
                number.ok_or_else(|| entry.wrong(concat!("is not ", $number)))
            }

            fn shown(&self) -> Value {
                let shown: fn(&Self) -> Value = $shown;
                shown(self)
            }
        }
    )*};
}

as_number! {
    NonZeroU64, "a whole number of 1 or more", |number| number.get().into();
    u32, "a whole number of 0 or more", |number| (*number).into();
    Parallel, "a whole number from 1 to 16", |number| number.get().into();
}

impl Settable for Vec<FieldName> {
    fn from_text(text: &str) -> Result<Self, String> {
        text.split(',').map(|name| name.trim().parse()).collect()
    }

    fn from_entry(entry: &Entry) -> Result<Self, Failure> {
        let wrong = || entry.wrong("is not a list of field names, such as [\"display_id\", \"balance\"]");
        let list = entry.value.get_ref().as_array().filter(|list| !list.is_empty()).ok_or_else(wrong)?;
        let names = list.iter().map(|name| {
            let name = name.get_ref().as_str().ok_or_else(wrong)?;
            name.parse().map_err(|problem: String| entry.wrong(&format!("is not valid: {problem}")))
        });
        names.collect()
    }

    fn shown(&self) -> Value {
        Value::from_iter(self.iter().map(FieldName::as_str))
    }
}

impl Settable for TimeLimit {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }

    fn from_entry(entry: &Entry) -> Result<Self, Failure> {
        match entry.integer() {
            Some(seconds) => {
                Self::from_seconds(seconds).ok_or_else(|| entry.wrong("is not more than 0 and at most a day"))
            }
            None => entry.parsed(Self::from_text),
        }
    }

    fn shown(&self) -> Value {
        self.to_string().into()
    }
}

impl Settable for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("it is neither true nor false".to_owned()),
        }
    }

    fn from_entry(entry: &Entry) -> Result<Self, Failure> {
        entry.value.get_ref().as_bool().ok_or_else(|| entry.wrong("is not true or false"))
    }

    fn shown(&self) -> Value {
        (*self).into()
    }
}

impl Settable for PathBuf {
    fn from_text(text: &str) -> Result<Self, String> {
        Self::from_variable(OsStr::new(text))
    }

    fn from_variable(text: &OsStr) -> Result<Self, String> {
        match text.to_str() {
            // No shell expands it where a service manager sets the variable.
            Some(text) => located(text, Path::new("")).ok_or_else(|| NO_HOME.to_owned()),
            None => Ok(text.into()),
        }
    }

    fn from_entry(entry: &Entry) -> Result<Self, Failure> {
        located(entry.string()?, entry.folder()).ok_or_else(|| entry.wrong(NO_HOME))
    }

    fn shown(&self) -> Value {
        self.display().to_string().into()
    }
}

const NO_HOME: &str = "begins with ~/, and there is no home folder";

/// A path that the configuration names, counted from `folder`.
fn located(name: &str, folder: &Path) -> Option<PathBuf> {
    located_at(name, folder, BaseDirs::new().as_ref().map(BaseDirs::home_dir))
}

/// Where a file is that the configuration names: `~/` is the home, and a relative path counts from `folder`.
fn located_at(name: &str, folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match name.strip_prefix("~/") {
        Some(below) => Some(home?.join(below)),
        None => Some(folder.join(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_relative_to_the_configuration_or_to_the_home() {
        for (name, path) in [("a/b", "/etc/x/a/b"), ("/a", "/a"), ("~/a", "/home/me/a"), ("~a", "/etc/x/~a")] {
            let located = located_at(name, Path::new("/etc/x"), Some(Path::new("/home/me")));
            assert_eq!(located.as_deref(), Some(Path::new(path)), "{name}");
        }
        assert_eq!(located_at("~/a", Path::new("/etc/x"), None), None);
    }
}
