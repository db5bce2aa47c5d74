//! What was found of all partners, and the first line of a check, by which monitoring systems and pagers go.
//!
//! What stands there is taken for ours, so nothing that the API sent gets there but a [`display_id`] and digits.

use std::ffi::OsString;
use std::io::Write;
use std::thread;
use std::time::Duration;

use same_file::Handle;

use crate::api::PARTNERS;
use crate::commands::partners::phrase;
use crate::error::{Error, Failure, Kind, Report, Unknown};
use crate::output::{Notices, text};
use crate::partners::judge::{Changes, Judgement, Level, Memory, Turn};
use crate::settings::Environment;
use crate::values::Format;
use crate::{cli, raw};

use super::report;

/// A partner that can be reported.
#[derive(Debug)]
pub struct Reported {
    /// Of one that is gone nothing is known.
    pub judgement: Judgement,
    /// What changed since the last run, if that is asked for.
    pub change: Option<Turn>,
    /// As it came.
    pub partner: String,
}

#[derive(Debug, Default)]
pub struct Findings {
    /// Who is reported, the worst first.
    pub reported: Vec<Reported>,
    pub warning: u64,
    pub critical: u64,
    /// How many partners were judged.
    pub checked: u64,
    /// How many were not, as an amount cannot be read and nothing is found by the others.
    pub unjudged: u64,
    /// Of how many too little is known of the past to say when their balance ends.
    pub rateless: u64,
    /// Those that have an amount that cannot be read.
    unreadable: Vec<String>,
}

impl Findings {
    /// Takes a partner; `changes` compares it with the last run.
    pub fn add(&mut self, partner: &str, judgement: &Judgement, changes: Option<&mut Changes>) {
        let level = judgement.level();
        self.rateless += u64::from(judgement.is_rateless);
        let sid = || raw::lookup(partner, [PARTNERS.key]).filter(|sid| *sid != "null").map(raw::text);
        let change = changes.and_then(|changes| changes.take(sid().as_deref(), || report::id(partner), judgement));
        if !judgement.is_whole {
            self.unreadable.push(report::id(partner));
            self.unjudged += u64::from(level.is_none());
        }
        self.warning += u64::from(level == Some(Level::Warning));
        self.critical += u64::from(level == Some(Level::Critical));
        if level.is_some() || change.is_some() {
            self.reported.push(Reported { judgement: *judgement, change, partner: partner.to_owned() });
        }
    }

    /// Sorts who is reported, the worst first and who is well again last, then who is gone since the last run.
    pub fn end(&mut self, partners: u64, gone: Memory) {
        self.checked = partners.saturating_sub(self.unjudged);
        self.reported.sort_by_key(|row| row.judgement.rank());
        self.reported.extend(gone.into_iter().map(|(sid, remembered)| {
            let partner = serde_json::json!({ "partner_sid": sid, "display_id": remembered.display_id }).to_string();
            Reported { judgement: Judgement::default(), change: Some(Turn::Gone), partner }
        }));
    }

    /// How bad it is in all.
    pub fn worst(&self) -> Option<Level> {
        self.reported.first().and_then(|row| row.judgement.level())
    }

    /// Says of whom less is known than was asked for.
    pub fn report_gaps(&self, notices: &Notices) {
        let unreadable = &self.unreadable;
        if !unreadable.is_empty() {
            let have = phrase::counted(unreadable.len() as u64, "partner has", "partners have");
            notices.warn(&format!("{have} a missing or invalid amount: {}", phrase::listed(unreadable)));
        }
        if self.rateless > 0 {
            let partners = phrase::counted(self.rateless, "partner", "partners");
            notices
                .note(&format!("no runway yet for {partners}: at least three snapshots spanning 24 hours are needed"));
        }
    }
}

/// Status, counts and the worst partner; then the counts once more for a monitoring system to draw, with the time
/// taken.
///
/// The counts of `warning` and `critical` carry their thresholds: one partner is enough. The labels are always the
/// same, as what draws them is set up once.
pub fn found(findings: &Findings, taken: Duration) -> String {
    let Findings { critical, warning, checked, unjudged, rateless, .. } = findings;
    let status = match findings.worst() {
        None => "OK",
        Some(Level::Warning) => "WARNING",
        Some(Level::Critical) => "CRITICAL",
    };
    let gap = |count: u64, what: &str| if count > 0 { format!(", {count} {what}") } else { String::new() };
    let gaps = gap(*unjudged, "not judged") + &gap(*rateless, "without a runway");
    let worst = findings.reported.first().and_then(worst).unwrap_or_default();
    format!(
        "CARRIERX {status} - {critical} critical, {warning} warning of {checked}{gaps}{worst} | \
         critical={critical};;0;0 warning={warning};0;;0 checked={checked};;;0 unjudged={unjudged};;;0 \
         time={:.3}s;;;0",
        taken.as_secs_f64()
    )
}

fn worst(row: &Reported) -> Option<String> {
    row.judgement.level()?;
    Some(format!(", worst {} {}", display_id(&row.partner)?, row.judgement.measure()?))
}

/// The display ID, if it is of the documented form: `CX` and digits.
fn display_id(partner: &str) -> Option<String> {
    let id = raw::text(raw::lookup(partner, ["display_id"])?);
    let digits = id.strip_prefix("CX")?;
    let is_id = (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| id.into_owned())
}

/// Tells a monitoring system that nothing is known, and why, if it reads that: unless the line or the environment names
/// a format for other programs. Gives the error its status.
///
/// Why is the message of what was found on this machine; of what was asked over the network, our words for its kind.
pub fn unknown(error: Error, line: &[OsString], environment: &Environment, out: &mut dyn Write) -> Error {
    let format = || Some(environment.value("CARRIERX_OUTPUT").ok()??.value);
    let is_shown =
        cli::early(line, &["--output", "-o"]).or_else(format).is_none_or(|format: Format| format == Format::Table);
    let failure = Report::of(&error).failure;
    let ours = match failure.kind {
        Kind::Network if failure.exchange.is_none() => None,
        // What a panic says may have anything in it.
        Kind::Other if thread::panicking() => Some("internal error".to_owned()),
        _ => of_answer(&failure),
    };
    let is_said = is_shown && ours.is_none() && are_one_stream();
    if is_shown {
        let why = ours.unwrap_or(failure.message);
        // If stdout cannot be written to, the status still reports it.
        _ = writeln!(out, "CARRIERX UNKNOWN - {}", without_bars(&text::escape(&why))).and_then(|()| out.flush());
    }
    error.context(Unknown { is_said })
}

/// Whether stdout and stderr end in one place, such as a terminal or the mail of cron.
fn are_one_stream() -> bool {
    Handle::stdout().is_ok_and(|stdout| Handle::stderr().is_ok_and(|stderr| stderr == stdout))
}

fn of_answer(failure: &Failure) -> Option<String> {
    let words = match failure.kind {
        Kind::Other | Kind::Usage | Kind::Config | Kind::Incomplete | Kind::Differs => return None,
        Kind::Auth => "the API refused the token",
        Kind::Forbidden => "the token lacks the scope",
        Kind::Rejected => "the API rejected the request",
        Kind::RateLimited => "the API is rate-limiting requests",
        Kind::Server => "the API failed",
        Kind::Network => "no response from the API",
    };
    Some(failure.status().map_or_else(|| words.to_owned(), |status| format!("{words} ({status})")))
}

/// The text without the character that begins performance data, on any line.
pub fn without_bars(text: &str) -> String {
    text.replace('|', "\\u{7c}")
}
