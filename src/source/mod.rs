//! Who answers a question about partners in place of the API: the sample, a saved list, or a moment of the history.
//!
//! Each of them is a list in memory, about which `service` says what the API would say: `matching` and `ordering`
//! choose the partners, `paths` reads their fields. `local` asks it in the process,
//! behind the same trait as the API's own client; `http` serves it on a loopback address, for scripts and tests.

pub mod http;
pub mod local;
pub mod matching;
mod ordering;
mod paths;
pub mod sandbox;
pub mod saved;
pub mod service;
