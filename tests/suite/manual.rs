//! The manual: the pages in the repository are the program's, and readers of manuals find no fault in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{carrierx, stderr, stdout};

/// The pages as the program writes them, in a directory that is removed with the first of the two.
fn written() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("pages");
    carrierx(&["man", "--dir", pages.to_str().expect("UTF-8")]).assert().success().stdout("").stderr("");
    (folder, paths_in(&pages))
}

fn paths_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

#[test]
fn the_pages_in_the_repository_are_those_that_the_program_writes() {
    let (_folder, pages) = written();
    let stored = paths_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man"));
    let names =
        |paths: &[PathBuf]| paths.iter().filter_map(|path| path.file_name()?.to_owned().into()).collect::<Vec<_>>();
    assert_eq!(names(&stored), names(&pages), "run carrierx man --dir man");
    for (stored, page) in stored.iter().zip(&pages) {
        let same = fs::read_to_string(stored).expect("a page") == fs::read_to_string(page).expect("a page");
        assert!(same, "{} is not up to date; run carrierx man --dir man", stored.display());
    }
}

#[test]
fn one_page_is_printed_by_the_words_of_its_command_or_topic() {
    let page = stdout(&carrierx(&["man", "partners", "list"]).assert().success());
    assert!(page.contains(".TH carrierx-partners-list 1") && page.contains(".SH FIELDS"), "{page}");
    let mistyped = stderr(&carrierx(&["man", "partners", "lsit"]).assert().code(2));
    let filters = stdout(&carrierx(&["man", "filters"]).assert().success());
    assert!(filters.contains(".TH carrierx-filters 7") && filters.contains("greater than or equal"), "{filters}");
    assert!(mistyped.contains("unknown command `lsit`") && mistyped.contains("did you mean `list`?"), "{mistyped}");
}

#[test]
fn pages_of_other_sections_go_next_to_man1() {
    let folder = tempfile::tempdir().expect("a folder");
    carrierx(&["man", "--dir", folder.path().join("man1").to_str().expect("UTF-8")]).assert().success();
    for page in ["man1/carrierx.1", "man5/carrierx-config.5", "man7/carrierx-filters.7"] {
        assert!(folder.path().join(page).is_file(), "{page}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let report = stderr(&carrierx(&["man", "--dir", "Cargo.toml/man1"]).assert().code(1));
    assert!(report.contains("cannot create the directory Cargo.toml"), "{report}");
}
