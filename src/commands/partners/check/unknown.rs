//! UNKNOWN: what a monitoring system reads where it is not known how the partners are.

use std::io::Write;

use crate::error::{Error, Kind, Report, Unknown};
use crate::output::text;
use crate::settings::Environment;
use crate::values::{Format, Layout, OutputFormat};

use super::report;

/// The layout of the format that was set, before the configuration is known; none of metrics.
pub fn layout(typed: Option<OutputFormat>, environment: &Environment) -> Option<Layout> {
    let of_environment = || environment.output()?.parse().ok().map(OutputFormat::Rows);
    typed.or_else(of_environment).unwrap_or(OutputFormat::Rows(Format::Table)).rows().map(Format::layout)
}

/// Tells a monitoring system that nothing is known, and why, if it would read that; gives the error its status.
pub fn report(error: Error, layout: Option<Layout>, out: &mut dyn Write) -> Error {
    if layout == Some(Layout::Screen) {
        // If stdout cannot be written to, the status still reports it.
        _ = writeln!(out, "CARRIERX UNKNOWN - {}", report::without_bars(&text::escape(&reason(&error))))
            .and_then(|()| out.flush());
    }
    error.context(Unknown)
}

/// Why nothing is known: our own words for what the API answered, as what stands here is taken for ours.
fn reason(error: &Error) -> String {
    let Report { kind, message, http_status: status, .. } = Report::of(error);
    let with = |words: &str| status.map_or_else(|| words.to_owned(), |status| format!("{words} ({status})"));
    match kind {
        Kind::Other | Kind::Usage | Kind::Config | Kind::Network | Kind::Incomplete | Kind::Differs => message,
        Kind::Auth => with("the API refused the token"),
        Kind::Forbidden => with("the token lacks the scope"),
        Kind::Rejected => with("the API rejected the request"),
        Kind::RateLimited => with("the API is rate-limiting requests"),
        Kind::Server if status.is_some_and(|status| status >= 500) => with("the API failed"),
        Kind::Server => "the API returned an unexpected response".to_owned(),
    }
}
