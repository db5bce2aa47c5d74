//! Parses the arguments, runs the command, and reports how that ended. Only here is the process itself touched.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::num::NonZeroU16;
use std::process::{self, ExitCode};

use clap::error::ErrorKind;

use carrierx::cli::{self, Cli};
use carrierx::error::Kind;
use carrierx::notices::Notices;
use carrierx::output::sink;
use carrierx::settings::Environment;
use carrierx::terminal::{self, Screen, Terminal};
use carrierx::values::ErrorFormat;
use carrierx::{Surroundings, completion, error, hangup, signals};

/// Results leave in pieces of this size, or whenever a page of them is whole.
const BUFFER: usize = 64 * 1024;

fn main() -> ExitCode {
    let line: Vec<OsString> = env::args_os().collect();
    if completion::answer(&line, env::current_dir().ok().as_deref(), environment) {
        return ExitCode::SUCCESS;
    }
    let cli = match Cli::read(&line) {
        Ok(cli) => cli,
        Err(message) => return help_or_usage(&message, &line),
    };
    let error_format = cli.global.error_format;
    signals::clean_up_before_the_end(|| {
        terminal::clear_progress();
        terminal::show_typing();
        sink::remove_unfinished();
    });
    let mut stderr = io::stderr();
    let mut stdout = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let ended = {
        let terminal = Terminal {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal().then(|| Screen { columns: columns() }),
            stderr: stderr.is_terminal(),
            dumb: env::var_os("TERM").is_some_and(|name| name == "dumb"),
        };
        let notices = Notices::new(&mut stderr, terminal.stderr, cli.global.quiet);
        carrierx::run(
            cli,
            Surroundings {
                environment: environment(),
                terminal,
                stdout: &mut stdout,
                end_without_reader: || {
                    hangup::on_hangup(|| {
                        terminal::clear_progress();
                        process::exit(0);
                    });
                },
                notices: &notices,
            },
        )
    };
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(error) if error::is_closed_pipe(&error) => {
            // What is still in the buffer has no reader; dropping the buffer would try to write it once more.
            _ = stdout.into_parts();
            ExitCode::SUCCESS
        }
        Err(error) => {
            drop(stdout);
            failed(&error, error_format)
        }
    }
}

fn environment() -> Environment {
    Environment::read(|name| env::var_os(name))
}

/// How wide the terminal is said to be.
fn columns() -> Option<NonZeroU16> {
    env::var("COLUMNS").ok()?.parse().ok()
}

/// Tells the error, and gives the status to end with.
fn failed(error: &anyhow::Error, format: ErrorFormat) -> ExitCode {
    // A report that nobody can read is no reason for anything but the status.
    _ = io::stderr().write_all(error::report(error, format).as_bytes());
    ExitCode::from(error::exit_status(error))
}

/// Help and version are results; everything else that clap has to say is a usage error.
fn help_or_usage(message: &clap::Error, line: &[OsString]) -> ExitCode {
    let format = cli::error_format(line);
    let is_help = message.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if message.use_stderr() && !(is_help && format == ErrorFormat::Text) {
        let error = carrierx::misread(line, error::usage(message), &environment(), &mut io::stdout());
        return failed(&error, format);
    }
    // As above: who closed the pipe has seen enough.
    _ = message.print();
    if message.use_stderr() { ExitCode::from(Kind::Usage.exit_status()) } else { ExitCode::SUCCESS }
}
