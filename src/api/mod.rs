//! The API's words and wire: what it knows of a partner, what can be asked, and what an answer says.
//!
//! No option, no output format and no terminal are known in here.

pub mod address;
pub mod ahead;
mod answer;
mod buffers;
pub mod client;
pub mod completeness;
pub mod credentials;
mod decoding;
pub mod filter;
pub mod lookup;
pub mod owner;
pub mod page;
pub mod pages;
pub mod partner;
mod proxy;
pub mod query;
mod redirect;
mod resolver;
pub mod retry;
pub mod tls;
mod words;
