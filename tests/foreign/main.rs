//! The program beside programs that are not part of Rust: shells, `jq`, `sqlite3`, readers of manuals and workbooks.
//!
//! `.ci/tools` installs them; `cargo test --test foreign` runs these tests, and plain `cargo test` does not.
#![cfg(unix)]

#[allow(dead_code, reason = "the suite uses the rest")]
#[path = "../suite/common/mod.rs"]
mod common;

mod completion;
mod manual;
mod markdown;
mod monitoring;
mod pipelines;
mod readme;
mod workbook;
