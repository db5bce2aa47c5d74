//! `partners check`: who is near a limit, told the way monitoring systems read it.
//!
//! They read the status and the first line of stdout. An error of any kind is UNKNOWN to them, never the status that it
//! has elsewhere, which they would take for a warning or worse.

mod judge;
mod report;

use std::collections::HashSet;
use std::io::{ErrorKind, Write};
use std::sync::Arc;

use crate::api::{address, partner};
use crate::cli::GlobalArgs;
use crate::cli::partners::CheckArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Surroundings, options};
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::output::Style;
use crate::raw;
use crate::settings::{Options, Settings};
use crate::terminal::Terminal;
use crate::values::Format;

use super::everyone::{self, Everyone};
use super::{filter, phrase};
use judge::{Finding, Level, Thresholds};
pub use report::{format, unknown};

/// What was found of all partners.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is worth telling, the worst first, with the partner as it came.
    told: Vec<(Finding, String)>,
    /// How many partners were judged.
    checked: u64,
    /// How many could not be judged.
    unreadable: u64,
    /// Some of those that could not.
    unreadable_ids: Vec<String>,
}

impl Findings {
    fn count(&self, level: Level) -> usize {
        self.told.iter().filter(|(finding, _)| finding.level == level).count()
    }

    /// How bad it is in all.
    fn worst(&self) -> Option<Level> {
        self.told.iter().map(|(finding, _)| finding.level).max()
    }
}

/// Runs the command, and gives the status to end with: 0, 1 for a warning, 2 for something critical.
///
/// # Errors
/// When it is not known how the partners are.
pub fn run(args: &CheckArgs, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<u8> {
    let Surroundings { environment, terminal, stdout, notices, .. } = surroundings;
    let typed = report::format(global.output, environment.output.as_deref());
    let options = Options { formula_guard: args.rows.formula_guard, ..options(global) };
    let settings = Settings::load(options, environment).map_err(|failure| unknown(failure.into(), typed, stdout))?;
    let checked = check(args, global, &settings, terminal, notices, stdout);
    checked.map_err(|error| unknown(error, settings.output.value, stdout))
}

fn check(
    args: &CheckArgs,
    global: &GlobalArgs,
    settings: &Settings,
    terminal: Terminal,
    notices: &Notices,
    stdout: &mut dyn Write,
) -> anyhow::Result<u8> {
    connection::check(global)?;
    let thresholds = thresholds(args)?;
    let fields = [&[partner::SID, "display_id", "name", "company_name"], &judge::FIELDS[..]].concat();
    let query = everyone::query(filter::expression(&args.filter, notices)?, &fields, settings);
    if args.rows.request.dry_run {
        let first = everyone::first_request(query, None, settings);
        connection::show_requests(global, settings, |base| vec![address::of_page(base, &first)], stdout)?;
        return Ok(0);
    }
    let connection = Arc::new(Connection::open(global, settings, notices)?);
    let everyone = Everyone::new(&connection, settings, "it is not known how the partners are");
    let mut findings = Findings::default();
    let mut seen = HashSet::new();
    let count = everyone.each(query, everyone::progress(terminal, global), notices, |partner| {
        let found = judge::judge(partner, thresholds);
        if found == Ok(None) {
            return;
        }
        let sid = raw::lookup(partner, [partner::SID]).filter(|sid| *sid != "null");
        if sid.is_some_and(|sid| !seen.insert(sid.to_owned())) {
            return;
        }
        match found {
            Ok(found) => findings.told.extend(found.map(|found| (found, partner.to_owned()))),
            Err(judge::Unreadable) => {
                findings.unreadable += 1;
                if findings.unreadable_ids.len() < phrase::MOST {
                    findings.unreadable_ids.push(report::id(partner));
                }
            }
        }
    })?;
    findings.checked = count - findings.unreadable;
    findings.told.sort_by_key(|(finding, _)| finding.rank());
    say_who_was_not_judged(&findings, notices)?;

    let style = Style {
        format: settings.output.value,
        header: !args.rows.no_header,
        look: terminal.look(settings.color.value),
        formula_guard: settings.formula_guard.value,
    };
    let is_silent = global.quiet && style.format == Format::Table && findings.told.is_empty();
    if !is_silent {
        let written = report::write(&findings, style, args.ascii, notices, stdout);
        // Whoever read enough of it still wants the status.
        written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })?;
    }
    Ok(match findings.worst() {
        None => 0,
        Some(Level::Warning) => 1,
        Some(Level::Critical) => 2,
    })
}

fn thresholds(args: &CheckArgs) -> Result<Thresholds, Failure> {
    let CheckArgs { warn, crit, min_balance, .. } = *args;
    if warn > crit {
        return Err(Failure::new(Kind::Usage, format!("--warn {warn} is above --crit {crit}"))
            .hint("a warning comes before what is critical; --crit is 95 unless it is given"));
    }
    Ok(Thresholds { warn, crit, min_balance })
}

/// Names partners that could not be judged: that is no good news, and an error where nothing worse is known.
fn say_who_was_not_judged(findings: &Findings, notices: &Notices) -> Result<(), Failure> {
    let Findings { unreadable: count, unreadable_ids: ids, .. } = findings;
    if *count == 0 {
        return Ok(());
    }
    let of = phrase::counted(*count, "partner", "partners");
    notices.warn(&format!(
        "of {of} an amount is missing or no exact decimal; look at {}",
        phrase::listed(ids.iter().cloned(), *count)
    ));
    if findings.told.is_empty() {
        return Err(Failure::new(Kind::Server, format!("{of} could not be checked"))
            .hint("look at their daily_spent_amount, daily_spending_limit and balance"));
    }
    Ok(())
}
