//! `sandbox serve`: the sample API for scripts and tests.

use anyhow::Context;

use crate::cli::sandbox::{Command, ServeArgs};
use crate::sandbox::{self, Sandbox};

use super::Surroundings;

/// Runs a command about the sandbox.
///
/// # Errors
/// Whatever keeps it from serving.
pub fn run(command: Command, surroundings: Surroundings) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve(&args, surroundings),
    }
}

/// Serves until a signal ends the program.
fn serve(args: &ServeArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    let options =
        sandbox::Options { partners: args.partners as usize, port: args.port, latency: args.latency, gzip: args.gzip };
    let sandbox = Sandbox::start(&options)
        .with_context(|| format!("the sandbox cannot listen on port {} of 127.0.0.1", args.port))?;
    let out = surroundings.stdout;
    writeln!(out, "export CARRIERX_BASE_URL={}", sandbox.base_url())?;
    writeln!(out, "export CARRIERX_TOKEN={}", sandbox::TOKEN)?;
    out.flush()?;
    surroundings.notices.note_on_terminal(&format!("serving {} made-up partners; Ctrl-C ends it", args.partners));
    sandbox.wait();
    Ok(())
}
