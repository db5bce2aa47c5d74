//! How each type of value is read and shown. A variable and a line of the file hold the same text.

use std::ffi::OsStr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use clap::{ColorChoice, ValueEnum};
use serde_json::Value;

use crate::values::{BaseUrl, FieldName, Format, Order, Parallel, TimeLimit, located};

/// How a value is written in the configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Number,
    /// A text, or a number of seconds.
    Time,
    Switch,
    List,
}

/// A value that can be set.
pub trait Settable: Sized {
    const FORM: Form;

    /// Reads a text, in which a list has commas. A relative path counts from `folder`.
    fn read(text: &OsStr, folder: &Path) -> Result<Self, String>;

    /// The value for display, without secrets.
    fn shown(&self) -> Value;
}

/// An address that is not validated yet, so that commands that need none work with an invalid one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(pub String);

macro_rules! settable {
    ($($type:ty, $form:ident, $read:expr, $shown:expr;)*) => {$(
        impl Settable for $type {
            const FORM: Form = Form::$form;

            fn read(text: &OsStr, _: &Path) -> Result<Self, String> {
                let read: fn(&str) -> Result<Self, String> = $read;
                // What is not UTF-8 has replacement characters, which no value accepts.
                read(&text.to_string_lossy())
            }

            fn shown(&self) -> Value {
                let shown: fn(&Self) -> Value = $shown;
                shown(self)
            }
        }
    )*};
}

settable! {
    // An invalid one may contain a password.
    Address, Text, |text| Ok(Self(text.to_owned())),
        |address| address.0.parse().map_or("(not valid)".into(), |url: BaseUrl| url.to_string().into());
    Format, Text, str::parse, |format| format.to_string().into();
    Order, Text, str::parse, |order| order.to_string().into();
    ColorChoice, Text,
        |text| <Self as ValueEnum>::from_str(text, true).map_err(|_| format!("`{text}` is not auto, always or never")),
        |choice| choice.to_string().into();
    NonZeroU64, Number, |text| text.parse().map_err(|_| "write a whole number of 1 or more".to_owned()),
        |number| number.get().into();
    u32, Number, |text| text.parse().map_err(|_| "write a whole number of 0 or more".to_owned()),
        |number| (*number).into();
    Parallel, Number, str::parse, |number| number.get().into();
    TimeLimit, Time, str::parse, |limit| limit.to_string().into();
    bool, Switch, switch, |is_on| (*is_on).into();
    Vec<FieldName>, List, |text| text.split(',').map(|name| name.trim().parse()).collect(),
        |names| Value::from_iter(names.iter().map(FieldName::as_str));
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

impl Settable for PathBuf {
    const FORM: Form = Form::Text;

    fn read(text: &OsStr, folder: &Path) -> Result<Self, String> {
        located(text, folder)
    }

    fn shown(&self) -> Value {
        self.display().to_string().into()
    }
}
