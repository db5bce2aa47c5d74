//! One file a verb, in a directory for its noun: from arguments to a question, from answers to output.
//!
//! This is where the API, the settings and the output meet; none of them knows another.

mod auth;
pub mod completion;
mod config;
mod connection;
mod files;
mod man;
mod partners;
mod past;
mod record;
mod sandbox;
pub mod session;

use std::ffi::OsString;
use std::io::Write;

use connection::{Answerer, Connection};
use files::{NamedFile, Use};
use session::Session;

pub use partners::check::unknown;

use crate::cli::partners::PartnersCommand;
use crate::cli::{Command, GlobalArgs};
use crate::error::{Failure, Kind, Result};
use crate::output::{Notices, Terminal};
use crate::settings::{Address, Environment, Options};
use crate::values::Format;

/// What a command finds around it.
pub struct Context<'a, 'n> {
    /// The command line, the program's name first.
    pub line: &'a [OsString],
    /// The options that all commands have.
    pub global: &'a GlobalArgs,
    /// The environment variables that set something.
    pub environment: Environment,
    /// What is connected to a terminal.
    pub terminal: Terminal,
    /// Where notes and warnings go.
    pub notices: &'a Notices<'n>,
}

impl Context<'_, '_> {
    /// The settings that the global options give.
    fn options(&self) -> Options {
        let global = self.global;
        Options {
            config: global.config.clone(),
            profile: global.profile.clone(),
            base_url: global.base_url.clone().map(Address),
            output: global.output,
            timeout: global.timeout,
            retries: global.retries,
            color: global.color,
            ca_file: global.ca_file.clone(),
            history: global.history.clone(),
            ..Options::default()
        }
    }
}

/// Runs the command that was typed, and gives the status to end with: 0, but where a command has its own.
pub fn run(command: Command, context: Context, stdout: &mut dyn Write) -> Result<u8> {
    let global = context.global;
    connection::check(global)?;
    check_source(&command, global)?;
    if let Some(config) = global.config.clone().or_else(|| context.environment.config()) {
        files::check(&[NamedFile::new("the configuration", &config, Use::Rewritten)])?;
    }
    let is_named = |name: &str| match &command {
        Command::Partners(PartnersCommand::Snapshot(_)) => name != "check",
        Command::Partners(PartnersCommand::Check(_)) => name != "snapshot",
        command => name == "partners" && matches!(command, Command::Partners(_)),
    };
    if let Some(format) = global.output.filter(|format| !format.is_for(is_named)) {
        let (problem, hint) = match format {
            Format::Prometheus => ("-o prometheus is only for `partners check`", "use another format, such as -o json"),
            _ => ("-o xlsx writes a file, and this command has no --to", "use another format, such as -o csv"),
        };
        return Err(Failure::new(Kind::Usage, problem).hint(hint).into());
    }
    match command {
        Command::Partners(command) => return partners::run(command, context, stdout),
        Command::Auth(command) => auth::run(command, context, stdout)?,
        Command::Config(command) => config::run(command, context, stdout)?,
        Command::Completions { shell } => completion::write_script(shell, stdout)?,
        Command::Man(args) => man::run(&args, context.terminal, stdout)?,
        Command::Sandbox(command) => sandbox::run(command, context, stdout)?,
    }
    Ok(0)
}

/// Refuses a saved list, or a moment of the history, for a command that does not ask for partners.
fn check_source(command: &Command, global: &GlobalArgs) -> std::result::Result<(), Failure> {
    let asks_for_partners = match command {
        Command::Partners(command) => !matches!(command, PartnersCommand::Fields(_) | PartnersCommand::History(_)),
        _ => false,
    };
    let asks_for_now = matches!(command, Command::Partners(PartnersCommand::Snapshot(_)));
    let (option, hint) = match (&global.from, &global.at) {
        (Some(_), _) if !asks_for_partners => ("--from", "leave --from out"),
        (_, Some(_)) if matches!(command, Command::Partners(PartnersCommand::History(_))) => {
            ("--at", "use --since and --until")
        }
        (_, Some(_)) if !asks_for_partners || asks_for_now => ("--at", "leave --at out"),
        _ => return Ok(()),
    };
    Err(Failure::new(Kind::Usage, format!("{option} cannot be used with this command")).hint(hint))
}
