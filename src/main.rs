//! Parses the arguments, runs the command, and reports its result. Only this file touches the process itself.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::panic;
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::error::ErrorKind;

use carrierx::cli::{self, Cli};
use carrierx::commands::completion;
use carrierx::error::{Context as _, Error, Kind, Report};
use carrierx::output::notices::Notices;
use carrierx::output::terminal::{self, Terminal};
use carrierx::settings::Environment;
use carrierx::system::{atomic_file, child, signals, tty};
use carrierx::values::{Deadline, ErrorFormat};
use carrierx::{Context, error};

/// Results are written in pieces of this size, or page by page.
const BUFFER: usize = 64 * 1024;

fn main() -> ExitCode {
    let line = line();
    if completion::answer(&line, env::current_dir().ok().as_deref(), environment) {
        return ExitCode::SUCCESS;
    }
    // A library may give up where it cannot write.
    panic::set_hook(Box::new(|panic| end_with(error::panicked(panic))));
    environment().hide_token();
    // Not locked: a thread that ends the program early may have to write there.
    let mut stdout = BufWriter::with_capacity(BUFFER, io::stdout());
    let ended = match Cli::read(&line) {
        Ok(cli) => run(cli, &line, &mut stdout),
        Err(message) => help_or_usage(&message, &line),
    };
    if IS_ENDING.load(Ordering::SeqCst) {
        // Whatever went wrong then comes from the clean-up; another thread reports and ends the process.
        loop {
            thread::park();
        }
    }
    // Only now is all output known to have been written.
    match ended.and_then(|status| stdout.flush().context("cannot write to stdout").map(|()| status)) {
        Ok(status) => status.into(),
        Err(error) if error::is_closed_pipe(&error) => {
            // What is still in the buffer has no reader; dropping the buffer would try to write it once more.
            _ = stdout.into_parts();
            ExitCode::SUCCESS
        }
        Err(error) => {
            drop(stdout);
            failed(error).into()
        }
    }
}

/// Runs the command in the surroundings that this process has, and sees to it that it can end early.
fn run(cli: Cli, line: &[OsString], stdout: &mut dyn Write) -> error::Result<u8> {
    // Without a thread for it, the signals end the program as ever, and a temporary file may stay.
    _ = signals::clean_up_before_the_end(clean_up);
    if let Some(deadline) = cli.global.max_time {
        end_after(deadline);
    }
    let terminal = Terminal {
        stdin: io::stdin().is_terminal(),
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
        columns: env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()),
        dumb: env::var_os("TERM").is_some_and(|name| name == "dumb"),
    };
    // Windows consoles show colors only on request.
    _ = anstyle_query::windows::enable_ansi_colors();
    let mut stderr = io::stderr();
    let notices = Notices::new(&mut stderr, terminal.stderr, cli.global.quiet);
    let context = Context { line, global: &cli.global, environment: environment(), terminal, notices: &notices };
    carrierx::run(cli.command, context, stdout)
}

/// Help and version are results; everything else from clap is a usage error.
fn help_or_usage(message: &clap::Error, line: &[OsString]) -> error::Result<u8> {
    let is_help = message.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if message.use_stderr() && !(is_help && cli::error_format(line) == ErrorFormat::Text) {
        return Err(cli::usage(message, line).into());
    }
    message.print().context("cannot write to stdout")?;
    Ok(if message.use_stderr() { Kind::Usage.exit_status() } else { 0 })
}

/// Whether the program is being ended from outside the command: by a signal, or after its deadline.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Restores the terminal, removes temporary files, and ends what was started.
fn clean_up() {
    IS_ENDING.store(true, Ordering::SeqCst);
    terminal::clear_progress();
    tty::show_typing();
    atomic_file::remove_unfinished();
    child::end_running();
}

/// How long after its deadline a command may report by itself how far it came.
const GRACE: Duration = Duration::from_millis(500);

/// Ends the program after the deadline, whatever it is doing: waiting for stdin, for another program, for a reader.
///
/// Requests keep to the deadline by themselves, and say how far the command came. Without a thread they alone do.
fn end_after(deadline: Deadline) {
    _ = thread::Builder::new().name("deadline".to_owned()).spawn(move || {
        thread::sleep(deadline.left() + GRACE);
        end_with(error::out_of_time(deadline));
    });
}

/// Reports an error that the command itself cannot report, and ends the program.
fn end_with(error: Error) {
    terminal::clear_progress();
    let status = failed(error);
    clean_up();
    process::exit(status.into());
}

/// Reports the error, first to a monitoring system if it is one that runs the program, and returns the exit status.
fn failed(error: Error) -> u8 {
    let line = line();
    let is_check = cli::is_check(&line);
    let error = if is_check { carrierx::unknown(error, &line, &environment(), &mut io::stdout()) } else { error };
    let report = Report::of(&error);
    // If stderr cannot be written, the status still reports the error.
    _ = io::stderr().write_all(report.shown(cli::error_format(&line)).as_bytes());
    report.exit_status
}

/// The command line, the program's name first.
fn line() -> Vec<OsString> {
    env::args_os().collect()
}

fn environment() -> Environment {
    Environment::new(|name| env::var_os(name))
}
