//! `partners check`: partners near a limit, reported the way monitoring systems read it.
//!
//! They read the status and the first line of stdout. An error of any kind is UNKNOWN to them, never the status that it
//! has elsewhere, which they would take for a warning or worse.

mod judge;
mod report;
mod unknown;

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};

use crate::api::completeness::ListStats;
use crate::api::partner::PARTNERS;
use crate::api::query::FieldSelection;
use crate::cli::partners::CheckArgs;
use crate::cli::{self, GlobalArgs};
use crate::commands::session::Session;
use crate::commands::{Context, doubts};
use crate::error::{self, Context as _, Failure, Kind};
use crate::notices::Notices;
use crate::raw;
use crate::settings::Environment;
use crate::values::Layout;

use super::{filter, phrase};
use judge::{Finding, Judgement, Level, Thresholds};

/// What was found of all partners.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What is reported, the worst first, with the partner as it came.
    reported: Vec<(Finding, String)>,
    /// How many partners were judged.
    checked: u64,
    /// How many were not, as an amount cannot be read and nothing is found by the others.
    unjudged: u64,
    /// How many have an amount that cannot be read, and some of them.
    unreadable: (u64, Vec<String>),
}

impl Findings {
    fn add(&mut self, judgement: Judgement, partner: &str) {
        if !judgement.is_whole {
            let (count, ids) = &mut self.unreadable;
            *count += 1;
            ids.extend((ids.len() < phrase::MAX_NAMED).then(|| report::id(partner)));
        }
        match judgement.finding {
            Some(finding) => self.reported.push((finding, partner.to_owned())),
            None => self.unjudged += 1,
        }
    }

    fn count(&self, level: Level) -> usize {
        self.reported.iter().filter(|(finding, _)| finding.level == level).count()
    }

    /// How bad it is in all.
    fn worst(&self) -> Option<Level> {
        self.reported.iter().map(|(finding, _)| finding.level).max()
    }
}

/// Runs the command, and gives the status to end with: 0, 1 for a warning, 2 for something critical.
///
/// # Errors
/// When it is not known how the partners are.
pub(crate) fn run(args: &CheckArgs, global: &GlobalArgs, context: Context) -> error::Result<u8> {
    let Context { environment, terminal, stdout, notices, .. } = context;
    let typed = unknown::format(global.output, &environment);
    let session = Session::new(super::row_options(&args.rows, global), global, environment, terminal, notices);
    let session = session.map_err(|failure| unknown::report(failure.into(), typed, stdout))?;
    check(args, &session, stdout).map_err(|error| unknown::report(error, session.settings.output.value, stdout))
}

/// Reports to a monitoring system that the command ended before it could report anything itself.
pub(crate) fn ended_early(
    error: error::Error,
    line: &[OsString],
    environment: &Environment,
    stdout: &mut dyn Write,
) -> error::Error {
    unknown::report(error, unknown::format(cli::output(line), environment), stdout)
}

fn check(args: &CheckArgs, session: &Session, stdout: &mut dyn Write) -> error::Result<u8> {
    let Session { settings, global, notices, .. } = session;
    let thresholds = thresholds(args)?;
    let fields = [&[PARTNERS.key, "display_id", "name", "company_name"], &judge::FIELDS[..]].concat();
    let query =
        session.query(PARTNERS, filter::expression(&args.filter, PARTNERS, notices)?, FieldSelection::only(&fields));
    if args.rows.request.dry_run {
        session.show_requests(session.first_page(query, None), stdout)?;
        return Ok(0);
    }
    let connection = session.connect()?;
    let mut findings = Findings::default();
    let mut seen = HashSet::new();
    let stats = session.each(&connection, query, |partner| {
        let judgement = judge::judge(partner, thresholds);
        if judgement.finding.is_none() && judgement.is_whole {
            return;
        }
        let sid = raw::lookup(partner, [PARTNERS.key]).filter(|sid| *sid != "null");
        if sid.is_none_or(|sid| seen.insert(raw::text(sid).into_owned())) {
            findings.add(judgement, partner);
        }
    });
    let stats = stats.context("the list of partners cannot be read")?;
    findings.checked = stats.partners().saturating_sub(findings.unjudged);
    findings.reported.sort_by_key(|(finding, _)| finding.rank());
    warn_of_unreadable(&findings, notices);
    if findings.worst() != Some(Level::Critical) {
        is_known(&findings, &stats, args)?;
    }

    let style = super::style(settings.output.value, &args.rows, settings, session.look());
    let is_silent = global.quiet && style.format.layout() == Layout::People && findings.reported.is_empty();
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

fn warn_of_unreadable(findings: &Findings, notices: &Notices) {
    let (count, ids) = &findings.unreadable;
    if *count > 0 {
        let have = phrase::counted(*count, "partner has", "partners have");
        let ids = phrase::listed(ids.iter().cloned(), *count);
        notices.warn(&format!("{have} a missing or invalid amount: {ids}"));
    }
}

/// That nothing critical was found is known only of the partners that were meant, all of them; that nothing was, only
/// of partners that were all judged, too.
fn is_known(findings: &Findings, stats: &ListStats, args: &CheckArgs) -> Result<(), Failure> {
    let doubts = stats.doubts();
    doubts::refuse_incomplete(&doubts).map_err(|failure| {
        // The reason, which may have words of the API in it, is a warning.
        Failure { message: "the list of partners may be incomplete".to_owned(), ..failure }
    })?;
    if !doubts.is_empty() {
        let message = "it is not certain that these are the partners to check";
        return Err(Failure::new(Kind::Incomplete, message).hint("see the warnings"));
    }
    if stats.partners() == 0 && !args.allow_none {
        return Err(Failure::new(Kind::Other, "no partner matches the filter").hint("add --allow-none if that is fine"));
    }
    if findings.unjudged > 0 && findings.reported.is_empty() {
        let partners = phrase::counted(findings.unjudged, "partner", "partners");
        return Err(Failure::new(Kind::Other, format!("{partners} could not be judged"))
            .hint("check their daily_spent_amount, daily_spending_limit and balance, or exclude them with -f"));
    }
    Ok(())
}
