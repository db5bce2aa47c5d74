//! The first line of a check, by which monitoring systems and pagers go.
//!
//! What stands there is taken for ours, so nothing that the API sent gets there but a [`display_id`] and digits.

use std::ffi::OsString;
use std::io::Write;
use std::thread;
use std::time::Duration;

use same_file::Handle;

use crate::error::{Error, Failure, Kind, Report, Unknown};
use crate::output::text;
use crate::partners::judge::Level;
use crate::settings::Environment;
use crate::values::Format;
use crate::{cli, raw};

use super::findings::{Findings, Reported};

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
    let is_shown = cli::output(line).or_else(format).is_none_or(|format| format == Format::Table);
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
