//! `sandbox serve`: the sample API for scripts and tests.

use crate::cli::GlobalArgs;
use crate::cli::sandbox::{Command, ServeArgs};
use crate::error::{self, Context as _, Failure, Kind, list_name};
use crate::sandbox;
use crate::served::{ServeOptions, Server};

use super::connection::{self, Answerer};
use super::{Context, saved_list};

/// Runs a command about the sandbox.
///
/// # Errors
/// Whatever keeps it from serving.
pub(crate) fn run(command: Command, global: &GlobalArgs, context: Context) -> error::Result<()> {
    match command {
        Command::Serve(args) => serve(&args, global, context),
    }
}

/// Serves until a signal ends the program.
fn serve(args: &ServeArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    connection::check(global)?;
    let Context { stdout: out, notices, .. } = context;
    let (partners, defaults, whose) = match Answerer::of(global).file() {
        Some(_) if args.partners.is_some() => {
            return Err(Failure::new(Kind::Usage, "--from and --partners cannot be used together")
                .hint("leave one of them out: a saved list has its own partners")
                .into());
        }
        Some(file) => {
            let partners = saved_list::read(file, notices)?;
            let whose = format!("{} from {}", partners.counted(), list_name(file));
            (partners, saved_list::serve_options()?, whose)
        }
        None => {
            let count = args.partners.map_or(sandbox::PARTNERS, |count| count as usize);
            (sandbox::partners(count), sandbox::OPTIONS, format!("{count} made-up partners"))
        }
    };
    let options = ServeOptions { port: args.port, latency: args.latency, gzip: args.gzip, ..defaults };
    let server = Server::start(partners, &options)
        .with_context(|| format!("the sandbox cannot listen on port {} of 127.0.0.1", args.port))?;
    writeln!(out, "export CARRIERX_BASE_URL={}", server.base_url())?;
    writeln!(out, "export CARRIERX_TOKEN={}", options.token)?;
    out.flush()?;
    notices.note_on_terminal(&format!("serving {whose}; Ctrl-C ends it"));
    server.wait();
    Ok(())
}
