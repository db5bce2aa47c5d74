//! The program between other programs, in a real shell, as the README has it.

#![cfg(target_os = "linux")]

use std::time::Duration;

use crate::common::{clean_room, shell, stderr};
use assert_cmd::Command;

#[test]
fn who_is_low_is_looked_up_in_full() {
    let line =
        "carrierx partners list -f 'balance lt 10' -F partner_sid --no-header -o tsv | carrierx partners get - -o csv";
    let shown = shell(line);
    assert!(shown.starts_with("display_id,company_name,name,login,status,") && shown.lines().count() > 5, "{shown}");
}

/// The status and the stderr of a line of shell, `$carrierx` being the program.
fn ended(line: &str) -> (Option<i32>, String) {
    let home = tempfile::tempdir().expect("a folder");
    let mut bash = Command::new("bash");
    bash.env_clear().envs(clean_room()).env("PATH", "/usr/bin:/bin").env("HOME", home.path()).current_dir(home.path());
    bash.env("carrierx", assert_cmd::cargo::cargo_bin!("carrierx")).timeout(Duration::from_secs(60));
    let ended = bash.args(["--norc", "-c", line]).assert();
    (ended.get_output().status.code(), stderr(&ended))
}

#[test]
fn results_that_cannot_be_written_are_status_1_and_a_reader_who_has_enough_is_0() {
    for arguments in [
        "--help",
        "--version",
        "partners list --help",
        "help",
        "partners fields",
        "partners count --sandbox",
        "partners get CX32345679 --sandbox",
        "partners list --sandbox",
        "partners tree --sandbox",
        "config show",
        "config path",
        "completions bash",
        "man",
    ] {
        let (status, said) = ended(&format!("$carrierx {arguments} > /dev/full"));
        assert!(status == Some(1) && said.contains("No space left"), "{arguments}: {status:?} {said}");
        let (status, said) = ended(&format!("$carrierx {arguments} | true; exit ${{PIPESTATUS[0]}}"));
        assert_eq!((status, said), (Some(0), String::new()), "{arguments}");
    }
}
