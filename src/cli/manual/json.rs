//! The manual for programs: one JSON object about the whole program, or about one command or topic.
//!
//! `schema.json`, which `man --schema` prints, describes it.

use clap::{Arg, ArgAction, Command};
use serde::Serialize;

use crate::api::field::Field;
use crate::api::partner::PARTNERS;
use crate::cli::topics::{TOPICS, Topic};
use crate::settings::ROWS;

use super::examples::Examples;
use super::statuses::{self, Status};
use super::{NoSuchPage, Subject, built, find, sections, synopsis, visible};

/// The JSON Schema of the manual.
pub const SCHEMA: &str = include_str!("schema.json");

/// The `$id` of that.
const SCHEMA_ID: &str = "urn:carrierx:manual:1";

/// What the commands know of themselves.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The columns of the rows that the command with these names prints.
    pub columns: fn(&[&str]) -> Option<RowColumns>,
    /// Options of every command of which only one can be given.
    pub exclusive: &'static [&'static str],
}

/// The columns of a command's rows.
#[derive(Debug, Serialize)]
pub struct RowColumns {
    table: Vec<String>,
    rows: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<Vec<String>>,
}

impl RowColumns {
    /// Those of a table, and those of the other formats.
    pub fn new<T: Into<String>, R: Into<String>>(
        table: impl IntoIterator<Item = T>,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        let table = table.into_iter().map(Into::into).collect();
        Self { table, rows: rows.into_iter().map(Into::into).collect(), objects: None }
    }

    /// Columns that are the same in all formats.
    pub fn same(names: impl IntoIterator<Item = &'static str> + Clone) -> Self {
        Self::new(names.clone(), names)
    }

    /// The same, with objects in JSON that have other members.
    pub fn with_objects(self, members: impl IntoIterator<Item = &'static str>) -> Self {
        Self { objects: Some(members.into_iter().map(Into::into).collect()), ..self }
    }
}

#[derive(Serialize)]
struct Manual {
    schema: &'static str,
    version: &'static str,
    statuses: Vec<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environment: Vec<Variable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Argument>,
    commands: Vec<CommandFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    topics: Vec<TopicText>,
}

#[derive(Serialize)]
struct Variable {
    name: &'static str,
    meaning: &'static str,
}

#[derive(Serialize)]
struct FieldFacts {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    group: &'static str,
    nullable: bool,
    read_only: bool,
    meaning: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    values: &'static [&'static str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    known_values: &'static [&'static str],
}

#[derive(Serialize)]
struct CommandFacts {
    path: String,
    about: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    usage: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subcommands: Vec<Subcommand>,
    arguments: Vec<Argument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<RowColumns>,
    statuses: Vec<StatusName>,
    examples: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Subcommand {
    name: String,
    about: String,
}

#[derive(Serialize)]
struct StatusName {
    status: u8,
    kind: &'static str,
}

/// An option or a positional argument; what does not apply is left out.
#[derive(Serialize)]
struct Argument {
    #[serde(skip_serializing_if = "Option::is_none")]
    long: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    #[serde(skip_serializing_if = "is_false")]
    repeatable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<String>,
    help: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

#[derive(Serialize)]
struct TopicText {
    name: &'static str,
    about: &'static str,
    text: String,
}

/// The whole manual; or the part about the command or topic with these names, without the tables that all share.
pub fn manual(words: &[String], facts: Facts) -> Result<String, NoSuchPage> {
    let root = built();
    let mut manual = Manual {
        schema: SCHEMA_ID,
        version: env!("CARGO_PKG_VERSION"),
        statuses: Vec::new(),
        environment: Vec::new(),
        fields: Vec::new(),
        options: Vec::new(),
        commands: Vec::new(),
        topics: Vec::new(),
    };
    if words.is_empty() {
        manual.statuses = statuses::all();
        manual.environment = sections::ENVIRONMENT.iter().flat_map(variables).collect();
        manual.fields = fields();
        let options = root.get_arguments().filter(|arg| arg.is_global_set());
        manual.options = options.map(|option| argument(option, &root, &[], facts)).collect();
        add_with_those_below(&root, &mut Vec::new(), facts, &mut manual.commands);
        manual.topics = TOPICS.map(text).into();
    } else {
        match find(&root, words)? {
            Subject::Command(path, command) => {
                manual.statuses = statuses::of_command(&path);
                manual.commands = vec![command_facts(command, &path, facts)];
            }
            Subject::Topic(topic) => manual.topics = vec![text(topic)],
        }
    }
    // Strings, numbers and lists of them always become JSON.
    Ok(serde_json::to_string(&manual).unwrap_or_default())
}

fn add_with_those_below<'c>(
    command: &'c Command,
    path: &mut Vec<&'c str>,
    facts: Facts,
    commands: &mut Vec<CommandFacts>,
) {
    commands.push(command_facts(command, path, facts));
    for below in visible(command) {
        path.push(below.get_name());
        add_with_those_below(below, path, facts, commands);
        path.pop();
    }
}

fn command_facts(command: &Command, path: &[&str], facts: Facts) -> CommandFacts {
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let long_about = command.get_long_about().map(ToString::to_string);
    let description = long_about.as_deref().and_then(|text| text.split_once("\n\n"));
    let after = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let examples = Examples::of(&after);
    let add = examples.add.map(|add| format!("Add {add}."));
    let arguments = command.get_arguments().filter(|arg| !arg.is_global_set() && !arg.is_hide_set());
    let subcommand = |command: &Command| Subcommand { name: command.get_name().to_owned(), about: about(command) };
    let status = |status: Status| StatusName { status: status.status, kind: status.kind };
    CommandFacts {
        path: ["carrierx"].iter().chain(path).copied().collect::<Vec<_>>().join(" "),
        about: about(command),
        description: description.map(|(_, rest)| rest.to_owned()),
        usage: synopsis(command),
        aliases: command.get_all_aliases().map(str::to_owned).collect(),
        subcommands: visible(command).map(subcommand).collect(),
        arguments: arguments.map(|arg| argument(arg, command, path, facts)).collect(),
        columns: (facts.columns)(path),
        statuses: statuses::of_command(path).into_iter().map(status).collect(),
        examples: examples.commands(),
        notes: add.into_iter().chain(examples.notes.iter().map(|note| (*note).to_owned())).collect(),
    }
}

fn argument(arg: &Arg, command: &Command, path: &[&str], facts: Facts) -> Argument {
    let takes_values = arg.get_action().takes_values();
    let named = |name: &str| format!("--{name}");
    let long = arg.get_long().map(named);
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let setting = long.as_deref().and_then(|long| setting(long, path));
    let default = takes_values.then(|| default(arg, &help, setting)).flatten();
    Argument {
        short: arg.get_short().map(|short| format!("-{short}")),
        aliases: arg.get_all_aliases().unwrap_or_default().into_iter().map(named).collect(),
        value: takes_values.then(|| value_name(arg)),
        values: match takes_values {
            true => arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect(),
            false => Vec::new(),
        },
        required: arg.is_required_set(),
        repeatable: matches!(arg.get_action(), ArgAction::Append),
        delimiter: arg.get_value_delimiter(),
        default,
        environment: setting.map(|setting| setting.variable),
        key: setting.and_then(|setting| setting.key),
        conflicts: conflicts(arg, command, facts),
        help: arg.get_long_help().map_or(help, ToString::to_string),
        long,
    }
}

fn value_name(arg: &Arg) -> String {
    arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default()
}

/// A setting that an option overrides.
#[derive(Debug, Clone, Copy)]
struct SettingFacts {
    variable: &'static str,
    key: Option<&'static str>,
    default: fn() -> Option<serde_json::Value>,
}

/// The setting of the option, in a command with these names.
fn setting(long: &str, path: &[&str]) -> Option<SettingFacts> {
    let none = || None;
    match (path, long) {
        // These have the name of a setting, and not its value.
        (["partners", "find"], "--limit") | (["partners", "diff"], "--fields") => None,
        (_, "--config") => Some(SettingFacts { variable: "CARRIERX_CONFIG", key: None, default: none }),
        (_, "--profile") => {
            Some(SettingFacts { variable: "CARRIERX_PROFILE", key: Some("default_profile"), default: none })
        }
        _ => ROWS.iter().find(|row| row.option == long).map(|row| SettingFacts {
            variable: row.variable,
            key: Some(row.key),
            default: row.default,
        }),
    }
}

/// What holds if the argument is not given, as it would be typed, or a range.
fn default(arg: &Arg, help: &str, setting: Option<SettingFacts>) -> Option<String> {
    let declared = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let of_setting = || {
        let value = (setting?.default)()?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let in_help = || {
        arg.get_long()?;
        Some(help.split_once("[default: ")?.1.split_once(']')?.0.to_owned())
    };
    let one = declared.or_else(of_setting);
    // One that grows by itself is no value that can be typed.
    let grows = |range: &String| one.as_deref().is_none_or(|one| range.starts_with(&format!("{one}-")));
    in_help().filter(grows).or_else(|| one.clone())
}

/// The arguments that cannot be given together with this one.
fn conflicts(arg: &Arg, command: &Command, facts: Facts) -> Vec<String> {
    let name = |arg: &Arg| arg.get_long().map_or_else(|| value_name(arg), |long| format!("--{long}"));
    let excludes = |one: &Arg, other: &Arg| {
        command.get_arg_conflicts_with(one).iter().any(|conflict| conflict.get_id() == other.get_id())
    };
    let is_exclusive = |arg: &Arg| facts.exclusive.contains(&name(arg).as_str());
    let others = command.get_arguments().filter(|other| other.get_id() != arg.get_id());
    others
        .filter(|other| excludes(arg, other) || excludes(other, arg) || (is_exclusive(arg) && is_exclusive(other)))
        .map(name)
        .collect()
}

fn fields() -> Vec<FieldFacts> {
    let facts = |field: &Field| FieldFacts {
        name: field.name,
        kind: field.kind.name(),
        group: field.group.name(),
        nullable: field.nullable,
        read_only: field.read_only,
        meaning: field.meaning,
        values: field.values,
        known_values: field.known_values,
    };
    PARTNERS.fields.iter().map(facts).collect()
}

fn variables((names, meaning): &(&'static str, &'static str)) -> Vec<Variable> {
    names.split(", ").map(|name| Variable { name, meaning }).collect()
}

fn text(topic: Topic) -> TopicText {
    TopicText { name: topic.name, about: topic.about, text: topic.text(str::to_owned) }
}
