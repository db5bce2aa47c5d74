//! `sandbox serve`: the sample API for scripts and tests.

use crate::cli::sandbox::{Command, ServeArgs};
use crate::error::{self, Context as _};
use crate::sandbox;
use crate::served::{ServeOptions, Server};

use super::Context;

/// Runs a command about the sandbox.
///
/// # Errors
/// Whatever keeps it from serving.
pub(crate) fn run(command: Command, context: Context) -> error::Result<()> {
    match command {
        Command::Serve(args) => serve(&args, context),
    }
}

/// Serves until a signal ends the program.
fn serve(args: &ServeArgs, context: Context) -> error::Result<()> {
    let options = ServeOptions { port: args.port, latency: args.latency, gzip: args.gzip, ..sandbox::OPTIONS };
    let sandbox = Server::start(sandbox::partners(args.partners as usize), &options)
        .with_context(|| format!("the sandbox cannot listen on port {} of 127.0.0.1", args.port))?;
    let out = context.stdout;
    writeln!(out, "export CARRIERX_BASE_URL={}", sandbox.base_url())?;
    writeln!(out, "export CARRIERX_TOKEN={}", sandbox::TOKEN)?;
    out.flush()?;
    context.notices.note_on_terminal(&format!("serving {} made-up partners; Ctrl-C ends it", args.partners));
    sandbox.wait();
    Ok(())
}
