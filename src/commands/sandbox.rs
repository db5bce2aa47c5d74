//! `sandbox serve`: the sample API for scripts and tests.

use std::io::Write;

use crate::cli::sandbox::SandboxCommand;
use crate::error::{self, Context as _};
use crate::source::http::Server;
use crate::source::sandbox;
use crate::source::service::Service;

use super::Context;

/// Runs a command about the sandbox.
///
/// `serve` serves until a signal ends the program.
pub fn run(SandboxCommand::Serve(args): SandboxCommand, context: Context, out: &mut dyn Write) -> error::Result<()> {
    let count = args.partners.map_or(sandbox::COUNT, |count| count as usize);
    let service = Service::new(sandbox::partners(count));
    let server = Server::listen(service, args.port, args.latency)
        .with_context(|| format!("the sandbox cannot listen on port {} of 127.0.0.1", args.port))?;
    writeln!(out, "export CARRIERX_BASE_URL={}", server.site.base_url)?;
    writeln!(out, "export CARRIERX_TOKEN={}", sandbox::TOKEN)?;
    out.flush()?;
    context.notices.note_on_terminal(&format!("serving {count} made-up partners; press Ctrl-C to stop"));
    server.serve();
    Ok(())
}
