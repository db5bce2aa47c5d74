//! `--to FILE`: whole or untouched.

use std::fs;
use std::path::Path;

use crate::common::{Api, list_sandbox, page_of, stderr};
use tempfile::TempDir;

/// A folder, and a path in it as an option's value.
fn file_in(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().expect("UTF-8").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).expect("a file")
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

#[test]
fn the_format_is_that_of_the_ending_unless_an_option_says_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, beginning) in [
        ("a.csv", "acls,address1"),
        ("a.tsv", "acls\taddress1"),
        ("a.json", "[\n  {\n"),
        ("a.jsonl", "{\"acls\":"),
        ("a.ndjson", "{\"acls\":"),
        ("a.txt", "display_id  company_name"),
        ("a.other", "display_id  company_name"),
    ] {
        let file = file_in(&folder, name);
        list_sandbox(&["-l", "2", "--to", &file]).success().stdout("").stderr("");
        assert!(read(&file).starts_with(beginning), "{name}: {}", read(&file));
    }
    let file = file_in(&folder, "b.csv");
    list_sandbox(&["-l", "2", "--to", &file, "-o", "jsonl"]).success();
    assert!(read(&file).starts_with("{\"acls\":"));
}

#[test]
fn an_existing_file_is_replaced_only_by_force_and_nothing_is_asked_for_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "a.csv");
    fs::write(&file, "old").expect("a file");
    let api = Api::new();
    let page = api.page(&[], page_of(0, 1, 1));
    let refused = api.list(&["--all", "--to", &file]).code(2);
    assert!(stderr(&refused).contains("--force"), "{}", stderr(&refused));
    assert_eq!(read(&file), "old");
    page.assert_calls(0);
    api.list(&["--all", "--to", &file, "--force", "-F", "display_id"]).success();
    assert_eq!((read(&file).as_str(), names_in(&folder).len()), ("display_id\nCX0\n", 1));
}

#[test]
fn a_failure_leaves_the_file_as_it_was_and_no_other_behind() {
    let api = Api::new();
    api.page(&[("offset", "0")], page_of(0, 2, 4));
    api.answer(&[("offset", "2")], 500, "application/json", "{}");
    for (existing, arguments) in [(false, &["--all"][..]), (true, &["--all", "--force"])] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file_in(&folder, "a.csv");
        if existing {
            fs::write(&file, "old").expect("a file");
        }
        let list = api.list(&[arguments, &["--retries", "0", "--to", &file]].concat()).code(8);
        assert!(stderr(&list).contains("the file is as it was"), "{}", stderr(&list));
        assert_eq!(Path::new(&file).exists(), existing);
        assert_eq!(names_in(&folder).len(), usize::from(existing));
    }
}

#[test]
fn an_incomplete_list_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "a.csv");
    fs::write(&file, "old").expect("a file");
    list_sandbox(&["-l", "5", "--require-complete", "--to", &file, "--force"]).code(10);
    assert_eq!((read(&file).as_str(), names_in(&folder).len()), ("old", 1));
}

#[test]
fn the_nightly_line_of_the_readme_writes_a_whole_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "partners.csv");
    for _ in 0..2 {
        list_sandbox(&["--all", "--require-complete", "--to", &file, "--force"]).success().stderr("");
    }
    assert_eq!(read(&file).lines().count(), 251);
}

#[test]
fn a_device_is_written_to_directly() {
    list_sandbox(&["-l", "1", "-F", "display_id", "--to", "/dev/stdout"]).success().stdout("display_id\nCX32345679\n");
    list_sandbox(&["-l", "1", "--to", "/dev/null"]).success();
    let full = list_sandbox(&["-l", "1", "--to", "/dev/full"]).code(1);
    assert!(stderr(&full).contains("/dev/full cannot be written: No space left"), "{}", stderr(&full));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_before_anything_is_asked_for() {
    let api = Api::new();
    let page = api.page(&[], page_of(0, 1, 1));
    let list = api.list(&["--to", "/no/such/folder/a.csv"]).code(1);
    assert!(stderr(&list).contains("/no/such/folder/a.csv cannot be written"), "{}", stderr(&list));
    assert!(stderr(&list).contains("\nhint: "), "{}", stderr(&list));
    page.assert_calls(0);
}

#[test]
fn stdout_by_its_name_is_appended_to_like_stdout() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = file_in(&folder, "log");
    fs::write(&log, "old\n").expect("a file");
    let appended = fs::OpenOptions::new().append(true).open(&log).expect("a file");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("carrierx"));
    command.env_clear().args(["partners", "list", "--sandbox", "-l", "1", "-F", "display_id", "--to", "/dev/stdout"]);
    assert!(command.stdout(appended).status().expect("a run").success());
    assert_eq!(read(&log), "old\ndisplay_id\nCX32345679\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_below_dev_is_a_file() {
    let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
    let file = file_in(&folder, "a.csv");
    fs::write(&file, "old old old old old").expect("a file");
    list_sandbox(&["-l", "1", "-F", "display_id", "--to", &file]).code(2);
    list_sandbox(&["-l", "1", "-F", "display_id", "--to", &file, "--force"]).success();
    assert_eq!(read(&file), "display_id\nCX32345679\n");
}

#[test]
fn list_and_receipt_cannot_go_to_the_same_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = file_in(&folder, "a.json");
    list_sandbox(&["--to", &file, "--receipt", &file]).code(2);
    assert!(names_in(&folder).is_empty());
}

#[test]
fn force_without_a_file_is_a_usage_error() {
    list_sandbox(&["--force"]).code(2);
}

#[cfg(unix)]
#[test]
fn a_run_that_a_signal_ends_leaves_no_file_behind_and_ends_by_that_signal() {
    use std::net::TcpListener;
    use std::os::unix::process::ExitStatusExt;

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("carrierx"));
        command.env_clear().env("CARRIERX_BASE_URL", &url).env("CARRIERX_TOKEN", "x");
        let mut run = command.args(["partners", "list", "--to", &file_in(&folder, "a.csv")]).spawn().expect("a run");
        // Once it asks, its temporary file is there; the answer never comes.
        let connection = listener.accept().expect("a connection");
        assert_eq!(names_in(&folder).len(), 1);
        let kill = std::process::Command::new("kill").args([signal, &run.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        assert_eq!(run.wait().expect("an end").signal(), Some(number));
        assert!(names_in(&folder).is_empty(), "{signal}: {:?}", names_in(&folder));
        drop(connection);
    }
}
