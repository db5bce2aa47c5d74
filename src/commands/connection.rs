//! Whom a command asks: the API of the settings, the sandbox, a saved list, or a moment of the history.

use std::path::Path;
use std::sync::Arc;

use crate::api::client::{Client, ClientOptions};
use crate::api::{Credentials, PARTNERS, Source, tls};
use crate::cli::GlobalArgs;
use crate::error::{self, Failure, Kind};
use crate::output::{Notices, notices, secrets};
use crate::partners::List;
use crate::settings::Settings;
use crate::source::local::Local;
use crate::source::service::Service;
use crate::source::{sandbox, saved};
use crate::values::When;

use super::past;

/// What is said of them after results.
const SAMPLE: &str = "sample data: these partners are made up";

/// Who answers a command, as the global options say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answerer<'g> {
    /// The API of the settings.
    Api,
    /// The made-up partners.
    Sandbox,
    /// The list in this file, or on stdin if it is `-`.
    SavedList(&'g Path),
    /// The history, as it was then.
    Past(&'g When),
}

impl<'g> Answerer<'g> {
    pub fn of(global: &'g GlobalArgs) -> Self {
        match (&global.from, &global.at) {
            (Some(path), _) => Self::SavedList(path),
            (None, Some(when)) => Self::Past(when),
            (None, None) if global.sandbox => Self::Sandbox,
            (None, None) => Self::Api,
        }
    }

    /// Whether nothing is needed of the configuration: neither token nor address.
    pub fn is_local(self) -> bool {
        self != Self::Api
    }

    /// What it is called in sentences.
    pub fn name(self) -> String {
        match self {
            Self::Api => "the API".to_owned(),
            Self::Sandbox => "the sandbox".to_owned(),
            Self::SavedList(path) => saved::name(path),
            Self::Past(when) => format!("the history at {when}"),
        }
    }
}

/// Whoever answers.
pub type Connection = Arc<dyn Source>;

/// Opens the source; the API with the token of the settings.
pub fn open(global: &GlobalArgs, settings: &Settings, notices: &Notices) -> error::Result<Connection> {
    let answerer = Answerer::of(global);
    let color = settings.color.value;
    if global.sandbox {
        notices.remind(SAMPLE, color);
    }
    let partners = match answerer {
        Answerer::Api => return with(settings.token()?, global, settings),
        Answerer::Sandbox => sandbox::partners(sandbox::COUNT),
        Answerer::SavedList(path) => {
            let saved = saved::read_typed(path)?;
            if let Some(warning) = saved.repeated(path) {
                notices.warn(&warning);
            }
            let count = PARTNERS.counted(saved.partners.len() as u64);
            notices.remind(format!("from {}: {count}", saved::name(path)), color);
            saved.partners
        }
        Answerer::Past(when) => past::partners(when, "", settings, global, notices)?.0,
    };
    Ok(local(answerer.name(), partners))
}

/// A list in memory that answers.
pub fn local(name: String, partners: List) -> Connection {
    Arc::new(Local::new(name, Service::new(partners)))
}

/// The API of the settings with these credentials.
pub fn with(credentials: Credentials, global: &GlobalArgs, settings: &Settings) -> error::Result<Connection> {
    secrets::hide(&credentials.token);
    let authorities = settings.ca_file.as_ref().map(|file| tls::read_authorities(&file.value)).transpose()?;
    let options = ClientOptions {
        timeout: settings.timeout.value,
        deadline: global.max_time,
        retries: settings.retries.value,
        authorities: authorities.unwrap_or_default(),
        trace: global.verbose.then_some(notices::trace),
    };
    Ok(Arc::new(Client::new(settings.base_url()?, credentials, options)?))
}

/// Refuses two options that name two different servers.
///
/// clap sees such a conflict only when both stand at the same level of the command line.
pub fn check(global: &GlobalArgs) -> Result<(), Failure> {
    let options = [
        (global.from.is_some(), "--from", "--from queries a saved list, and nothing else"),
        (global.at.is_some(), "--at", "--at queries the history, and no server"),
        (global.sandbox, "--sandbox", "the sandbox has its own address"),
        (global.base_url.is_some(), "--base-url", ""),
    ];
    let mut given = options.into_iter().filter(|(is_given, ..)| *is_given);
    match (given.next(), given.next()) {
        // The sample has a past, too.
        (Some((_, "--at", _)), Some((_, "--sandbox", _))) if global.base_url.is_none() => Ok(()),
        (Some((_, first, reason)), Some((_, second, _))) => {
            Err(Failure::new(Kind::Usage, format!("{first} and {second} cannot be used together"))
                .hint(format!("leave one of them out: {reason}")))
        }
        _ => Ok(()),
    }
}

/// Refuses a saved list from stdin where something else is read there.
pub fn check_stdin(global: &GlobalArgs, other: &str, is_other_there: bool) -> Result<(), Failure> {
    if is_other_there && Answerer::of(global) == Answerer::SavedList(Path::new("-")) {
        return Err(Failure::new(Kind::Usage, format!("stdin cannot be both {other} and the list of --from"))
            .hint("save one of them to a file first"));
    }
    Ok(())
}
