//! Values of users, as types that are always valid.
//!
//! An option, an environment variable and a line of the configuration file all parse the same text by the same
//! `FromStr`. What a value means to the API, to the output or to the settings is said there, not here.

mod amount;
mod base_url;
mod duration;
mod field_name;
mod format;
mod group_key;
pub mod moment;
mod order;
mod path;
mod percent;
mod shell;
pub mod suggest;
mod token;
mod up_to;
mod when;

pub use amount::Amount;
pub use base_url::BaseUrl;
pub use duration::{Deadline, TimeLimit, parse_duration};
pub use field_name::{FieldChoice, FieldName};
pub use format::{ErrorFormat, Format, FormatKind, is_compressed};
pub use group_key::{DatePart, GroupKey, has_date_form};
pub use moment::Moment;
pub use order::Order;
pub use path::located;
pub use percent::Percent;
pub use shell::Shell;
pub use token::Token;
pub use up_to::{PageSize, Parallel};
pub use when::{Age, When};
