//! The API: what it knows of a partner, what can be queried, and what a response contains.
//!
//! No option, no output format and no terminal is known in here. What goes wrong is a [`crate::error::Failure`], put
//! into words where it is noticed.

pub mod address;
mod answer;
mod buffers;
pub mod client;
pub mod completeness;
pub mod failures;
pub mod field;
pub mod filter;
pub mod lookup;
pub mod owner;
pub mod page;
pub mod pages;
pub mod partner;
pub mod prefetch;
pub mod proxy;
pub mod query;
pub mod retry;
mod server_message;
pub mod source;
pub mod tls;

pub use client::Credentials;
pub use completeness::ListStats;
pub use field::{Field, FieldGroup, FieldType};
pub use lookup::PartnerId;
pub use page::Page;
pub use pages::{OrderRefused, Pages, Paging};
pub use partner::PARTNERS;
pub use prefetch::Wait;
pub use query::{FieldSelection, Query};
pub use source::Source;
