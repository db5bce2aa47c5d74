//! Whom a command asks: the API of the settings, or the sandbox.

use anyhow::Context;

use crate::api::client::{Client, Conduct};
use crate::api::credentials::Credentials;
use crate::api::tls;
use crate::cli::GlobalArgs;
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::sandbox::{self, Sandbox};
use crate::settings::Settings;

/// A client, and the sandbox that it talks to, if it does.
pub struct Connection {
    /// The client.
    pub client: Client,
    /// Ends with the connection.
    _sandbox: Option<Sandbox>,
}

impl Connection {
    /// Connects to the sandbox if that was asked for, else to the API with the token of the settings.
    ///
    /// # Errors
    /// When there is no token or no usable base URL, or the sandbox cannot start.
    pub fn open(global: &GlobalArgs, settings: &Settings, notices: &Notices) -> anyhow::Result<Self> {
        let conduct =
            Conduct { timeout: settings.timeout.value, retries: settings.retries.value, authorities: Vec::new() };
        if !global.sandbox {
            let base_url = settings.base_url()?;
            let (token, source) = settings.token()?;
            let credentials = Credentials { token, source };
            let authorities = settings.ca_file.as_ref().map(|file| tls::read_authorities(&file.value)).transpose()?;
            let conduct = Conduct { authorities: authorities.unwrap_or_default(), ..conduct };
            return Ok(Self { client: Client::new(base_url, credentials, conduct)?, _sandbox: None });
        }
        let sandbox = Sandbox::start(&sandbox::Options::default()).context("the sandbox cannot start on loopback")?;
        let unusable = |problem| Failure::new(Kind::Other, format!("the sandbox is out of reach: {problem}"));
        let credentials =
            Credentials { token: sandbox::TOKEN.parse().map_err(unusable)?, source: "the sandbox".to_owned() };
        let client = Client::new(sandbox.base_url().parse().map_err(unusable)?, credentials, conduct)?;
        notices.note_on_terminal("these partners are made up; the sandbox holds sample data");
        Ok(Self { client, _sandbox: Some(sandbox) })
    }
}

/// Refuses two options that name two different servers.
///
/// clap sees such a conflict only when both stand at the same level of the command line.
pub fn check(global: &GlobalArgs) -> Result<(), Failure> {
    if global.sandbox && global.base_url.is_some() {
        return Err(Failure::new(Kind::Usage, "--sandbox and --base-url cannot be used together")
            .hint("leave one of them out: the sandbox has an address of its own"));
    }
    Ok(())
}
