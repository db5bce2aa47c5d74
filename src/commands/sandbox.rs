//! `sandbox serve`: the sample API for scripts and tests.

use std::time::Duration;

use crate::cli::GlobalArgs;
use crate::cli::sandbox::{Command, HistoryArgs, ServeArgs};
use crate::error::{self, Context as _, Failure, Kind};
use crate::history::Recorder;
use crate::partners::diff::List;
use crate::source::http::{ServeOptions, Server};
use crate::source::sandbox;
use crate::source::service::Service;
use crate::values::moment::Moment;

use super::Context;
use super::connection::{self, SANDBOX};

/// Runs a command about the sandbox.
pub fn run(command: Command, global: &GlobalArgs, context: Context) -> error::Result<()> {
    match command {
        Command::Serve(args) => serve(&args, global, context),
        Command::History(args) => history(&args, &context),
    }
}

/// Writes a history of the sample partners, a snapshot a night up to the last one.
fn history(args: &HistoryArgs, context: &Context) -> error::Result<()> {
    let now = Moment::now();
    let folder = &args.dir;
    let partners = sandbox::partners(args.partners.map_or(sandbox::PARTNERS, |count| count as usize));
    let today: Vec<&str> = partners.iter().collect();
    for days in (0..u64::from(args.nights)).rev() {
        let recorder = Recorder::open(folder)?;
        let is_first = days + 1 == u64::from(args.nights);
        if is_first && recorder.last().is_some() {
            let failure = Failure::new(Kind::Usage, format!("there is a history in {} already", folder.display()));
            return Err(failure.hint("name a new folder").into());
        }
        let mut list = List::new();
        for partner in sandbox::past::days_ago(days, &today) {
            // The sample partners have SIDs that differ.
            _ = list.add(partner);
        }
        // A little after two, as a job at two would have it.
        let night = now.before(NIGHT).start_of_day().after(NIGHT + Duration::from_secs(days % 4));
        recorder.record(SANDBOX, &list, night.before(DAY * u32::try_from(days).unwrap_or(u32::MAX)))?;
    }
    let folder = folder.display();
    context.notices.note(&format!("wrote {} nights; to use them: export CARRIERX_HISTORY={folder}", args.nights));
    Ok(())
}

const DAY: Duration = Duration::from_secs(86_400);

/// When the partners are looked at, from the beginning of the day.
const NIGHT: Duration = Duration::from_secs(2 * 3600);

/// Serves until a signal ends the program.
fn serve(args: &ServeArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    connection::check(global)?;
    let Context { stdout: out, notices, .. } = context;
    let count = args.partners.map_or(sandbox::PARTNERS, |count| count as usize);
    let service = Service::new(sandbox::partners(count));
    let options = ServeOptions { port: args.port, latency: args.latency, gzip: args.gzip };
    let server = Server::listen(service, options)
        .with_context(|| format!("the sandbox cannot listen on port {} of 127.0.0.1", args.port))?;
    writeln!(out, "export CARRIERX_BASE_URL={}", server.base_url)?;
    writeln!(out, "export CARRIERX_TOKEN={}", sandbox::TOKEN)?;
    out.flush()?;
    notices.note_on_terminal(&format!("serving {count} made-up partners; Ctrl-C ends it"));
    server.serve();
    Ok(())
}
