//! Parses the arguments, runs the command, and reports how that ended. Only here is the process itself touched.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::{self, ExitCode};

use clap::Parser;

use carrierx::cli::Cli;
use carrierx::notices::Notices;
use carrierx::output::sink;
use carrierx::settings::Environment;
use carrierx::terminal::{self, Terminal};
use carrierx::{Surroundings, error, hangup, signals};

/// Results leave in pieces of this size, or whenever a page of them is whole.
const BUFFER: usize = 64 * 1024;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return help_or_usage(&usage),
    };
    signals::clean_up_before_the_end(|| {
        terminal::clear_progress();
        sink::remove_unfinished();
    });
    let mut stderr = io::stderr();
    let mut stdout = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let ended = {
        let terminal = Terminal {
            stdout: io::stdout().is_terminal(),
            stderr: stderr.is_terminal(),
            dumb: env::var_os("TERM").is_some_and(|name| name == "dumb"),
        };
        let notices = Notices::new(&mut stderr, terminal.stderr, cli.global.quiet);
        carrierx::run(
            cli,
            Surroundings {
                environment: Environment::read(|name| env::var_os(name)),
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
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error::is_closed_pipe(&error) => {
            // What is still in the buffer has no reader; dropping the buffer would try to write it once more.
            _ = stdout.into_parts();
            ExitCode::SUCCESS
        }
        Err(error) => {
            // A report that nobody can read is no reason for anything but the status.
            _ = stderr.write_all(error::report(&error).as_bytes());
            ExitCode::from(error::exit_status(&error))
        }
    }
}

/// Help and version are results; everything else that clap has to say is a usage error.
fn help_or_usage(message: &clap::Error) -> ExitCode {
    // As above: who closed the pipe has seen enough.
    _ = message.print();
    if message.use_stderr() { ExitCode::from(error::Kind::Usage.exit_status()) } else { ExitCode::SUCCESS }
}
