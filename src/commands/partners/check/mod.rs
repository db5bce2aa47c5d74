//! `partners check`: partners near a limit, reported the way monitoring systems read it.
//!
//! They read the status and the first line of stdout. An error of any kind is UNKNOWN to them, never the status that it
//! has elsewhere, which they would take for a warning or worse.

mod changes;
mod judge;
mod metrics;
mod report;
mod state;
mod trend;
mod unknown;

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Instant;

use crate::api::completeness::ListStats;
use crate::api::partner::PARTNERS;
use crate::api::query::FieldSelection;
use crate::cli::partners::CheckArgs;
use crate::cli::{self, GlobalArgs};
use crate::commands::connection::Answerer;
use crate::commands::session::Session;
use crate::commands::{Context, doubts, past};
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::notices::Notices;
use crate::output::sink::Destination;
use crate::raw;
use crate::settings::Environment;
use crate::values::moment::Moment;
use crate::values::{Layout, OutputFormat, PROMETHEUS};

use super::provenance::Provenance;

use super::target::Target;
use super::{filter, phrase};
use changes::{Change, Changes, Memory};
use judge::{Finding, Judgement, Level, Runway, Shares, Thresholds};
use metrics::Metrics;
use state::{Basis, StateFile};
use trend::Trends;

/// A partner that can be reported.
#[derive(Debug)]
pub struct Reported {
    /// Nothing is found of one that is well again, or gone.
    pub judgement: Judgement,
    /// What changed since the last run, if that is asked for.
    pub change: Option<Change>,
    /// As it came.
    pub partner: String,
}

/// What was found of all partners.
#[derive(Debug, Default)]
pub struct Findings {
    /// Who is reported, the worst first.
    reported: Vec<Reported>,
    /// How many partners were judged.
    checked: u64,
    /// How many were not, as an amount cannot be read and nothing is found by the others.
    unjudged: u64,
    /// How many have a balance whose end is asked for, and of how many of them too little is known of the past.
    runways: u64,
    rateless: u64,
    /// How many have an amount that cannot be read, and some of them.
    unreadable: (u64, Vec<String>),
    /// The SIDs of all but those that are well.
    seen: HashSet<String>,
}

impl Findings {
    /// Takes a partner, each once; `changes` compares it with the last run.
    fn add(&mut self, partner: &str, judgement: &Judgement, changes: Option<&mut Changes>) {
        self.runways += u64::from(judgement.runway != Runway::None);
        self.rateless += u64::from(judgement.runway == Runway::NoRate);
        let is_well = judgement.finding.is_none() && judgement.is_whole;
        if is_well && changes.is_none() {
            return;
        }
        let sid = raw::lookup(partner, [PARTNERS.key]).filter(|sid| *sid != "null").map(raw::text);
        let sid = sid.as_deref();
        if !is_well && sid.is_some_and(|sid| !self.seen.insert(sid.to_owned())) {
            return;
        }
        let change = changes.and_then(|changes| changes.take(sid, || report::id(partner), judgement));
        if !judgement.is_whole {
            let (count, ids) = &mut self.unreadable;
            *count += 1;
            ids.extend((ids.len() < phrase::MAX_NAMED).then(|| report::id(partner)));
            self.unjudged += u64::from(judgement.finding.is_none());
        }
        if judgement.finding.is_some() || change.is_some() {
            self.reported.push(Reported { judgement: *judgement, change, partner: partner.to_owned() });
        }
    }

    /// Sorts who is reported, the worst first and who is well again last, then who is gone since the last run.
    fn end(&mut self, stats: &ListStats, gone: Memory) {
        self.checked = stats.partners().saturating_sub(self.unjudged);
        self.reported.sort_by_key(|row| {
            let finding = row.judgement.finding;
            (finding.is_none(), finding.map(|finding| finding.rank()))
        });
        self.reported.extend(gone.into_iter().map(|(sid, remembered)| {
            let partner = serde_json::json!({ "partner_sid": sid, "display_id": remembered.display_id }).to_string();
            let judgement =
                Judgement { finding: None, shares: Shares::default(), runway: Runway::None, is_whole: true };
            Reported { judgement, change: Some(Change::Gone), partner }
        }));
    }

    fn count(&self, level: Level) -> u64 {
        self.findings().filter(|finding| finding.level == level).count() as u64
    }

    /// How bad it is in all.
    fn worst(&self) -> Option<Level> {
        self.findings().map(|finding| finding.level).max()
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.reported.iter().filter_map(|row| row.judgement.finding.as_ref())
    }
}

/// Runs the command, and gives the status to end with: 0, 1 for a warning, 2 for something critical.
pub fn run(args: &CheckArgs, global: &GlobalArgs, context: Context) -> error::Result<u8> {
    let began = Instant::now();
    let Context { line, environment, terminal, stdout, notices, .. } = context;
    let target = Target::of(args.to.as_deref(), args.force);
    // Whoever has a file written reads no stdout.
    let seen = |layout: Option<Layout>| layout.filter(|_| target.file.is_none());
    let typed = unknown::layout(global.output, &environment);
    let session = Session::new(super::row_options(&args.rows, global), global, environment, terminal, notices);
    let session = session.map_err(|failure| unknown::report(failure.into(), seen(typed), stdout))?;
    let layout = match global.output {
        Some(OutputFormat::Prometheus) => None,
        _ => Some(session.settings.output.value.layout()),
    };
    let provenance = Provenance::new(line, &session);
    check(args, &session, &target, &provenance, began, stdout)
        .map_err(|error| unknown::report(error, seen(layout), stdout))
}

/// Reports to a monitoring system that the command ended before it could report anything itself.
pub fn ended_early(
    error: error::Error,
    line: &[OsString],
    environment: &Environment,
    stdout: &mut dyn Write,
) -> error::Error {
    unknown::report(error, unknown::layout(cli::output(line), environment), stdout)
}

fn check(
    args: &CheckArgs,
    session: &Session,
    target: &Target,
    provenance: &Provenance,
    began: Instant,
    stdout: &mut dyn Write,
) -> error::Result<u8> {
    let Session { settings, global, notices, .. } = session;
    let thresholds = thresholds(args)?;
    let format = match global.output {
        Some(OutputFormat::Prometheus) => OutputFormat::Prometheus,
        _ => OutputFormat::Rows(target.format(&settings.output)?),
    };
    check_state_option(args.state.as_deref(), format, target)?;
    let filter = filter::expression(&args.filter, notices)?;
    let fields = [&[PARTNERS.key, "display_id", "name", "company_name"], &judge::FIELDS[..]].concat();
    let query = session.query(filter.clone(), FieldSelection::only(&fields));
    if args.rows.request.dry_run {
        session.show_requests(session.first_page(query, None), stdout)?;
        return Ok(0);
    }

    let trends = thresholds.needs_history().then(|| trends(session, thresholds)).transpose()?;
    // Whatever is to be written is tried before anything is asked for.
    let mut sink = target.open(stdout)?;
    let connection = session.connect()?;
    let api = match Answerer::of(global) {
        Answerer::Api => settings.base_url()?.to_string(),
        // These have an address of their own in every run, and a saved list often another name.
        Answerer::Sandbox => "sandbox".to_owned(),
        Answerer::SavedList(_) => "saved list".to_owned(),
        Answerer::Past(_) => "history".to_owned(),
    };
    let profile = settings.profile.as_ref().map(|profile| profile.value.clone());
    let open = |path: &Path| StateFile::open(path, Basis::new(api, profile, filter, thresholds), notices);
    let (state, mut changes) = match args.state.as_deref().map(open).transpose()? {
        Some((file, earlier)) => (Some(file), Some(Changes::since(earlier))),
        None => (None, None),
    };

    let mut findings = Findings::default();
    let mut metrics = (format == OutputFormat::Prometheus).then(Metrics::default);
    let stats = session.each(&connection, query, |partner| {
        let partner = partner.text();
        let trend = trends.as_ref().and_then(|trends| trends.of(partner));
        let judgement = judge::judge(partner, thresholds, trend);
        findings.add(partner, &judgement, changes.as_mut());
        if let Some(metrics) = &mut metrics {
            metrics.add(partner, &judgement);
        }
    });
    let stats = stats.context("the list of partners cannot be read")?;
    let (gone, memory) = changes.map(|changes| changes.end(stats.doubts().is_empty())).unwrap_or_default();
    findings.end(&stats, gone);
    warn_of_unreadable(&findings, notices);
    note_rateless(&findings, notices);
    if findings.worst() != Some(Level::Critical) {
        is_known(&findings, &stats, args)?;
    }
    let state = state.map(|state| state.prepare(memory)).transpose()?;

    let look = sink.look(session.look());
    let is_whole = stats.is_complete();
    let written = match (metrics, format) {
        (Some(metrics), _) => metrics.write(&findings, look.is_terminal, &mut sink),
        (None, OutputFormat::Prometheus) => Ok(()),
        (None, OutputFormat::Rows(format)) => {
            let style = super::style(format, &args.rows.cells, settings, look);
            let report = report::Report {
                findings: &findings,
                only_changes: state.is_some(),
                with_runway: thresholds.has_runway(),
                began,
                is_whole,
            };
            let is_silent = global.quiet && style.format.layout() == Layout::Screen && report.is_empty();
            if is_silent { Ok(()) } else { report.write(style, provenance, notices, &mut sink) }
        }
    };
    match written.and_then(|()| sink.commit()) {
        Ok(_) => state.map_or(Ok(()), state::Prepared::commit)?,
        // Whoever read enough of it still wants the status, and what was not read is printed another time.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => return Err(target.named(error.into())),
    }
    Ok(match findings.worst() {
        None => 0,
        Some(Level::Warning) => 1,
        Some(Level::Critical) => 2,
    })
}

/// What the history says of the partners, as it was then if they are asked for as of then.
fn trends(session: &Session, thresholds: Thresholds) -> error::Result<Trends> {
    let history = past::open(&session.settings)?;
    let (end, now) = match Answerer::of(session.global) {
        Answerer::Past(when) => {
            let end = past::snapshot(&history, when)?;
            (end, history.snapshots()[end])
        }
        _ => (history.snapshots().len() - 1, Moment::now()),
    };
    Ok(Trends::read(&history, end, now, thresholds.recharge.unwrap_or_default())?)
}

fn note_rateless(findings: &Findings, notices: &Notices) {
    if findings.rateless > 0 {
        let have = phrase::counted(findings.rateless, "partner has", "partners have");
        notices
            .note(&format!("{have} no runway yet, which takes three snapshots over 24 hours, within the last 7 days"));
    }
}

fn thresholds(args: &CheckArgs) -> Result<Thresholds, Failure> {
    let CheckArgs { warn, crit, warn_balance, crit_balance, recharge, runway_warn, runway_crit, .. } = *args;
    if warn > crit {
        return Err(Failure::new(Kind::Usage, format!("--warn {warn} is above --crit {crit}"))
            .hint("a warning comes before what is critical; --crit is 95 unless it is given"));
    }
    if let (Some(warn), Some(crit)) = (warn_balance, crit_balance)
        && warn < crit
    {
        return Err(Failure::new(Kind::Usage, format!("--warn-balance {warn} is below --crit-balance {crit}"))
            .hint("a warning comes before what is critical; give --warn-balance the higher amount"));
    }
    if let (Some(warn), Some(crit)) = (runway_warn, runway_crit)
        && warn < crit
    {
        return Err(Failure::new(Kind::Usage, format!("--runway-warn {warn} is less than --runway-crit {crit}"))
            .hint("a warning comes before what is critical; give --runway-warn the longer time"));
    }
    Ok(Thresholds { warn, crit, warn_balance, crit_balance, recharge, runway_warn, runway_crit })
}

/// Refuses a state file where it could not do what it is for.
fn check_state_option(state: Option<&Path>, format: OutputFormat, target: &Target) -> Result<(), Failure> {
    let Some(state) = state else { return Ok(()) };
    if format == OutputFormat::Prometheus {
        return Err(Failure::new(Kind::Usage, format!("--state cannot be used with -o {PROMETHEUS}"))
            .hint("leave it out: metrics are always of all partners"));
    }
    if Destination::File(state.to_owned()).is_same_as(&target.destination) {
        let other = if target.file.is_some() { "--to" } else { "stdout" };
        return Err(Failure::new(Kind::Usage, format!("--state names the file of {other}: {}", state.display()))
            .hint("give the state a file of its own"));
    }
    Ok(())
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
    if findings.runways > 0 && findings.rateless == findings.runways {
        return Err(Failure::new(Kind::Other, "the history is too short: no partner has a runway yet")
            .hint("take at least three snapshots over 24 hours, and one of them a day"));
    }
    if findings.unjudged > 0 && findings.worst().is_none() {
        let partners = phrase::counted(findings.unjudged, "partner", "partners");
        return Err(Failure::new(Kind::Other, format!("{partners} could not be judged"))
            .hint("check their balance, daily spending and limits, or exclude them with -f"));
    }
    Ok(())
}
