//! `partners check`: partners near a limit, reported the way monitoring systems read it.
//!
//! They read the status and the first line of stdout. An error of any kind is UNKNOWN to them, never the status that it
//! has elsewhere, which they would take for a warning or worse.

mod findings;
mod metrics;
mod report;
mod state;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use crate::api::{FieldSelection, ListStats, PARTNERS, Query};
use crate::cli::partners::CheckArgs;
use crate::commands::{Connection, Context, NamedFile, Session, Use};
use crate::error::{self, Failure, Kind};
use crate::output::Sink;
use crate::partners::Sid;
use crate::partners::judge::{self, Changes, Level, Rate, Thresholds};
use crate::system::device;
use crate::values::{Age, Format};

use super::{Job, phrase};
use crate::commands::past::Past;
use findings::Findings;
pub use findings::unknown;
use metrics::Metrics;
use report::CheckReport;
use state::StateFile;

/// Runs the command, and gives the status to end with: 0, 1 for a warning, 2 for something critical. Whatever goes
/// wrong is [`unknown`] in the end.
pub fn run(args: &CheckArgs, context: Context, stdout: &mut dyn Write) -> error::Result<u8> {
    let began = Instant::now();
    let state = args.state.iter().map(|path| NamedFile::new("--state", path, Use::Rewritten)).collect();
    let job = Job::new(context.options(), &args.rows.cells, state, context)?;
    check(&Plan::new(args, &job)?, began, stdout)
}

fn check(plan: &Plan, began: Instant, stdout: &mut dyn Write) -> error::Result<u8> {
    if plan.args.rows.request.dry_run {
        plan.job.session.show_requests(plan.job.session.first_page(plan.query(), None), stdout)?;
        return Ok(0);
    }
    let mut run = plan.open(stdout)?;
    let stats = plan.walk(&mut run)?;
    plan.end(&mut run, &stats)?;
    plan.deliver(run, &stats, began)
}

/// What is to be checked, and how.
struct Plan<'a, 'n> {
    args: &'a CheckArgs,
    job: &'a Job<'a, 'n>,
    thresholds: Thresholds,
    filter: Option<String>,
}

/// A check that goes on.
struct Run<'o> {
    sink: Sink<'o>,
    connection: Connection,
    /// What is shown of it at a terminal.
    past: Option<Past>,
    rates: Option<HashMap<Sid, Rate>>,
    state: Option<StateFile>,
    changes: Option<Changes>,
    metrics: Option<Metrics>,
    findings: Findings,
}

impl<'a, 'n> Plan<'a, 'n> {
    fn new(args: &'a CheckArgs, job: &'a Job<'a, 'n>) -> Result<Self, Failure> {
        let thresholds = thresholds(args)?;
        if args.state.is_some() && job.format == Format::Prometheus {
            return Err(Failure::new(Kind::Usage, "--state cannot be used with -o prometheus")
                .hint("leave it out: metrics always cover all partners"));
        }
        let filter = job.session.filter(&args.filter)?;
        Ok(Self { args, job, thresholds, filter })
    }

    fn query(&self) -> Query {
        let fields = [&[PARTNERS.key, "display_id", "name", "company_name"], &judge::FIELDS[..]].concat();
        self.job.session.query(self.filter.clone(), FieldSelection::only(&fields))
    }

    /// Opens whatever is read and written, before anything is asked for.
    fn open<'o>(&self, stdout: &'o mut dyn Write) -> error::Result<Run<'o>> {
        let sink = self.job.open(stdout)?;
        let is_seen = sink.viewport(self.job.session.viewport()).is_terminal;
        let past = match self.thresholds.has_runway() {
            true => Some(Past::of(&self.job.session)?),
            false => Past::shown(&self.job.session, is_seen && self.job.format == Format::Table),
        };
        let rates = past.as_ref().filter(|_| self.thresholds.has_runway()).map(Past::rates).transpose()?;
        let past = past.filter(|_| is_seen);
        let connection = self.job.session.connect()?;
        let open = |path: &PathBuf| StateFile::open(path, self.basis()?, self.job.session.notices);
        let (state, earlier) = self.args.state.as_ref().map(open).transpose()?.unzip();
        let metrics = (self.job.format == Format::Prometheus).then(|| Metrics::new(&self.name(), is_seen));
        let changes = earlier.map(Changes::since);
        Ok(Run { sink, connection, past, rates, state, changes, metrics, findings: Findings::default() })
    }

    /// Judges every partner as it comes, each once.
    fn walk(&self, run: &mut Run) -> error::Result<ListStats> {
        let Run { connection, rates, changes, metrics, findings, .. } = run;
        let mut seen = HashSet::new();
        self.job.session.each(connection, self.query(), |partner| {
            let sid = Sid::of_raw(partner.get(PARTNERS.key));
            let partner = partner.text();
            let rate = rates.as_ref().zip(sid.as_ref()).and_then(|(rates, sid)| rates.get(sid)).copied();
            if sid.is_some_and(|sid| !seen.insert(sid)) {
                return;
            }
            let judgement = self.thresholds.judge(partner, rate);
            findings.add(partner, &judgement, changes.as_mut());
            if let Some(metrics) = metrics {
                metrics.add(partner, &judgement);
            }
        })
    }

    /// Draws the conclusion, if there is one, and remembers it.
    fn end(&self, run: &mut Run, stats: &ListStats) -> error::Result<()> {
        let changes = run.changes.take().map(|changes| changes.end(stats.is_complete()));
        let (gone, memory) = changes.unwrap_or_default();
        run.findings.end(stats.partners(), gone);
        run.findings.report_gaps(self.job.session.notices);
        if run.findings.worst() != Some(Level::Critical) {
            self.is_known(&run.findings, run.rates.as_ref().is_some_and(HashMap::is_empty), stats)?;
        }
        match &mut run.state {
            Some(state) => state.write(memory),
            None => Ok(()),
        }
    }

    /// That nothing critical was found is known only of the partners that were meant, all of them; that nothing was,
    /// only of partners that were all judged, too.
    fn is_known(&self, findings: &Findings, has_no_rates: bool, stats: &ListStats) -> Result<(), Failure> {
        if !stats.is_complete() {
            // Why, which may have words of the API in it, is a warning.
            let message = "the list of partners may be incomplete";
            return Err(Failure::new(Kind::Incomplete, message).hint("see the warnings, then run it again"));
        }
        if stats.partners() == 0 && !self.args.allow_none {
            return Err(
                Failure::new(Kind::Other, "no partner matches the filter").hint("to accept this, add --allow-none")
            );
        }
        if findings.rateless > 0 && has_no_rates {
            return Err(Failure::new(Kind::Other, "the history is too short: no partner has a runway yet")
                .hint("save at least three snapshots over 24 hours, then one a day"));
        }
        if findings.unjudged > 0 && findings.worst().is_none() {
            let partners = phrase::counted(findings.unjudged, "partner", "partners");
            return Err(Failure::new(Kind::Other, format!("{partners} could not be judged"))
                .hint("check their balance, daily spending and limits, or exclude them with -f"));
        }
        Ok(())
    }

    /// Prints what was found; then it is remembered.
    fn deliver(&self, run: Run, stats: &ListStats, began: Instant) -> error::Result<u8> {
        let Run { mut sink, past, state, metrics, findings, .. } = run;
        let written = match metrics {
            Some(metrics) => metrics.write(&findings, &mut sink),
            None => self.write_rows(&findings, past.as_ref(), stats, began, &mut sink),
        };
        match written.and_then(|()| sink.commit()) {
            Ok(_) => state.map_or(Ok(()), StateFile::commit)?,
            // Whoever read enough of it still wants the status, and what was not read is printed another time.
            Err(error) if device::is_closed_pipe(&error) => {}
            Err(error) => return Err(self.job.named(error)),
        }
        Ok(match findings.worst() {
            None => 0,
            Some(Level::Warning) => 1,
            Some(Level::Critical) => 2,
        })
    }

    fn write_rows(
        &self,
        findings: &Findings,
        past: Option<&Past>,
        stats: &ListStats,
        began: Instant,
        sink: &mut Sink,
    ) -> io::Result<()> {
        let only_changes = self.args.state.is_some();
        let rows: Vec<_> = findings.reported.iter().filter(|row| row.change.is_some() || !only_changes).collect();
        if self.job.format == Format::Table {
            if self.job.session.global.quiet && rows.is_empty() {
                return Ok(());
            }
            writeln!(sink, "{}", findings::found(findings, began.elapsed()))?;
        }
        let with_runway = self.thresholds.has_runway();
        let partners = rows.iter().map(|row| &*row.partner);
        let nights = past.filter(|_| !rows.is_empty()).map(|past| past.nights(partners, &self.job.session));
        CheckReport { rows, only_changes, with_runway, nights, is_whole: stats.is_complete() }.write(self.job, sink)
    }

    /// What the run is about, so that it can be compared with another one.
    fn basis(&self) -> error::Result<String> {
        let Session { settings, .. } = &self.job.session;
        let (address, profile) = (self.job.session.address()?, settings.profile.as_ref().map(|profile| &profile.value));
        Ok(serde_json::to_string(&(address, profile, &self.filter, self.thresholds)).map_err(io::Error::from)?)
    }

    /// What the metrics are of: `--name`, else the profile and the filter.
    fn name(&self) -> String {
        let profile = self.job.session.settings.profile.as_ref().map(|profile| &*profile.value);
        let parts: Vec<_> = profile.into_iter().chain(self.filter.as_deref()).collect();
        let name = if parts.is_empty() { "partners".to_owned() } else { parts.join(" ") };
        self.args.name.clone().unwrap_or(name)
    }
}

fn thresholds(args: &CheckArgs) -> Result<Thresholds, Failure> {
    let CheckArgs { warn, crit, warn_balance, crit_balance, recharge, runway_warn, runway_crit, .. } = *args;
    let balances = warn_balance.zip(crit_balance).filter(|(warn, crit)| warn < crit);
    let runways = runway_warn.zip(runway_crit).filter(|(warn, crit)| warn.seconds() < crit.seconds());
    let mistake = (warn > crit)
        .then(|| format!("--warn ({warn}) must not exceed --crit ({crit})"))
        .or(balances.map(|(warn, crit)| format!("--warn-balance ({warn}) must not be below --crit-balance ({crit})")))
        .or(runways.map(|(warn, crit)| format!("--runway-warn ({warn}) must not be less than --runway-crit ({crit})")));
    if let Some(mistake) = mistake {
        return Err(Failure::new(Kind::Usage, mistake).hint("change one of them; the default of --crit is 95"));
    }
    let [runway_warn, runway_crit] = [runway_warn, runway_crit].map(|age| age.map(Age::seconds));
    Ok(Thresholds { warn, crit, warn_balance, crit_balance, recharge, runway_warn, runway_crit })
}
