//! The program as its users meet it: one test program with a module a theme, over a few lines in [`common`].
//!
//! One program links once. Each module's name says what it is about; `cargo test --test suite get::` runs one of them.

mod common;

mod auth;
mod check;
mod completeness;
mod completion;
mod config;
mod count;
mod diff;
mod failures;
mod faults;
mod fields;
mod find;
mod from;
mod get;
mod help;
mod history;
mod list;
mod manual;
mod max_time;
mod network;
mod output;
mod pipelines;
mod reports;
mod sandbox;
mod settings;
mod terminal;
mod to_file;
mod tree;

/// A file that no `mod` names would be compiled by nobody, and pass for ever.
#[test]
fn every_file_of_the_suite_is_a_module_of_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    for entry in std::fs::read_dir(folder).expect("the suite") {
        let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        let declared = format!("mod {module};");
        assert!(
            module == "main" || include_str!("main.rs").lines().any(|line| line == declared),
            "{name} is forgotten"
        );
    }
}
