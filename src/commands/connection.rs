//! Whom a command asks: the API of the settings, or the sandbox.

use std::sync::Arc;

use crate::api::client::{Client, ClientOptions};
use crate::api::credentials::Credentials;
use crate::api::tls::{self, Authority};
use crate::cli::GlobalArgs;
use crate::error::{self, Context as _, Failure, Kind};
use crate::notices::{self, Notices};
use crate::sandbox;
use crate::served::Server;
use crate::settings::Settings;
use crate::values::Token;

/// A client, and the sandbox that it talks to, if it does.
pub(crate) struct Connection {
    pub(crate) client: Arc<Client>,
    /// Ends with the connection.
    _sandbox: Option<Server>,
}

impl Connection {
    /// Connects to the sandbox if that was asked for, else to the API with the token of the settings.
    ///
    /// # Errors
    /// When there is no token or no usable base URL, or the sandbox cannot start.
    pub(crate) fn open(global: &GlobalArgs, settings: &Settings, notices: &Notices) -> error::Result<Self> {
        if !global.sandbox {
            let (token, source) = settings.token()?;
            return Self::with(Credentials { token, source }, global, settings);
        }
        let sandbox = Server::start(sandbox::partners(sandbox::PARTNERS), &sandbox::OPTIONS)
            .context("the sandbox cannot start on loopback")?;
        let unusable = |problem| Failure::new(Kind::Other, format!("the sandbox is out of reach: {problem}"));
        let credentials = Credentials {
            token: sandbox::TOKEN.parse::<Token>().map_err(unusable)?.public(),
            source: "the sandbox".to_owned(),
        };
        let base_url = sandbox.base_url().parse().map_err(unusable)?;
        let client = Client::new(base_url, credentials, client_options(global, settings, Vec::new()))?;
        notices.remind("sample data: these partners are made up", settings.color.value);
        Ok(Self { client: client.into(), _sandbox: Some(sandbox) })
    }

    /// Connects to the API of the settings with these credentials.
    ///
    /// # Errors
    /// When there is no usable base URL, or a file of authorities cannot be used.
    pub(crate) fn with(credentials: Credentials, global: &GlobalArgs, settings: &Settings) -> error::Result<Self> {
        let authorities = settings.ca_file.as_ref().map(|file| tls::read_authorities(&file.value)).transpose()?;
        let options = client_options(global, settings, authorities.unwrap_or_default());
        Ok(Self { client: Client::new(settings.base_url()?, credentials, options)?.into(), _sandbox: None })
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

/// Refuses two options that name two different servers.
///
/// clap sees such a conflict only when both stand at the same level of the command line.
pub(crate) fn check(global: &GlobalArgs) -> Result<(), Failure> {
    if global.sandbox && global.base_url.is_some() {
        return Err(Failure::new(Kind::Usage, "--sandbox and --base-url cannot be used together")
            .hint("leave one of them out: the sandbox has an address of its own"));
    }
    Ok(())
}
