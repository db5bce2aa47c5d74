//! The README: every command on it runs as it stands there, in a fresh account, and does what its sentence says.
//!
//! The account has the program in `~/.cargo/bin`, as `cargo install` leaves it, and a configuration whose only setting
//! is the address of a `carrierx sandbox serve`, in place of CarrierX. Blocks are run by their tag: `sh` command by
//! command, `console` with its output compared, `crontab` in cron's environment, `nagios` with its arguments filled
//! in, `sql` in DuckDB, `toml` as a configuration. Only blocks tagged `no_run` are not.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{self, Child, Stdio};
use std::time::Duration;

use carrierx::cli::Cli;
use carrierx::error::KINDS;

use crate::common::{carrierx, stderr, stdout};

const README: &str = include_str!("../../README.md");

/// Blocks that cannot be run here, by their first line, each with its reason.
const NOT_RUN: [(&str, &str); 3] = [
    ("cargo run --release -- partners list --sandbox", "a release build; .ci runs it"),
    ("cargo install --path . --locked", "a release build, and the account has the program already"),
    ("cargo install cargo-deb", "it changes the machine; .ci runs it"),
];

/// What the output of a command, found by a part of it, must contain: how many lines, and some text.
const SHOWN: [(&str, Option<usize>, &str); 22] = [
    ("auth login ", None, ""),
    ("auth status", None, "CX32345679"),
    ("find falcon", Some(12), "Cedar Falcon SIP Trunks Group"),
    ("(503) 555", Some(2), "name, phonenumber"),
    (
        "partners get CX32345679
",
        Some(31),
        "Yara Garner",
    ),
    ("velvet0001 -F", Some(4), "ivory0000"),
    ("--receipt receipt.json", Some(0), ""),
    ("sqlite3", Some(2), "prepay|170|"),
    ("partners diff partners.csv", Some(2), "no difference among 250 partners"),
    ("partners history CX15650613", Some(4), "unverified  active"),
    ("--at 7d", None, "as of 20"),
    ("partners check  ", Some(11), "critical=4;;0;0 warning=5;"),
    ("-w 60 -c 90 --crit-balance 10", None, "spend"),
    ("--recharge", None, "recharge"),
    ("check -f 'country", Some(3), ""),
    ("tree --depth 1", Some(18), "Acme Telecom"),
    ("tree --root", Some(13), "Tres Faroles"),
    ("tree -f 'status ne active'", None, "(Acme Telecom)"),
    ("xargs", Some(13), "remind example"),
    ("partners get - -o csv", Some(14), "Quiet Harbor"),
    ("--dry-run", None, "$CARRIERX_TOKEN"),
    ("-l 5 -v", Some(7), "attempt 1"),
];

/// A fenced block of the page.
#[derive(Debug)]
struct Block {
    section: &'static str,
    tag: &'static str,
    text: String,
}

/// The fenced blocks, in their order.
fn blocks() -> Vec<Block> {
    let (mut blocks, mut section, mut open) = (Vec::new(), "", None);
    for line in README.lines() {
        open = match (open.take(), line.strip_prefix("```")) {
            (None, Some(tag)) => Some(Block { section, tag, text: String::new() }),
            (Some(block), Some("")) => {
                blocks.push(block);
                None
            }
            (Some(block), _) => Some(Block { text: block.text + line + "\n", ..block }),
            (None, None) => {
                section = line.strip_prefix("## ").unwrap_or(section);
                None
            }
        };
    }
    blocks
}

fn blocks_of(tag: &str) -> impl Iterator<Item = Block> {
    blocks().into_iter().filter(move |block| block.tag == tag)
}

/// The commands of a block of shell: as many lines each as bash needs for a whole one.
fn commands(text: &str) -> Vec<String> {
    let (mut commands, mut command) = (Vec::new(), String::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        command.push_str(line);
        command.push('\n');
        let mut bash = process::Command::new("bash");
        let read = bash.args(["-n", "-c", &command]).stderr(Stdio::null()).status().expect("bash");
        if read.success() && !line.ends_with('\\') {
            commands.push(std::mem::take(&mut command));
        }
    }
    assert_eq!(command, "", "half a command");
    commands
}

/// The account of a newcomer, and the server that stands in for CarrierX.
struct Account {
    home: tempfile::TempDir,
    server: Child,
}

impl Account {
    fn new() -> Self {
        let program = assert_cmd::cargo::cargo_bin!("carrierx");
        let mut serve = process::Command::new(program);
        serve.env_clear().args(["sandbox", "serve"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = serve.spawn().expect("the sandbox");
        let lines = BufReader::new(server.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let base_url = lines.take(2).find_map(|line| Some(line.strip_prefix("export CARRIERX_BASE_URL=")?.to_owned()));

        let home = tempfile::tempdir().expect("a home");
        let (bin, configuration) = (home.path().join(".cargo/bin"), home.path().join(".config/carrierx"));
        fs::create_dir_all(&bin).and_then(|()| fs::create_dir_all(&configuration)).expect("folders");
        symlink(program, bin.join("carrierx")).expect("the program");
        let setting = format!("base_url = \"{}\"\n", base_url.expect("a base URL"));
        fs::write(configuration.join("config.toml"), setting).expect("a file");
        fs::set_permissions(configuration.join("config.toml"), fs::Permissions::from_mode(0o600)).expect("a file");
        Self { home, server }
    }

    /// A program in this account, with nothing in its environment but what a login gives, and the token of the sandbox
    /// on stdin, for whoever asks for one.
    fn program(&self, name: &str, arguments: &[&str]) -> assert_cmd::Command {
        let home = self.home.path();
        let mut program = assert_cmd::Command::new(name);
        program.env_clear().env("HOME", home).env("LC_ALL", "C.UTF-8").current_dir(home);
        program.env("PATH", format!("{}/.cargo/bin:/usr/bin:/bin", home.display()));
        program.args(arguments).timeout(Duration::from_secs(60)).write_stdin("sandbox\n");
        program
    }

    /// What a command of bash prints, stderr included, and the status that it ends with.
    fn bash(&self, command: &str) -> (String, i32) {
        let line = format!("exec 2>&1\n{command}");
        let ended = self.program("bash", &["--norc", "-o", "pipefail", "-c", &line]).assert();
        (stdout(&ended), ended.get_output().status.code().expect("a status"))
    }

    /// Runs what a section's blocks of shell have, and gives each command with what it printed.
    fn run(&self, block: &Block) -> Vec<(String, String)> {
        let run = |command: String| {
            let (shown, status) = self.bash(&command);
            // What a check finds is a status, too; an error would be 3.
            let allowed = if command.contains("carrierx partners check") { 2 } else { 0 };
            assert!(status <= allowed, "{command}ended with {status}:\n{shown}");
            assert!(!shown.contains("warning: ") && !shown.contains("error: "), "{command}{shown}");
            (command, shown)
        };
        commands(&block.text).into_iter().map(run).collect()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        _ = self.server.kill().and_then(|()| self.server.wait());
    }
}

#[test]
fn every_command_of_the_readme_does_what_its_sentence_says() {
    let account = Account::new();
    let ran: Vec<_> = blocks_of("sh").flat_map(|block| account.run(&block)).collect();
    for (part, lines, text) in SHOWN {
        let found: Vec<_> = ran.iter().filter(|(command, _)| command.contains(part)).collect();
        let [(command, shown)] = found[..] else { panic!("{part}: {found:?}") };
        assert!(shown.contains(text) && lines.is_none_or(|lines| shown.lines().count() == lines), "{command}{shown}");
    }
    let rows = |name: &str| fs::read_to_string(account.home.path().join(name)).expect(name).lines().count();
    assert_eq!(["partners.csv", "hierarchy.csv"].map(rows), [251, 251]);
    let workbook = fs::read(account.home.path().join("partners.xlsx")).expect("a workbook");
    assert!(workbook.starts_with(b"PK"));
    let receipt = fs::read_to_string(account.home.path().join("receipt.json")).expect("a receipt");
    assert!(receipt.contains("\"complete\": true"), "{receipt}");

    account.bash("carrierx partners list --all --to nightly.jsonl.gz");
    let script = "
import duckdb, sys
for line in sys.argv[1].splitlines():
    result = duckdb.sql(line)
print(sorted(result.fetchall()))
print(duckdb.sql('SELECT (SELECT sum(balance) FROM partners), (SELECT sum(balance) FROM nightly)').fetchall())";
    let lines: String = blocks_of("sql").map(|block| block.text).collect();
    let loaded = stdout(&account.program("/usr/bin/python3", &["-c", script, &lines]).assert().success());
    let sum = "Decimal('1073370.80490010')";
    assert!(loaded.contains("('closed', 2, Decimal(") && loaded.contains(&format!("[({sum}, {sum})]")), "{loaded}");
}

/// The text without the seconds that a check took, which differ from run to run.
fn without_time(text: &str) -> String {
    let Some((before, rest)) = text.split_once(" time=") else { return text.to_owned() };
    let seconds = rest.find("s;").filter(|end| rest[..*end].parse::<f64>().is_ok()).expect("seconds");
    format!("{before} time={}", &rest[seconds..])
}

#[test]
fn shown_output_is_what_comes() {
    let account = Account::new();
    let mut shown = 0;
    for block in blocks_of("console") {
        for part in format!("\n{}", block.text).split("\n$ ").skip(1) {
            let (command, output) = part.split_once('\n').unwrap_or((part, ""));
            let steady = |text: &str| without_time(text.trim_end());
            assert_eq!(steady(&account.bash(command).0), steady(output), "{command}");
            shown += 1;
        }
    }
    assert!(shown > 5, "only {shown} commands");
}

#[test]
fn what_is_installed_by_hand_works_in_a_new_shell() {
    let account = Account::new();
    blocks_of("sh").filter(|block| block.section == "Install").for_each(|block| _ = account.run(&block));
    for (shell, arguments, expected) in [
        ("man", &["-w", "carrierx-partners-list"][..], "/.cargo/share/man/man1/carrierx-partners-list.1"),
        ("bash", &["-ic", "complete -p carrierx"], "carrierx"),
        ("zsh", &["-ic", "print $_comps[carrierx]"], "_carrierx"),
        ("fish", &["-c", "complete -C 'carrierx partners lis'"], "list"),
    ] {
        let shown = stdout(&account.program(shell, arguments).assert().success());
        assert!(shown.contains(expected), "{shell}: {shown}");
    }
}

#[test]
fn lines_for_cron_run_in_its_environment() {
    let account = Account::new();
    account.bash("carrierx auth login");
    let lines: Vec<String> =
        blocks_of("crontab").flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    for line in &lines {
        let command = line.splitn(6, char::is_whitespace).nth(5).expect("five fields and a command").trim();
        assert!(!command.contains('%'), "cron takes % for the end of the line: {line}");
        let mut shell = account.program("/bin/sh", &["-c", command]);
        let ended = shell.env("PATH", "/usr/bin:/bin").env_remove("LC_ALL").assert();
        let status = ended.get_output().status.code();
        assert!(status <= Some(2) && stderr(&ended).is_empty(), "{line}: {status:?} {}", stderr(&ended));
    }
    assert!(lines.len() > 1 && account.home.path().join("nightly.jsonl.gz").exists());
}

#[test]
fn the_command_for_nagios_runs_with_its_arguments() {
    let account = Account::new();
    account.bash("carrierx auth login");
    let block = blocks_of("nagios").next().expect("a block");
    let command = block.text.lines().find_map(|line| line.trim().strip_prefix("command_line")).expect("a command");
    let program = format!("{}/.cargo/bin/carrierx", account.home.path().display());
    let command = command.replace("/usr/bin/carrierx", &program);
    let command = ["80", "95", "0"]
        .iter()
        .enumerate()
        .fold(command, |command, (at, argument)| command.replace(&format!("$ARG{}$", at + 1), argument));
    let (shown, status) = account.bash(&command);
    assert!(shown.starts_with("CARRIERX CRITICAL - ") && status == 2, "{command}: {status} {shown}");
}

#[test]
fn the_configuration_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for block in blocks_of("toml") {
        let file = folder.path().join("config.toml");
        fs::write(&file, &block.text).expect("a file");
        let file = file.display().to_string();
        let shown = stdout(&carrierx(&["config", "show", "--config", &file]).assert().success());
        assert!(shown.contains("production"), "{shown}");
    }
}

#[test]
fn every_filter_of_the_table_matches_and_warns_of_nothing() {
    let filters: Vec<_> = rows("Filters").into_iter().flat_map(|row| code(row.last().expect("a cell"))).collect();
    for filter in &filters {
        let count = carrierx(&["partners", "count", "--sandbox", "-f", filter]).assert().success().stderr("");
        assert!((1..250).contains(&stdout(&count).trim().parse().expect("a number")), "{filter}");
    }
    assert!(filters.len() > 8, "{filters:?}");
}

#[test]
fn every_exit_status_is_in_the_table_under_its_kind() {
    let rows = rows("Exit status");
    let listed: Vec<_> = rows.iter().map(|row| (row[0].clone(), code(&row[1]).join(""))).collect();
    let kinds = KINDS.map(|(kind, name, _)| (kind.exit_status().to_string(), name.to_owned()));
    assert_eq!(listed[1..], kinds);
}

#[test]
fn commands_in_the_text_can_be_typed() {
    let prose = README.split("```").step_by(2).flat_map(str::lines);
    let commands: BTreeSet<_> = prose.flat_map(code).filter(|code| code.starts_with("carrierx ")).collect();
    for command in &commands {
        let words: Vec<OsString> = command.split(' ').map(OsString::from).collect();
        let parsed = Cli::read(&words);
        assert!(parsed.as_ref().err().is_none_or(|error| !error.use_stderr()), "{command}: {parsed:?}");
    }
    assert!(commands.len() > 5, "{commands:?}");
}

#[test]
fn every_block_is_run_or_has_a_reason() {
    let mut reasons = NOT_RUN.iter();
    for block in blocks() {
        match block.tag {
            "sh" | "console" | "crontab" | "nagios" | "sql" | "toml" => {}
            "sh no_run" => {
                let (first_line, _) = reasons.next().unwrap_or_else(|| panic!("no reason for {block:?}"));
                assert!(block.text.starts_with(first_line), "{block:?}");
            }
            _ => panic!("nobody runs {block:?}"),
        }
    }
    assert_eq!(reasons.next(), None);
}

#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for link in README.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
        assert!(link.starts_with("https://") || root.join(link).is_file(), "{link}");
    }
}

/// The rows of the first table of a section, each as its cells.
fn rows(section: &str) -> Vec<Vec<String>> {
    let begin = README.find(&format!("\n## {section}\n")).expect("a section");
    let lines =
        README[begin..].lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    lines.skip(2).map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands between backticks.
fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
