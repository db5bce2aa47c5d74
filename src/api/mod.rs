//! The API's words and wire: what it knows of a partner, what can be asked, and what an answer says.
//!
//! No option, no output format and no terminal is known in here. What goes wrong is one of the cases of
//! [`error::Error`], without a word; only what is wrong with something typed, a filter or an ID, is put into words
//! here, beside the grammar that it breaks.

pub(crate) mod address;
mod answer;
mod buffers;
pub(crate) mod client;
pub(crate) mod completeness;
pub(crate) mod credentials;
mod decoding;
pub(crate) mod error;
pub(crate) mod filter;
pub(crate) mod lookup;
pub(crate) mod owner;
pub(crate) mod page;
pub(crate) mod pages;
pub(crate) mod partner;
pub(crate) mod prefetch;
pub(crate) mod proxy;
pub(crate) mod query;
pub(crate) mod redirect;
mod resolver;
pub(crate) mod resource;
pub(crate) mod retry;
mod server_message;
pub(crate) mod tls;
