//! Candidates for values: fields, orders, conditions of a filter.

use std::ffi::OsStr;

use clap::{Command, ValueEnum};
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter as _};

use crate::api::filter::{self, OPERATORS};
use crate::api::{Field, FieldType, PARTNERS};
use crate::cli;
use crate::history::Name;
use crate::values::Format;

use super::line::Line;

/// Names of profiles that begin with what was typed.
pub fn profiles(typed: &OsStr, names: Vec<String>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let names = names.into_iter().filter(|name| is_plain(name) && name.starts_with(&*typed));
    names.map(CompletionCandidate::new).collect()
}

/// Whether a name that comes from a file may be put on a line: no shell gives any of its characters a meaning.
fn is_plain(name: &str) -> bool {
    !name.starts_with('-') && name.chars().all(|c| c.is_alphanumeric() || "._-@+".contains(c))
}

/// Times that people ask a history for.
pub fn times(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let known = [("last", "the latest snapshot"), ("7d", "a week ago"), ("1mo", "a month ago")];
    known.into_iter().filter(|(time, _)| time.starts_with(&*typed)).map(|(time, help)| candidate(time, help)).collect()
}

/// Formats that the command of the line has.
pub fn formats(typed: &OsStr, line: &Line) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy().to_lowercase();
    let is_there = |format: &&Format| format.is_for(|command| line.has(command));
    let formats = Format::value_variants().iter().filter(is_there).filter_map(Format::to_possible_value);
    let formats = formats.filter(|format| format.get_name().starts_with(&typed));
    formats.map(|format| CompletionCandidate::new(format.get_name()).help(format.get_help().cloned())).collect()
}

/// What can be compared: such times, and files.
pub fn lists(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut lists = times(typed);
    lists.extend(PathCompleter::any().complete(typed));
    lists
}

/// Display IDs and logins, each with the name.
pub fn ids(names: Vec<Name>) -> Vec<CompletionCandidate> {
    let candidate = |Name { id, name }| match name {
        Some(name) => candidate(&id, &name),
        None => CompletionCandidate::new(id),
    };
    names.into_iter().filter(|name| is_plain(&name.id)).map(candidate).collect()
}

/// What has help or a page: the commands below the one of these words, and in the first place, topics.
pub fn explained(
    typed: &OsStr,
    words: &[&str],
    topics: &mut dyn Iterator<Item = (&'static str, &'static str)>,
) -> Vec<CompletionCandidate> {
    let (typed, root) = (typed.to_string_lossy(), cli::command());
    let below = words.iter().try_fold(&root, |command, word| command.find_subcommand(word));
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let known = below.into_iter().flat_map(Command::get_subcommands).map(|known| (known.get_name(), about(known)));
    // The noun of a verb may be left out.
    let verbs = root.get_subcommands().filter(|_| words.is_empty()).flat_map(Command::get_subcommands);
    let known = known.chain(verbs.map(|verb| (verb.get_name(), about(verb))));
    let topics = topics.filter(|(name, _)| words.is_empty() && root.find_subcommand(name).is_none());
    let known = known.chain(topics.map(|(name, about)| (name, about.to_owned())));
    known.filter(|(name, _)| name.starts_with(&*typed)).map(|(name, about)| candidate(name, &about)).collect()
}

/// Fields that begin with what was typed and are not listed yet; the typed one is among the listed.
pub fn fields(typed: &OsStr, listed: &[String], wanted: fn(FieldType) -> bool) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    // With + before it, a field is added to the default ones.
    let (plus, typed) = typed.strip_prefix('+').map_or(("", &*typed), |typed| ("+", typed));
    let is_new = |field: &&Field| {
        let times = listed.iter().filter(|name| name.strip_prefix('+').unwrap_or(name) == field.name).count();
        times == 0 || (times == 1 && typed == field.name)
    };
    matching(typed)
        .filter(|field| wanted(field.kind))
        .filter(is_new)
        .map(|field| candidate(&format!("{plus}{}", field.name), field.meaning))
        .collect()
}

/// A field, then its direction; `none`, too.
pub fn order(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let mut found: Vec<_> = match (only(&typed), typed.split_once(':')) {
        (Some(field), None) => directions(field.name, ""),
        (_, Some((field, direction))) => directions(field, direction),
        (None, None) => matching(&typed).map(|field| candidate(field.name, field.meaning)).collect(),
    };
    if "none".starts_with(&*typed) {
        found.push(candidate("none", "the server's order"));
    }
    found
}

fn directions(field: &str, typed: &str) -> Vec<CompletionCandidate> {
    let directions = [("asc", "smallest and oldest first"), ("desc", "largest and newest first")];
    let matching = directions.into_iter().filter(|(direction, _)| direction.starts_with(typed));
    matching.map(|(direction, meaning)| candidate(&format!("{field}:{direction}"), meaning)).collect()
}

/// The field, the operator or the value of the condition that is being typed.
pub fn filter(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    // There are no candidates inside a quoted value.
    let Ok(words) = filter::words(&typed) else {
        return Vec::new();
    };
    let condition: Vec<&str> =
        words.rsplit(|word| word.eq_ignore_ascii_case("and")).next().unwrap_or_default().to_vec();
    let is_between = typed.is_empty() || typed.ends_with(char::is_whitespace);
    if !is_between && words.last().is_some_and(|word| word.eq_ignore_ascii_case("and")) {
        // A space has to follow.
        return Vec::new();
    }
    let (complete, word) = match condition.split_last() {
        Some((word, complete)) if !is_between => (complete, *word),
        _ => (&condition[..], ""),
    };
    let before = &typed[..typed.len() - word.len()];
    let operators = |before: &str, typed: &str| {
        let matching = OPERATORS.iter().filter(|operator| operator.name.starts_with(typed));
        matching.map(|operator| candidate(&format!("{before}{}", operator.name), operator.meaning)).collect()
    };
    match (complete, only(word)) {
        // A lone candidate would end the word, quotes and all.
        ([], Some(field)) => operators(&format!("{before}{} ", field.name), ""),
        ([], None) => {
            matching(word).map(|field| candidate(&format!("{before}{}", field.name), field.meaning)).collect()
        }
        ([_], _) => operators(before, word),
        ([field, operator], _) if ["eq", "ne"].iter().any(|name| operator.eq_ignore_ascii_case(name)) => {
            values(field, word).map(|value| CompletionCandidate::new(format!("{before}{value}"))).collect()
        }
        _ => Vec::new(),
    }
}

fn matching(typed: &str) -> impl Iterator<Item = &'static Field> {
    PARTNERS.fields.iter().filter(move |field| field.name.starts_with(typed))
}

/// The values that are known of a field, as far as they begin with what was typed.
fn values(field: &str, typed: &str) -> impl Iterator<Item = &'static str> {
    let known = PARTNERS.field(field).into_iter().flat_map(|field| field.values.iter().chain(field.known_values));
    known.copied().filter(move |value| value.starts_with(typed))
}

/// The field, if only one matches.
fn only(typed: &str) -> Option<&'static Field> {
    let mut found = matching(typed);
    found.next().filter(|field| found.next().is_none() || field.name == typed)
}

fn candidate(value: &str, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(help.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(candidates: Vec<CompletionCandidate>) -> String {
        candidates.iter().map(|found| found.get_value().to_string_lossy()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn fields_that_are_listed_are_not_offered_again() {
        let listed = ["name".to_owned(), "address1".to_owned(), "ad".to_owned()];
        assert_eq!(texts(fields(OsStr::new("ad"), &listed, |_| true)), "address2");
        assert_eq!(texts(fields(OsStr::new("address2"), &["address2".to_owned()], |_| true)), "address2");
        assert_eq!(texts(fields(OsStr::new("+ad"), &["+address1".to_owned()], |_| true)), "+address2");
        assert_eq!(texts(fields(OsStr::new("name"), &["name".to_owned(), "name".to_owned()], |_| true)), "");
    }

    #[test]
    fn only_names_that_no_shell_runs_are_offered() {
        let names = ["q`./x`", "prod", "a b", "$HOME", "x;y", "-rf", "p.r-o_d"].map(str::to_owned).to_vec();
        assert_eq!(texts(profiles(OsStr::new(""), names)), "prod|p.r-o_d");
    }

    #[test]
    fn an_order_is_a_field_then_a_direction() {
        for (typed, expected) in [
            ("bal", "balance:asc|balance:desc"),
            ("balance", "balance:asc|balance:desc"),
            ("balance:", "balance:asc|balance:desc"),
            ("balance:d", "balance:desc"),
            ("daily", "daily_spending_limit|daily_spent_amount"),
            ("n", "name:asc|name:desc|none"),
            ("x", ""),
        ] {
            assert_eq!(texts(order(OsStr::new(typed))), expected, "{typed}");
        }
    }

    #[test]
    fn values_are_offered_where_the_field_is_known_to_have_a_few() {
        for (typed, expected) in [
            ("payment_type eq ", "payment_type eq prepay|payment_type eq postpay"),
            ("payment_type NE pr", "payment_type NE prepay"),
            ("balance lt 5 and status eq s", "balance lt 5 and status eq suspended"),
            ("status eq ", "status eq active|status eq unverified|status eq suspended|status eq closed"),
            ("status eq active ", ""),
            ("status like a", ""),
            ("name eq a", ""),
            ("new eq a", ""),
        ] {
            assert_eq!(candidates_of(typed), expected, "{typed}");
        }
    }

    fn candidates_of(typed: &str) -> String {
        texts(filter(OsStr::new(typed)))
    }

    #[test]
    fn a_condition_is_a_field_then_an_operator() {
        let operators = |before: &str| OPERATORS.map(|operator| format!("{before}{}", operator.name)).join("|");
        for (typed, expected) in [
            ("ad", "address1|address2".to_owned()),
            ("bal", operators("balance ")),
            ("balance ", operators("balance ")),
            ("balance g", "balance gt|balance ge".to_owned()),
            ("new l", "new lt|new le|new like".to_owned()),
            ("status eq active and bal", operators("status eq active and balance ")),
            (
                "name eq \"a and b\" and ad",
                "name eq \"a and b\" and address1|name eq \"a and b\" and address2".to_owned(),
            ),
            ("balance lt ", String::new()),
            ("status eq active and", String::new()),
            ("x\u{a0}", operators("x\u{a0}")),
            ("é\t", operators("é\t")),
            ("balance lt 1", String::new()),
            ("name eq \"a and ad", String::new()),
        ] {
            assert_eq!(texts(filter(OsStr::new(typed))), expected, "{typed}");
        }
    }
}
