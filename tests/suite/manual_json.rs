//! The manual for programs: everything is in it, it is small, and what it says is true.

use std::collections::HashSet;
use std::time::Duration;

use assert_cmd::Command;
use carrierx::cli;
use carrierx::error::Kind;
use serde_json::Value;

use crate::common::{carrierx, skip, stderr, stdout};

/// What `man -o json` prints with these words.
fn printed(words: &[&str]) -> String {
    stdout(&carrierx(&[&["man", "-o", "json"], words].concat()).assert().success().stderr(""))
}

/// The whole manual.
fn manual() -> Value {
    serde_json::from_str(&printed(&[])).expect("JSON")
}

/// The items of a list in an object.
fn items<'v>(value: &'v Value, list: &str) -> &'v [Value] {
    value[list].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}

fn texts<'v>(value: &'v Value, list: &str) -> Vec<&'v str> {
    items(value, list).iter().filter_map(Value::as_str).collect()
}

/// The commands that can be typed, with the words that lead to each.
fn commands() -> Vec<(String, clap::Command)> {
    fn add(command: &clap::Command, above: &str, commands: &mut Vec<(String, clap::Command)>) {
        let path = format!("{above}{}", command.get_name());
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            add(below, &format!("{path} "), commands);
        }
        commands.push((path, command.clone()));
    }
    let mut root = cli::command();
    root.build();
    let mut commands = Vec::new();
    add(&root, "", &mut commands);
    commands
}

/// The words of a command, without the program's name.
fn words(path: &str) -> Vec<&str> {
    path.split(' ').skip(1).collect()
}

#[test]
fn every_command_and_argument_of_the_program_is_in_the_manual_for_programs() {
    let manual = manual();
    let listed: HashSet<_> = items(&manual, "commands").iter().map(|command| text(command, "path")).collect();
    assert_eq!(listed, commands().iter().map(|(path, _)| path.as_str()).collect());
    for (path, command) in commands() {
        let entry = items(&manual, "commands").iter().find(|entry| entry["path"] == path).expect("a command");
        assert_eq!(entry["about"], command.get_about().map(ToString::to_string).unwrap_or_default(), "{path}");
        for arg in command.get_arguments() {
            let list = if arg.is_global_set() { items(&manual, "options") } else { items(entry, "arguments") };
            let long = arg.get_long().map(|long| format!("--{long}"));
            let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
            let found = list.iter().filter(|facts| match &long {
                Some(long) => facts["long"] == *long,
                None => facts["long"].is_null() && facts["value"] == value.clone().unwrap_or_default(),
            });
            let found: Vec<_> = found.collect();
            assert_eq!(found.len(), 1, "{path} {}", arg.get_id());
            let short = arg.get_short().map(|short| format!("-{short}"));
            assert_eq!(found[0]["short"].as_str(), short.as_deref(), "{path} {}", arg.get_id());
            assert!(text(found[0], "help").starts_with(&arg.get_help().map(ToString::to_string).unwrap_or_default()));
            if arg.get_action().takes_values() {
                let values = arg.get_possible_values();
                let values: Vec<_> = values.iter().map(|value| value.get_name()).collect();
                assert_eq!(texts(found[0], "values"), values, "{path} {}", arg.get_id());
            }
            assert_eq!(found[0]["value"].is_null(), !arg.get_action().takes_values(), "{path} {}", arg.get_id());
        }
    }
}

#[test]
fn every_status_field_and_topic_of_the_program_is_in_the_manual_for_programs() {
    let manual = manual();
    for kind in Kind::ALL {
        let row = items(&manual, "statuses").iter().find(|row| row["kind"] == kind.name()).expect("a kind");
        assert_eq!(row["status"], kind.exit_status());
        assert!(!text(row, "meaning").is_empty() && row["retryable"].is_boolean(), "{row}");
    }
    let fields: Vec<Value> =
        serde_json::from_str(&stdout(&carrierx(&["partners", "fields", "-o", "json"]).assert().success()))
            .expect("JSON");
    assert_eq!(items(&manual, "fields").len(), fields.len());
    for (listed, field) in items(&manual, "fields").iter().zip(&fields) {
        for (name, value) in field.as_object().expect("an object") {
            assert_eq!(listed[name], *value, "{field}");
        }
    }
    for topic in items(&manual, "topics") {
        let help = stdout(&carrierx(&["help", text(topic, "name")]).assert().success());
        assert_eq!(text(topic, "text").trim_end(), help.trim_end());
    }
    assert_eq!(items(&manual, "topics").len(), 3);
}

#[test]
fn one_command_has_at_most_8_kb_and_all_have_at_most_96() {
    for (path, _) in commands().iter().filter(|(path, _)| path != "carrierx") {
        let text = printed(&words(path));
        assert!(text.len() <= 8 * 1024, "{path}: {} bytes", text.len());
        let one: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((items(&one, "commands").len(), &one["commands"][0]["path"]), (1, &Value::from(path.as_str())));
        let of_command: HashSet<_> = items(&one["commands"][0], "statuses").iter().map(|s| &s["kind"]).collect();
        assert_eq!(of_command, items(&one, "statuses").iter().map(|status| &status["kind"]).collect(), "{path}");
    }
    let all = printed(&[]);
    assert!(all.len() <= 96 * 1024, "{} bytes", all.len());
}

/// Runs a tool on text; none if it is not installed.
#[cfg(unix)]
fn tool(name: &str, arguments: &[&str], input: &str) -> Option<std::process::Output> {
    let mut tool = Command::new(name);
    tool.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").timeout(Duration::from_secs(60));
    match tool.args(arguments).write_stdin(input).ok() {
        Ok(output) => Some(output),
        Err(error) => match error.as_output() {
            Some(output) => Some(output.clone()),
            None if error.to_string().contains("No such file") => {
                skip(&format!("{name} is not installed"));
                None
            }
            None => panic!("{name}: {error}"),
        },
    }
}

#[cfg(unix)]
#[test]
fn jq_reads_the_manual_for_programs() {
    let filter = ".commands[] | select(.path == \"carrierx partners list\") | .arguments[] | \
                  select(.environment == \"CARRIERX_LIMIT\") | [.long, .short, .default, .key, .conflicts[]] | join(\" \")";
    let Some(output) = tool("jq", &["-r", filter], &printed(&[])) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--limit -l 100 limit --all\n");
}

#[cfg(unix)]
#[test]
fn the_manual_for_programs_is_valid_by_its_own_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = folder.path().join("schema.json");
    std::fs::write(&schema, stdout(&carrierx(&["man", "--schema"]).assert().success().stderr(""))).expect("a file");
    let written = |name: &str, manual: &str| {
        let path = folder.path().join(name).display().to_string();
        std::fs::write(&path, manual).expect("a file");
        path
    };
    let validate = |files: &[String]| {
        let files = files.iter().flat_map(|file| ["-i", file.as_str()]);
        tool("jsonschema", &files.chain([schema.to_str().expect("UTF-8")]).collect::<Vec<_>>(), "")
    };
    let paths = commands();
    let topics = ["filters", "config.5", "monitoring"].map(|topic| vec![topic]);
    let subjects = paths.iter().map(|(path, _)| words(path)).chain(topics);
    let files: Vec<_> =
        subjects.map(|subject| written(&format!("{}.json", subject.join(" ")), &printed(&subject))).collect();
    let Some(output) = validate(&files) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The schema refuses what it does not describe, and is the one that the manual names.
    let mut manual = manual();
    let named: Value = serde_json::from_str(&std::fs::read_to_string(&schema).expect("a schema")).expect("JSON");
    assert_eq!(manual["schema"], named["$id"]);
    manual["commands"][3]["arguments"] = serde_json::json!([{ "long": "limit", "help": "x" }]);
    let wrong = written("wrong.json", &manual.to_string());
    assert!(!validate(&[wrong]).expect("a validator").status.success());
}

#[test]
fn a_default_in_the_help_is_the_default_in_the_manual_for_programs() {
    let manual = manual();
    let mut seen = 0;
    for (path, argument) in arguments(&manual).filter(|(_, argument)| argument["long"].is_string()) {
        let Some((_, rest)) = text(argument, "help").split_once("[default: ") else { continue };
        let default = rest.split_once(']').expect("an end").0;
        assert_eq!(argument["default"], default, "{path} {argument}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

/// The arguments of all commands with their paths, and the options of every command with that of one.
fn arguments(manual: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let own = items(manual, "commands")
        .iter()
        .flat_map(|command| items(command, "arguments").iter().map(move |argument| (text(command, "path"), argument)));
    own.chain(items(manual, "options").iter().map(|option| ("carrierx partners count", option)))
}

#[test]
fn conflicts_in_the_manual_for_programs_are_refused() {
    let manual = manual();
    let mut tried = 0;
    for (path, argument) in arguments(&manual) {
        for other in texts(argument, "conflicts") {
            let (_, other) = arguments(&manual)
                .find(|(of, found)| *of == path && (found["long"] == other || found["value"] == other))
                .expect("the other argument");
            let typed = [argument, other].map(|argument| {
                let value = argument["value"].as_str().map(|value| if value == "MOMENT" { "1d" } else { "1" });
                argument["long"].as_str().into_iter().chain(value).collect::<Vec<_>>().join(" ")
            });
            let line = format!("{path} {} {}", typed[0], typed[1]);
            let words: Vec<_> = line.split_whitespace().skip(1).chain(path.ends_with("get").then_some("x")).collect();
            let words =
                [&words[..], if path.ends_with("find") || path.ends_with("diff") { &["x"] } else { &[] }].concat();
            let refused = stderr(&carrierx(&words).assert().failure());
            assert!(refused.contains("cannot be used"), "{line}: {refused}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
    // Those that the parser does not know are among them.
    let sandbox = items(&manual, "options").iter().find(|option| option["long"] == "--sandbox").expect("an option");
    assert_eq!(texts(sandbox, "conflicts"), ["--from", "--at", "--base-url"]);
}

#[test]
fn the_columns_of_rows_are_those_in_the_manual_for_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = folder.path().join("old.jsonl").display().to_string();
    let list = stdout(&carrierx(&["partners", "list", "--sandbox", "-q", "--all", "-o", "jsonl"]).assert().success());
    let mut partners: Vec<Value> = list.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    partners.pop();
    partners[0]["balance"] = "0.01".into();
    let lines: Vec<_> = partners.iter().map(ToString::to_string).collect();
    std::fs::write(&old, lines.join("\n") + "\n").expect("a file");

    let history = folder.path().join("history").display().to_string();
    carrierx(&["sandbox", "history", &history, "--nights", "22"]).assert().success();

    let manual = manual();
    // What brings the columns that are not always there.
    let lines = [
        ("carrierx partners list", "--all --sandbox".to_owned()),
        ("carrierx partners get", "CX15650613 ivory0000 --sandbox".to_owned()),
        ("carrierx partners find", "garner --sandbox".to_owned()),
        ("carrierx partners tree", "-f status~ne~active --sandbox".to_owned()),
        (
            "carrierx partners check",
            format!(
                "--recharge --runway-warn 7d --history {history} --state {}/state --sandbox",
                folder.path().display()
            ),
        ),
        ("carrierx partners diff", format!("{old} --amounts --sandbox")),
        ("carrierx partners history", format!("--amounts --history {history}")),
        ("carrierx partners fields", String::new()),
        ("carrierx config show", String::new()),
        ("carrierx auth status", "--sandbox".to_owned()),
    ];
    let with_columns = items(&manual, "commands").iter().filter(|command| command["columns"].is_object());
    let with_columns: HashSet<_> = with_columns.map(|command| text(command, "path")).collect();
    let here: HashSet<_> = lines.iter().map(|(path, _)| *path).chain(["carrierx partners count"]).collect();
    assert_eq!(with_columns, here);
    let prints_rows = |command: &clap::Command| command.get_arguments().any(|arg| arg.get_long() == Some("no-header"));
    for (path, _) in commands().iter().filter(|(_, command)| prints_rows(command)) {
        assert!(with_columns.contains(path.as_str()), "{path} has no columns");
    }

    for (path, line) in lines {
        let run = |format: &str| {
            let typed = line.split_whitespace().map(|word| word.replace('~', " "));
            let words: Vec<String> = words(path).into_iter().map(str::to_owned).chain(typed).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).chain(["-q", "-o", format]).collect();
            let run = carrierx(&words).assert();
            assert!(stderr(&run).is_empty(), "{words:?}: {}", stderr(&run));
            // Each run sees the first one again.
            _ = std::fs::remove_file(folder.path().join("state"));
            stdout(&run)
        };
        let command = items(&manual, "commands").iter().find(|command| command["path"] == path).expect("a command");
        let columns = &command["columns"];
        let header = run("csv").lines().next().unwrap_or_default().to_owned();
        assert_eq!(header.split(',').collect::<Vec<_>>(), texts(columns, "rows"), "{path}");
        let table = run("table");
        if path == "carrierx auth status" {
            let names: Vec<_> = table.lines().filter_map(|line| line.split_whitespace().next()).collect();
            assert_eq!(names, texts(columns, "table"), "{path}");
        } else {
            let header = table.lines().find(|line| !line.starts_with("CARRIERX ")).expect("a header");
            let names: Vec<_> = header.split_whitespace().collect();
            // A reason that no partner has brings no column.
            let may_lack = |name: &&str| path == "carrierx partners check" && ["owed", "spending_limit"].contains(name);
            let listed: Vec<_> = texts(columns, "table");
            let listed: Vec<_> = listed.into_iter().filter(|name| names.contains(name) || !may_lack(name)).collect();
            assert_eq!(names, listed, "{path}");
        }
        let members = if columns["objects"].is_array() { texts(columns, "objects") } else { texts(columns, "rows") };
        let objects: Value = serde_json::from_str(&run("json")).expect("JSON");
        let objects = objects.as_array().cloned().unwrap_or_else(|| vec![objects]);
        let found: HashSet<_> =
            objects.iter().flat_map(|object| object.as_object().expect("an object").keys()).collect();
        let found: HashSet<&str> = found.into_iter().map(String::as_str).collect();
        assert_eq!(found, members.into_iter().collect(), "{path}");
    }
}

#[test]
fn the_columns_of_groups_are_those_in_the_manual_for_programs() {
    let one: Value = serde_json::from_str(&printed(&["partners", "count"])).expect("JSON");
    let columns: Vec<_> =
        texts(&one["commands"][0]["columns"], "rows").iter().map(|name| name.replace("FIELD", "balance")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list.jsonl");
    std::fs::write(&file, "{\"partner_sid\":\"1\",\"display_id\":\"CX1\",\"balance\":\"none\"}\n").expect("a file");
    let line = ["partners", "count", "--by", "balance", "--sum", "balance", "-q", "-o", "csv", "--from"];
    let shown = stdout(&carrierx(&[&line[..], &[&file.display().to_string()]].concat()).assert().success());
    assert_eq!(shown.lines().next(), Some(columns.join(",").as_str()));
}

#[test]
fn an_option_that_takes_no_setting_names_none() {
    let key = |words: &[&str], long: &str| {
        let one: Value = serde_json::from_str(&printed(words)).expect("JSON");
        let arguments = items(&one["commands"][0], "arguments").to_vec();
        arguments.into_iter().find(|argument| argument["long"] == long).expect(long)["key"].clone()
    };
    for (words, long, is_setting) in [
        (["partners", "list"], "--limit", true),
        (["partners", "list"], "--fields", true),
        (["partners", "find"], "--limit", false),
        (["partners", "find"], "--fields", true),
        (["partners", "get"], "--fields", true),
        (["partners", "diff"], "--fields", false),
    ] {
        assert_eq!(key(&words, long).is_string(), is_setting, "{words:?} {long}");
    }
    // And this is so.
    let found = ["partners", "find", "a", "--sandbox", "-q", "-o", "csv", "--no-header"];
    let found = stdout(&carrierx(&found).env("CARRIERX_LIMIT", "1").assert().success());
    assert_eq!(found.lines().count(), 20);
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.jsonl", "new.jsonl"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&old, "{\"partner_sid\":\"1\",\"name\":\"a\"}\n").expect("a file");
    std::fs::write(&new, "{\"partner_sid\":\"1\",\"name\":\"b\"}\n").expect("a file");
    let differences =
        carrierx(&["partners", "diff", &old, &new, "--exit-code"]).env("CARRIERX_FIELDS", "login").assert();
    assert_eq!(differences.get_output().status.code(), Some(11));
    for (words, lines) in [(["list", "--all"], 250), (["get", "CX15650613"], 1)] {
        let line = [&["partners"], &words[..], &["--sandbox", "-q", "-o", "csv"]].concat();
        let shown = stdout(&carrierx(&line).env("CARRIERX_FIELDS", "login").assert().success());
        assert!(shown.starts_with("login\n") && shown.lines().count() == lines + 1, "{words:?}: {shown}");
    }
}

#[test]
fn commands_end_with_statuses_that_the_manual_for_programs_has_of_them() {
    let manual = manual();
    let kinds = |path: &str| {
        let command = items(&manual, "commands").iter().find(|command| command["path"] == path).expect("a command");
        items(command, "statuses").iter().map(|status| (status["status"].clone(), text(status, "kind"))).collect()
    };
    let nobody = "http://127.0.0.1:9/core/v2";
    for (path, arguments, kind) in [
        ("carrierx", "--nonsense", "usage"),
        ("carrierx partners", "lits", "usage"),
        ("carrierx partners list", "", "config"),
        ("carrierx partners list", "--base-url BASE", "network"),
        ("carrierx partners get", "CX1 --sandbox", "rejected"),
        ("carrierx partners count", "--from /no/such.jsonl", "other"),
        ("carrierx partners diff", "/no/such.jsonl", "other"),
        ("carrierx partners check", "", "unknown"),
        ("carrierx partners check", "--sandbox", "critical"),
        ("carrierx auth status", "--base-url BASE", "network"),
        ("carrierx auth logout", "--config /no/such.toml", "config"),
        ("carrierx config show", "--config /no/such.toml", "config"),
        ("carrierx completions", "tcsh", "usage"),
        ("carrierx man", "lits", "usage"),
        ("carrierx man", "--dir /dev/null/x", "other"),
    ] {
        let typed: Vec<_> = arguments.split_whitespace().map(|word| word.replace("BASE", nobody)).collect();
        let words: Vec<_> = words(path).into_iter().chain(typed.iter().map(String::as_str)).collect();
        let mut run = carrierx(&words);
        run.env("CARRIERX_RETRIES", "0");
        if arguments.contains("BASE") {
            run.env("CARRIERX_TOKEN", "token");
        }
        let status = run.assert().get_output().status.code().expect("a status");
        let kinds: Vec<(Value, &str)> = kinds(path);
        assert!(kinds.contains(&(Value::from(status), kind)), "{words:?}: {status} {kind} in {kinds:?}");
    }
    let lacks = |path: &str, kind: &str| kinds(path).into_iter().all(|(_, name): (Value, &str)| name != kind);
    assert!(lacks("carrierx completions", "auth") && lacks("carrierx partners list", "differs"));
    assert!(lacks("carrierx partners check", "usage") && lacks("carrierx config path", "server"));
}

#[test]
fn neither_environment_nor_configuration_changes_what_man_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "output = \"json\"\nnonsense = \n").expect("a file");
    for line in [&["man", "-o", "json"][..], &["man", "-o", "json", "partners", "list"], &["man", "partners", "list"]] {
        let plain = stdout(&carrierx(line).assert().success());
        for variables in [[("CARRIERX_OUTPUT", "json"), ("CARRIERX_LIMIT", "7")], [("CARRIERX_OUTPUT", "x"), ("X", "")]]
        {
            let mut run = carrierx(line);
            run.env("CARRIERX_CONFIG", &file).env("CARRIERX_BASE_URL", "ftp://x").envs(variables);
            assert!(stdout(&run.assert().success().stderr("")) == plain, "{line:?} {variables:?}");
        }
    }
}

#[test]
fn the_last_format_that_is_typed_counts_for_man() {
    assert_eq!(stdout(&carrierx(&["man", "-o", "csv", "-o", "JSON"]).assert().success()), printed(&[]));
    let alias = printed(&["partners", "ls"]);
    assert_eq!(alias, printed(&["partners", "list"]));
}

#[cfg(unix)]
#[test]
fn on_a_terminal_the_manual_for_programs_is_indented() {
    let shown = crate::common::in_terminal(&[], 80, "man -o json partners list");
    assert!(shown.starts_with("{\n  \"schema\": "), "{shown}");
    assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON")["commands"][0]["path"], "carrierx partners list");
}
