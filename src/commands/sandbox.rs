//! `sandbox serve`: the sample API for scripts and tests.

use crate::cli::GlobalArgs;
use crate::cli::sandbox::{Command, ServeArgs};
use crate::error::{self, Context as _};
use crate::source::http::{ServeOptions, Server};
use crate::source::sandbox;
use crate::source::service::Service;

use super::Context;
use super::connection;

/// Runs a command about the sandbox.
pub fn run(command: Command, global: &GlobalArgs, context: Context) -> error::Result<()> {
    match command {
        Command::Serve(args) => serve(&args, global, context),
    }
}

/// Serves until a signal ends the program.
fn serve(args: &ServeArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    connection::check(global)?;
    let Context { stdout: out, notices, .. } = context;
    let count = args.partners.map_or(sandbox::PARTNERS, |count| count as usize);
    let service = Service::new(sandbox::partners(count));
    let options = ServeOptions { port: args.port, latency: args.latency };
    let server = Server::listen(service, options)
        .with_context(|| format!("the sandbox cannot listen on port {} of 127.0.0.1", args.port))?;
    writeln!(out, "export CARRIERX_BASE_URL={}", server.base_url)?;
    writeln!(out, "export CARRIERX_TOKEN={}", sandbox::TOKEN)?;
    out.flush()?;
    notices.note_on_terminal(&format!("serving {count} made-up partners; Ctrl-C ends it"));
    server.serve();
    Ok(())
}
