//! The one table of settings: key, type, default, variable, option and meaning; and how each type of value is read and
//! shown. A variable and a line of the file hold the same text.
//!
//! A new setting is a row here, an option in `cli` if it has one, and a line of the template and the README.

use std::ffi::OsStr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use clap::{ColorChoice, ValueEnum};
use serde_json::Value;

use crate::error::Failure;
use crate::values::{BaseUrl, FieldName, Format, Order, Parallel, TimeLimit, located};

use super::environment::Environment;
use super::file::KeyValue;
use super::token::TokenSource;
use super::{DEFAULT_BASE_URL, Origin, Setting};

/// What is known of a setting besides its value.
#[derive(Debug)]
pub struct SettingRow {
    /// Its key in the configuration file.
    pub key: &'static str,
    pub variable: &'static str,
    pub option: &'static str,
    pub meaning: &'static str,
}

/// The type of a setting in [`Settings`]: a value if it has a default, or else an option.
macro_rules! merged {
    (type $type:ty) => { Option<Setting<$type>> };
    (type $type:ty, $default:expr) => { Setting<$type> };
    (value $value:expr) => { $value };
    (value $value:expr, $default:expr) => {
        $value.unwrap_or_else(|| Setting { value: $default, source: Origin::Default })
    };
    (shown $value:expr) => { $value.as_ref() };
    (shown $value:expr, $default:expr) => { Some(&$value) };
}

macro_rules! settings {
    ($($key:ident: $type:ty $(= $default:expr)?, $variable:literal, $option:literal, $meaning:literal;)*) => {
        /// Every setting but the token and the profile, in the order in which people look at them.
        pub const ROWS: &[SettingRow] = &[
            $(SettingRow {
                key: stringify!($key),
                variable: $variable,
                option: $option,
                meaning: $meaning,
            }),*
        ];

        /// The settings that were given as options.
        #[derive(Debug, Default)]
        pub struct Options {
            /// `--config`
            pub config: Option<PathBuf>,
            /// `--profile`
            pub profile: Option<String>,
            /// Whether a named file or profile that does not exist is about to be created.
            pub makes_profile: bool,
            $(#[doc = $meaning] pub $key: Option<$type>,)*
        }

        /// What one place sets: options and environment, a profile, or the top level of the file.
        #[derive(Debug, Default, Clone)]
        pub struct Layer {
            pub token: Option<Setting<TokenSource>>,
            $(#[doc = $meaning] pub $key: Option<Setting<$type>>,)*
        }

        impl Layer {
            /// What the options set, and what variables set besides. A variable that an option overrides is not read.
            pub fn given(options: Options, environment: &Environment) -> Result<Self, Failure> {
                Ok(Self {
                    token: None,
                    $($key: match options.$key {
                        Some(value) => Some(Setting { value, source: Origin::Option($option) }),
                        None => environment.value($variable)?,
                    },)*
                })
            }

            /// What this layer sets, and what `below` sets besides. The token is never taken from below: a profile
            /// without one would ask with the token of another account.
            pub fn over(self, below: Self) -> Self {
                Self { token: self.token, $($key: self.$key.or(below.$key),)* }
            }

            /// Sets the key of the entry, and reports whether there is such a key.
            pub fn set(&mut self, entry: &KeyValue) -> Result<bool, Failure> {
                match entry.key {
                    $(stringify!($key) => self.$key = Some(entry.setting(entry.read()?)),)*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }

        /// Everything that can be set, merged.
        #[derive(Debug)]
        pub struct Settings {
            $(#[doc = $meaning] pub $key: merged!(type $type $(, $default)?),)*
            pub profile: Option<Setting<String>>,
            /// The names of the profiles in the configuration file.
            pub profiles: Vec<String>,
            pub token: Option<Setting<TokenSource>>,
            /// The token in the configuration, whether it is used or not.
            pub stored_token: Option<Setting<TokenSource>>,
            /// Where the token is that the used one overrides.
            pub hidden_token: Option<String>,
            /// Where the configuration file is or would be.
            pub config: Option<PathBuf>,
        }

        impl Settings {
            /// What a layer sets, and the defaults.
            pub fn of(layer: Layer) -> Self {
                Self {
                    $($key: merged!(value layer.$key $(, $default)?),)*
                    profile: None,
                    profiles: Vec::new(),
                    token: layer.token.clone(),
                    stored_token: layer.token,
                    hidden_token: None,
                    config: None,
                }
            }

            /// Every row of the table with its value and where that came from.
            pub fn rows(&self) -> Vec<(&'static str, Value, String)> {
                vec![$(
                    match merged!(shown self.$key $(, $default)?) {
                        Some(set) => (stringify!($key), set.value.shown(), set.source.to_string()),
                        None => (stringify!($key), Value::Null, Origin::Default.to_string()),
                    }
                ),*]
            }
        }
    };
}

settings! {
    base_url: Address = Address(DEFAULT_BASE_URL.to_owned()), "CARRIERX_BASE_URL", "--base-url",
        "Base URL of the API: https, or http to localhost.";
    output: Format = Format::Table, "CARRIERX_OUTPUT", "--output",
        "Output format.";
    fields: Vec<FieldName>, "CARRIERX_FIELDS", "--fields",
        "Fields to show, in this order; with +, add to the defaults.";
    limit: NonZeroU64 = NonZeroU64::new(100).unwrap(), "CARRIERX_LIMIT", "--limit",
        "Maximum number of partners in a list.";
    order: Order = Order::oldest_first(), "CARRIERX_ORDER", "--order",
        "Sort order.";
    timeout: TimeLimit = TimeLimit::DEFAULT, "CARRIERX_TIMEOUT", "--timeout",
        "Timeout per attempt.";
    retries: u32 = 3, "CARRIERX_RETRIES", "--retries",
        "Retries after a failed request.";
    parallel: Parallel = Parallel::DEFAULT, "CARRIERX_PARALLEL", "--parallel",
        "Pages to request in parallel.";
    color: ColorChoice = ColorChoice::Auto, "CARRIERX_COLOR", "--color",
        "When to use color: auto, always or never.";
    formula_guard: bool = false, "CARRIERX_FORMULA_GUARD", "--formula-guard",
        "Whether to prevent CSV and TSV cells from being run as formulas: true or false.";
    ca_file: PathBuf, "CARRIERX_CA_FILE", "--ca-file",
        "Extra CA certificates to trust (PEM file).";
    history: PathBuf, "CARRIERX_HISTORY", "--history",
        "History file that `partners snapshot` writes.";
}

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

#[cfg(test)]
mod tests {
    use super::ROWS;

    #[test]
    fn every_setting_stands_in_the_readme_and_has_the_variable_that_its_rule_names() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains("`CARRIERX_` followed by the key in capitals"));
        for row in ROWS {
            assert_eq!(row.variable, format!("CARRIERX_{}", row.key.to_uppercase()));
            assert!(readme.contains(&format!("| `{}` |", row.key)), "{}", row.key);
        }
    }
}
