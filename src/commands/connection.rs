//! Whom a command asks: the API of the settings, the sandbox, or a saved list.

use std::path::Path;
use std::sync::Arc;

use crate::api::client::{Client, ClientOptions};
use crate::api::credentials::Credentials;
use crate::api::tls::{self, Authority};
use crate::cli::GlobalArgs;
use crate::error::{self, Context as _, Failure, Kind, list_name};
use crate::output::notices::{self, Notices};
use crate::settings::Settings;
use crate::source::sandbox;
use crate::source::served::{Partners, ServeOptions, Server};
use crate::values::{Token, When};

use super::{past, saved_list};

/// What the made-up partners are called where those of the API have an address.
pub const SANDBOX: &str = "the sandbox";

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
        match &global.from {
            Some(path) => Self::SavedList(path),
            None if global.sandbox => Self::Sandbox,
            None => global.at.as_ref().map_or(Self::Api, Self::Past),
        }
    }

    /// Whether nothing is needed of the configuration: neither token nor address.
    pub fn is_local(self) -> bool {
        self != Self::Api
    }

    /// The file of the saved list, if that is who answers.
    pub fn file(self) -> Option<&'g Path> {
        match self {
            Self::SavedList(path) => Some(path),
            Self::Api | Self::Sandbox | Self::Past(_) => None,
        }
    }

    /// Whether the saved list is read from stdin, which nothing else can be then.
    pub fn takes_stdin(self) -> bool {
        self.file().is_some_and(|path| path.as_os_str() == "-")
    }

    /// What it is called in sentences.
    pub fn name(self) -> String {
        match self {
            Self::Past(when) => format!("the history at {when}"),
            _ => self.file().map_or_else(|| "the API".to_owned(), list_name),
        }
    }
}

/// A client, and the server inside the program that it talks to, if it does.
pub struct Connection {
    pub client: Arc<Client>,
    /// Ends with the connection.
    _server: Option<Server>,
}

impl Connection {
    /// Connects to whoever answers; to the API with the token of the settings.
    pub fn open(global: &GlobalArgs, settings: &Settings, notices: &Notices) -> error::Result<Self> {
        let color = settings.color.value;
        match Answerer::of(global) {
            Answerer::Api => {
                let (token, source) = settings.token()?;
                Self::with(Credentials { token, source }, global, settings)
            }
            Answerer::Sandbox => {
                let partners = sandbox::partners(sandbox::PARTNERS);
                let connection = Self::served(partners, &sandbox::OPTIONS, SANDBOX.to_owned(), global, settings)?;
                notices.remind("sample data: these partners are made up", color);
                Ok(connection)
            }
            Answerer::SavedList(path) => {
                let partners = saved_list::read(path, notices)?;
                let reminder = format!("from {}: {}", list_name(path), partners.counted());
                let connection =
                    Self::served(partners, &saved_list::serve_options()?, list_name(path), global, settings)?;
                notices.remind(reminder, color);
                Ok(connection)
            }
            Answerer::Past(when) => {
                let partners = past::partners(when, settings, notices)?;
                Self::past(partners, Answerer::of(global).name(), global, settings)
            }
        }
    }

    /// Serves partners of the history, as what they are called, and connects to that server.
    pub fn past(partners: Partners, name: String, global: &GlobalArgs, settings: &Settings) -> error::Result<Self> {
        Self::served(partners, &saved_list::serve_options()?, name, global, settings)
    }

    /// Serves the partners inside the program, and connects to that server.
    fn served(
        partners: Partners,
        options: &ServeOptions,
        name: String,
        global: &GlobalArgs,
        settings: &Settings,
    ) -> error::Result<Self> {
        let server = Server::start(partners, options)
            .with_context(|| format!("{name} cannot be served on a loopback address"))?;
        let unusable = |problem| Failure::new(Kind::Other, format!("{name} cannot be reached: {problem}"));
        let token = options.token.parse::<Token>().map_err(unusable)?;
        // The sandbox's is a common word.
        let token = if options.token == sandbox::TOKEN { token.public() } else { token };
        let base_url = server.base_url().parse().map_err(unusable)?;
        let credentials = Credentials { token, source: name };
        let client = Client::new(base_url, credentials, client_options(global, settings, Vec::new()))?;
        Ok(Self { client: client.into(), _server: Some(server) })
    }

    /// Connects to the API of the settings with these credentials.
    pub fn with(credentials: Credentials, global: &GlobalArgs, settings: &Settings) -> error::Result<Self> {
        let authorities = settings.ca_file.as_ref().map(|file| tls::read_authorities(&file.value)).transpose()?;
        let options = client_options(global, settings, authorities.unwrap_or_default());
        Ok(Self { client: Client::new(settings.base_url()?, credentials, options)?.into(), _server: None })
    }
}

fn client_options(global: &GlobalArgs, settings: &Settings, authorities: Vec<Authority>) -> ClientOptions {
    ClientOptions {
        timeout: settings.timeout.value,
        deadline: global.max_time,
        retries: settings.retries.value,
        authorities,
        trace: global.verbose.then_some(notices::trace),
    }
}

/// The options that each say who answers, so that only one of them can be given.
pub const ANSWERERS: [&str; 4] = ["--from", "--at", "--sandbox", "--base-url"];

/// Refuses two options that name two different servers.
///
/// clap sees such a conflict only when both stand at the same level of the command line.
pub fn check(global: &GlobalArgs) -> Result<(), Failure> {
    let facts = [
        (global.from.is_some(), "--from queries a saved list, and nothing else"),
        (global.at.is_some(), "--at queries the history, and no server"),
        (global.sandbox, "the sandbox has an address of its own"),
        (global.base_url.is_some(), ""),
    ];
    let mut given = ANSWERERS.into_iter().zip(facts).filter(|(_, (is_given, _))| *is_given);
    match (given.next(), given.next()) {
        (Some((first, (_, reason))), Some((second, _))) => {
            Err(Failure::new(Kind::Usage, format!("{first} and {second} cannot be used together"))
                .hint(format!("leave one of them out: {reason}")))
        }
        _ => Ok(()),
    }
}

/// Refuses a saved list from stdin where something else is read there.
pub fn check_stdin(global: &GlobalArgs, other: &str, is_other_there: bool) -> Result<(), Failure> {
    if is_other_there && Answerer::of(global).takes_stdin() {
        return Err(Failure::new(Kind::Usage, format!("stdin cannot be both {other} and the list of --from"))
            .hint("save one of them to a file, and name it"));
    }
    Ok(())
}
