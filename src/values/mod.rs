//! Values that people give, as types that cannot hold a bad one.
//!
//! An option, an environment variable and a line of the configuration file all parse the same text by the same
//! `FromStr`. What a value means to the API, to the output or to the settings is said there, not here.

mod amount;
mod base_url;
mod delimiter;
mod duration;
mod error_format;
mod field_name;
mod format;
mod group_key;
mod order;
mod output_format;
mod percent;
mod shell;
mod token;
mod up_to;
mod when;

pub(crate) use amount::Amount;
pub(crate) use base_url::BaseUrl;
pub(crate) use delimiter::Delimiter;
pub use duration::{Deadline, TimeLimit, parse_duration};
pub use error_format::ErrorFormat;
pub(crate) use field_name::{FieldChoice, FieldName};
pub(crate) use format::{Format, Layout, is_compressed};
pub(crate) use group_key::{DatePart, GroupKey};
pub(crate) use order::Order;
pub(crate) use output_format::{OutputFormat, PROMETHEUS};
pub(crate) use percent::Percent;
pub(crate) use shell::Shell;
pub(crate) use token::Token;
pub(crate) use up_to::{PageSize, Parallel};
pub(crate) use when::{Age, Latest, When};
