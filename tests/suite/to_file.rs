//! `--to FILE`: whole or untouched.

use std::fs;
use std::path::Path;

use crate::common::{Api, carrierx, clean_room, list_sandbox, page_of, stderr, stdout};
use tempfile::TempDir;

/// A directory, and a path in it as an option's value.
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
        ("a.csv", "display_id,company_name"),
        ("a.tsv", "display_id\tcompany_name"),
        ("a.json", "[\n  {\n"),
        ("a.jsonl", "{\"acls\":"),
        ("a.ndjson", "{\"acls\":"),
        ("a.txt", "display_id  company_name"),
        ("b.CSV", "display_id,company_name"),
    ] {
        let file = file_in(&folder, name);
        list_sandbox(&["-l", "2", "--to", &file]).success().stdout("").stderr("");
        assert!(read(&file).starts_with(beginning), "{name}: {}", read(&file));
    }
    let file = file_in(&folder, "c.csv");
    list_sandbox(&["-l", "2", "--to", &file, "-o", "jsonl"]).success();
    assert!(read(&file).starts_with("{\"acls\":"));
}

#[cfg(target_os = "linux")]
#[test]
fn gz_behind_an_ending_compresses_and_the_receipt_is_about_the_file_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, receipt) = (file_in(&folder, "a.csv.gz"), file_in(&folder, "r.json"));
    list_sandbox(&["--all", "--to", &file, "--receipt", &receipt]).success().stdout("").stderr("");
    let run = |program: &str| std::process::Command::new(program).arg(&file).output().expect(program).stdout;
    let rows = String::from_utf8(run("zcat")).expect("UTF-8");
    assert_eq!(rows.as_bytes(), list_sandbox(&["--all", "-o", "csv"]).get_output().stdout);
    let sum = String::from_utf8(run("sha256sum")).expect("UTF-8");
    assert!(read(&receipt).contains(&format!("\"sha256\": \"{}\"", &sum[..64])), "{sum}");
    // The same list makes the same file.
    let again = file_in(&folder, "b.csv.gz");
    list_sandbox(&["--all", "--to", &again]).success();
    assert!(fs::read(&file).expect("a file") == fs::read(&again).expect("a file"));
    let unnamed = list_sandbox(&["--to", &file_in(&folder, "a.gz")]).code(2);
    assert!(stderr(&unnamed).contains("has no known extension"), "{}", stderr(&unnamed));
    list_sandbox(&["--to", &file_in(&folder, "a.gz"), "-o", "json"]).success();
}

#[test]
fn a_name_that_ends_in_no_known_format_is_refused_unless_an_option_names_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a", "a.ods", "a.prom", "a.html", "a.gz", "a.html.gz", "a.csv.bak", ".csv", "a.", "csv"] {
        let file = file_in(&folder, name);
        let refused = list_sandbox(&["-l", "1", "--to", &file]).code(2).stdout("");
        assert!(stderr(&refused).contains("\nhint: add -o FORMAT, or use one of .csv,"), "{name}");
        assert!(names_in(&folder).is_empty(), "{name}");
        list_sandbox(&["-l", "1", "--to", &file, "-o", "csv"]).success();
        fs::remove_file(&file).expect("a file");
    }
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
    api.answer(&[("offset", "1")], 500, "application/json", "{}");
    for (existing, arguments) in [(false, &["--all"][..]), (true, &["--all", "--force"])] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file_in(&folder, "a.csv");
        if existing {
            fs::write(&file, "old").expect("a file");
        }
        let list = api.list(&[arguments, &["--retries", "0", "--to", &file]].concat()).code(8);
        assert!(stderr(&list).contains("the file was not changed"), "{}", stderr(&list));
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
    list_sandbox(&["-l", "1", "--to", if cfg!(windows) { "nul" } else { "/dev/null" }]).success();
    if cfg!(target_os = "linux") {
        let full = list_sandbox(&["-l", "1", "--to", "/dev/full"]).code(1);
        assert!(stderr(&full).contains("cannot write /dev/full: No space left"), "{}", stderr(&full));
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_before_anything_is_asked_for() {
    let api = Api::new();
    let page = api.page(&[], page_of(0, 1, 1));
    let list = api.list(&["--to", "/no/such/folder/a.csv"]).code(1);
    assert!(stderr(&list).contains("cannot write /no/such/folder/a.csv"), "{}", stderr(&list));
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
    command.env_clear().envs(clean_room()).args([
        "partners",
        "list",
        "--sandbox",
        "-l",
        "1",
        "-F",
        "display_id",
        "--to",
        "/dev/stdout",
    ]);
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

/// What a line of shell leaves in a directory of its own, `carrierx` listing three partners of the sandbox: its status,
/// and its stderr.
#[cfg(unix)]
fn shell_in(folder: &TempDir, line: &str) -> (Option<i32>, String) {
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let script = format!("carrierx() {{ '{program}' partners list --sandbox -l 3 -F login \"$@\"; }}; {line}");
    let mut bash = assert_cmd::Command::new("bash");
    bash.env_clear().envs(clean_room()).env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin").env("HOME", folder.path());
    let bash = bash.current_dir(folder.path()).timeout(std::time::Duration::from_secs(60));
    let ended = bash.args(["--norc", "-c", &script]).assert();
    (ended.get_output().status.code(), stderr(&ended))
}

#[cfg(unix)]
#[test]
fn a_receipt_never_goes_where_the_list_goes_however_either_is_spelled() {
    let names = "a.csv ./a.csv $PWD/a.csv link.csv sub/../a.csv hard.csv";
    for line in [
        format!("for name in {names}; do carrierx --to a.csv --receipt $name --force && exit 0; done; exit 2"),
        format!("for name in {names}; do carrierx --to $name --receipt a.csv --force && exit 0; done; exit 2"),
        format!("for name in {names}; do carrierx -o csv --receipt $name --force >> a.csv && exit 0; done; exit 2"),
        "carrierx -o csv --receipt /dev/stdout >> a.csv".to_owned(),
        "carrierx -o csv --receipt - >> a.csv".to_owned(),
        "carrierx --to a.csv --force --receipt - >> a.csv".to_owned(),
        "carrierx -o csv --receipt - | cat; exit ${PIPESTATUS[0]}".to_owned(),
        "mkfifo pipe; carrierx --to pipe --receipt ./pipe".to_owned(),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("sub")).expect("a folder");
        let file = file_in(&folder, "a.csv");
        fs::write(&file, "old").expect("a file");
        std::os::unix::fs::symlink("a.csv", folder.path().join("link.csv")).expect("a link");
        fs::hard_link(&file, folder.path().join("hard.csv")).expect("a link");
        let (status, said) = shell_in(&folder, &line);
        assert_eq!(status, Some(2), "{line}: {said}");
        assert!(said.contains("--receipt is the same file as "), "{line}: {said}");
        assert_eq!(read(&file), "old", "{line}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (status, _) = shell_in(&folder, "ln -s new.csv link.csv; carrierx --to new.csv --receipt link.csv");
    assert_eq!((status, names_in(&folder)), (Some(2), vec!["link.csv".to_owned()]), "neither is there yet");
}

#[cfg(unix)]
#[test]
fn a_receipt_follows_the_rules_of_the_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let receipt = file_in(&folder, "r.json");
    fs::write(&receipt, "old").expect("a file");
    let (status, said) = shell_in(&folder, "carrierx -o csv --receipt r.json");
    assert_eq!((status, read(&receipt).as_str()), (Some(2), "old"));
    assert!(said.contains("the receipt r.json already exists\nhint: add --force"), "{said}");
    for (line, written) in
        [("carrierx -o csv --receipt r.json --force", "r.json"), ("carrierx --to a.csv --receipt - > out", "out")]
    {
        assert_eq!(shell_in(&folder, line).0, Some(0), "{line}");
        let text = read(&file_in(&folder, written));
        let text = &text[text.find("{\n").expect("a receipt")..];
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| json["rows"] == 3), "{line}: {text}");
    }
    assert_eq!(shell_in(&folder, "carrierx --to /dev/null --receipt /dev/null").0, Some(0), "nothing is kept there");
}

#[cfg(unix)]
#[test]
fn stdout_is_written_through_and_what_it_held_stays() {
    for name in ["-", "/dev/stdout"] {
        let folder = tempfile::tempdir().expect("a folder");
        let log = file_in(&folder, "log");
        fs::write(&log, "old\n").expect("a file");
        let (status, said) = shell_in(&folder, &format!("carrierx -o csv --to {name} >> log"));
        assert_eq!(
            (status, read(&log)),
            (Some(0), "old\nlogin\nivory0000\nvelvet0001\nmisty0002\n".to_owned()),
            "{said}"
        );
    }
}

#[test]
fn every_command_with_rows_writes_a_file_that_is_what_it_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    for (at, words) in [
        "list -l 3",
        "get CX15650613 CX32345679",
        "get CX15650613",
        "find garner",
        "count",
        "count --by status --sum balance",
        "tree",
        "check",
        "fields",
        "fields balance status",
    ]
    .into_iter()
    .enumerate()
    {
        let run = |more: &[&str]| {
            let words: Vec<&str> =
                ["partners"].into_iter().chain(words.split(' ')).chain(["--sandbox", "-q"]).collect();
            carrierx(&[&words, more].concat()).assert()
        };
        for format in ["csv", "jsonl", "md"] {
            let name = if format == "md" { "markdown" } else { format };
            let file = file_in(&folder, &format!("{at}.{format}"));
            run(&["--to", &file]).stdout("");
            assert_eq!(read(&file), stdout(&run(&["-o", name])), "{words} {format}");
            run(&["--to", &file]).failure();
        }
        let sheet = file_in(&folder, &format!("{at}.xlsx"));
        run(&["--to", &sheet]);
        assert!(fs::read(&sheet).is_ok_and(|bytes| bytes.starts_with(b"PK")), "{words}");
    }
}

#[test]
fn a_file_that_is_written_is_never_another_file_of_the_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| file_in(&folder, name);
    list_sandbox(&["--all", "--to", &path("s.jsonl")]).success();
    fs::write(path("config.toml"), "limit = 3\n").expect("a file");
    let (list, again, config) = (path("s.jsonl"), path("./s.jsonl"), path("config.toml"));
    let before = read(&list);
    for (arguments, says) in [
        (&["list", "--from", &list, "--receipt", &again, "--force"][..], "--receipt is the same file as --from"),
        (&["list", "-l", "5", "--from", &list, "--to", &again, "--force"], "--to is the same file as --from"),
        (&["get", "CX1", "--from", &list, "--to", &list, "--force"], "--to is the same file as --from"),
        (&["diff", &list, &list, "--to", &again, "--force"], "--to is the same file as OLD"),
        (&["check", "--from", &list, "--state", &again], "--state is the same file as --from"),
        (&["check", "--sandbox", "--state", "-"], "--state is the same file as stdout"),
        (&["list", "--sandbox", "--config", "/dev/stdout"], "the configuration is the same file as stdout"),
        (
            &["tree", "--sandbox", "--config", &config, "--to", &config, "--force"],
            "--to is the same file as the configuration",
        ),
        (
            &["count", "--sandbox", "--history", &list, "--to", &again, "--force", "-o", "csv"],
            "--to is the same file as the history",
        ),
    ] {
        let refused = carrierx(&[&["partners"], arguments].concat()).assert().failure();
        let said = stdout(&refused) + &stderr(&refused);
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert_eq!(read(&list), before, "{arguments:?}");
    }
}

/// Runs a script in a mount namespace of its own, as root; says so where that cannot be.
#[cfg(target_os = "linux")]
fn with_own_mounts(folder: &TempDir, script: &str) -> Option<(Option<i32>, String)> {
    let probe = shell_in(folder, "unshare -m true");
    if probe.0 != Some(0) {
        crate::common::skip(&format!("this needs a mount namespace: {}", probe.1));
        return None;
    }
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    Some(shell_in(folder, &format!("export carrierx='{program}'; unshare -m bash --norc -c '{script}'")))
}

#[cfg(target_os = "linux")]
#[test]
fn a_mount_point_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.csv", "b.csv", "config.toml"] {
        fs::write(file_in(&folder, name), "").expect("a file");
    }
    let api = Api::new();
    let page = api.page(&[], page_of(0, 1, 1));
    let list = format!(
        "mount --bind b.csv a.csv; CARRIERX_TOKEN={} CARRIERX_BASE_URL={} $carrierx partners list --to a.csv --force",
        crate::common::TOKEN,
        api.base_url()
    );
    let login = "mount --bind b.csv config.toml; echo x | $carrierx auth login --no-verify --config config.toml";
    for script in [&list, login] {
        let Some((status, said)) = with_own_mounts(&folder, script) else { return };
        assert_eq!(status, Some(1), "{said}");
        assert!(
            said.contains("it is a mount point, which cannot be replaced; mount its directory instead\nhint: "),
            "{said}"
        );
    }
    page.assert_calls(0);
    assert_eq!(names_in(&folder).len(), 3, "{:?}", names_in(&folder));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_folder_for_temporary_files_is_an_error_that_names_it_and_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "mkdir small; mount -t tmpfs -o size=64k small small; export TMPDIR=small; \
                  $carrierx partners list --all --sandbox --to all.xlsx; echo $? > status; ls small > left";
    let Some((_, said)) = with_own_mounts(&folder, script) else { return };
    assert!(said.contains("cannot write all.xlsx: a temporary file in small: No space left on device"), "{said}");
    assert_eq!(read(&file_in(&folder, "status")), "1\n");
    assert_eq!((read(&file_in(&folder, "left")).as_str(), names_in(&folder).len()), ("", 3), "{:?}", names_in(&folder));
}

#[cfg(target_os = "linux")]
#[test]
fn a_configuration_on_a_device_is_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "mknod null c 1 3; mkfifo pipe; ln -s null link; for name in null link pipe; do \
                  echo x | timeout 20 $carrierx auth login --no-verify --force --max-time 1s --config $name; echo $? >> statuses; done";
    let Some((_, said)) = with_own_mounts(&folder, script) else { return };
    assert!(!read(&file_in(&folder, "statuses")).contains('0'), "{said}");
    let kinds = shell_in(&folder, "test -c null && test -p pipe && test -L link");
    assert_eq!(kinds.0, Some(0), "{said}");
}

/// Whether the test runs as root, which alone can give files away, and can look at access lists; says so if not.
#[cfg(target_os = "linux")]
fn is_root() -> bool {
    let root = shell_in(&tempfile::tempdir().expect("a folder"), "test $(id -u) = 0 && type getfacl setpriv").0;
    if root != Some(0) {
        crate::common::skip("this needs root, getfacl (Debian: acl) and setpriv");
    }
    root == Some(0)
}

/// Prints who may read a file.
#[cfg(target_os = "linux")]
const LOOK: &str = "look() { stat -c '%u:%g' $1; getfacl -cEp $1; }";

#[cfg(target_os = "linux")]
#[test]
fn a_replaced_file_keeps_owner_group_and_mode_and_gains_no_readers() {
    if !is_root() {
        return;
    }
    for (before, after) in [
        ("chown 1234:2345 a.csv; chmod 640 a.csv", "1234:2345 user::rw- group::r-- other::---"),
        ("chown 1234:2345 a.csv; chmod 6755 a.csv", "1234:2345 user::rwx group::r-x other::r-x"),
        ("chmod 604 a.csv", "0:0 user::rw- group::--- other::r--"),
        // With a list, the mode does not tell who can read.
        ("chmod 640 a.csv; setfacl -d -m u:4321:rw .", "0:0 user::rw- user:4321:rw- group::r-x mask::--- other::---"),
        ("setfacl -m u:4321:r,g::-,m::rw a.csv", "0:0 user::rw- group::--- other::---"),
        ("setfacl -m u:4321:-,g:99:rw a.csv", "0:0 user::rw- group::--- other::---"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!(
            "{LOOK}; umask 022; touch a.csv; {before}; carrierx --to a.csv --force; test ! -u a.csv && \
             test ! -g a.csv && echo $(look a.csv) >&2"
        );
        assert_eq!(shell_in(&folder, &line), (Some(0), format!("{after}\n")), "{before}");
    }
    for folder_list in ["true", "setfacl -d -m u:4321:rw,o::- ."] {
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!(
            "{LOOK}; umask 027; {folder_list}; touch b.csv; carrierx --to a.csv; diff <(look a.csv) <(look b.csv) >&2"
        );
        assert_eq!(shell_in(&folder, &line), (Some(0), String::new()), "a new file is like any other: {folder_list}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_cannot_keep_the_group_lets_nobody_else_read() {
    if !is_root() {
        return;
    }
    // A copy, as the other user may not reach the directory of the build.
    let path = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    for (before, after) in [
        ("chmod 640 a.csv", "1234:1234 user::rw- group::--- other::---"),
        ("chmod 604 a.csv", "1234:1234 user::rw- group::--- other::---"),
        ("chmod 644 a.csv", "1234:1234 user::rw- group::r-- other::r--"),
        ("chmod 604 a.csv; setfacl -m u:4321:r,g::rw a.csv", "1234:1234 user::rw- group::--- other::---"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!(
            "{LOOK}; touch a.csv; {before}; chown 1234:1234 .; path='{path}'; cp \"$path\" own; \
             program=$(declare -f carrierx); program=${{program/\"$path\"/./own}}; \
             setpriv --reuid 1234 --regid 1234 --clear-groups bash --norc -c \"$program; carrierx --to a.csv --force\" \
             && echo $(look a.csv) >&2"
        );
        assert_eq!(shell_in(&folder, &line), (Some(0), format!("{after}\n")), "{before}");
    }
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
    for signal in "INT TERM HUP QUIT".split(' ') {
        let folder = tempfile::tempdir().expect("a folder");
        let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
        let mut command = std::process::Command::new("sh");
        command
            .env_clear()
            .envs(clean_room())
            .env("PATH", "/usr/bin:/bin")
            .env("CARRIERX_BASE_URL", &url)
            .env("CARRIERX_TOKEN", "x");
        // No core dumps.
        let line = format!("ulimit -c 0; exec '{program}' partners list --to '{}'", file_in(&folder, "a.csv"));
        let mut run = command.args(["-c", &line]).spawn().expect("a run");
        // Once it asks, its temporary file is there; the answer never comes.
        let connection = listener.accept().expect("a connection");
        assert_eq!(names_in(&folder).len(), 1);
        let line = format!("ulimit -c 0; kill -s {signal} {}; kill -l {signal}", run.id());
        let kill = std::process::Command::new("bash").args(["-c", &line]).output().expect("bash");
        let number = String::from_utf8(kill.stdout).expect("text").trim().parse().ok();
        assert_eq!((run.wait().expect("an end").signal(), number.is_some()), (number, true), "{signal}");
        assert!(names_in(&folder).is_empty(), "{signal}: {:?}", names_in(&folder));
        drop(connection);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_ignored_hangup_stays_ignored_with_and_without_proc() {
    let folder = tempfile::tempdir().expect("a folder");
    for hide in ["true", "mount -t tmpfs none /proc"] {
        // The reader of the pipe comes when the signal is long there.
        let script = format!(
            "rm -f pipe; mkfifo pipe; {hide}; (trap \"\" HUP; exec $carrierx partners list --sandbox -l 3 -o csv \
             --to pipe) & until test -p pipe; do :; done; sleep 0.3; kill -HUP $!; sleep 0.3; cat pipe; wait $!"
        );
        let Some((status, said)) = with_own_mounts(&folder, &script) else { return };
        assert_eq!(status, Some(0), "{hide}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_beyond_the_limit_of_its_size_is_an_error_of_writing() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = assert_cmd::cargo::cargo_bin!("carrierx").display().to_string();
    let line = format!("ulimit -f 8; '{program}' partners list --all --sandbox --to a.csv");
    let (status, said) = shell_in(&folder, &line);
    assert_eq!((status, names_in(&folder).len()), (Some(1), 0), "{said}");
    assert!(said.contains("File too large"), "{said}");
}
