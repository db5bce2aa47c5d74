//! The manual before those who read it.

use std::path::Path;

use crate::common::{stderr, stdout};

#[test]
fn readers_of_manuals_warn_of_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let pages: Vec<_> = std::fs::read_dir(folder).expect("pages").map(|page| page.expect("a page").path()).collect();
    let reader = |name: &str, arguments: &[&str]| {
        let mut reader = assert_cmd::Command::new(name);
        reader.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
        reader.timeout(std::time::Duration::from_secs(60)).args(arguments).args(&pages).assert().success()
    };
    assert_eq!(stdout(&reader("mandoc", &["-T", "lint", "-W", "warning"])), "");
    assert_eq!(stderr(&reader("man", &["--warnings", "-E", "UTF-8", "-l"])), "");
}
