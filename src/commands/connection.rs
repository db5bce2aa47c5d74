//! Whom a command asks: the API of the settings, or the sandbox.

use anyhow::Context;

use crate::api::client::Client;
use crate::api::credentials::Credentials;
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
        let (timeout, retries) = (settings.timeout.value, settings.retries.value);
        if !global.sandbox {
            let base_url = settings.base_url()?;
            let token = settings.token()?;
            let credentials = Credentials { token: token.value, source: token.source.to_string() };
            return Ok(Self { client: Client::new(base_url, credentials, timeout, retries)?, _sandbox: None });
        }
        let sandbox = Sandbox::start(&sandbox::Options::default()).context("the sandbox cannot start on loopback")?;
        let unusable = |problem| Failure::new(Kind::Other, format!("the sandbox is out of reach: {problem}"));
        let credentials =
            Credentials { token: sandbox::TOKEN.parse().map_err(unusable)?, source: "the sandbox".to_owned() };
        let client = Client::new(sandbox.base_url().parse().map_err(unusable)?, credentials, timeout, retries)?;
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
