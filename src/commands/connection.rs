//! Whom a command asks: the API of the settings, or the sandbox.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use url::Url;

use crate::api::address;
use crate::api::client::{Client, ClientOptions};
use crate::api::credentials::Credentials;
use crate::api::prefetch::Wait;
use crate::api::tls::{self, Authority};
use crate::cli::GlobalArgs;
use crate::error::{Failure, Kind};
use crate::notices::{self, Notices};
use crate::sandbox::{self, Sandbox};
use crate::settings::Settings;
use crate::values::{BaseUrl, Token};

/// A client, and the sandbox that it talks to, if it does.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// Ends with the connection.
    _sandbox: Option<Sandbox>,
}

impl Connection {
    /// Connects to the sandbox if that was asked for, else to the API with the token of the settings.
    ///
    /// # Errors
    /// When there is no token or no usable base URL, or the sandbox cannot start.
    pub(crate) fn open(global: &GlobalArgs, settings: &Settings, notices: &Notices) -> anyhow::Result<Self> {
        if !global.sandbox {
            let (token, source) = settings.token()?;
            return Self::with(Credentials { token, source }, global, settings);
        }
        let sandbox =
            Sandbox::start(&sandbox::ServeOptions::default()).context("the sandbox cannot start on loopback")?;
        let unusable = |problem| Failure::new(Kind::Other, format!("the sandbox is out of reach: {problem}"));
        let credentials = Credentials {
            token: sandbox::TOKEN.parse::<Token>().map_err(unusable)?.public(),
            source: "the sandbox".to_owned(),
        };
        let base_url = sandbox.base_url().parse().map_err(unusable)?;
        let client = Client::new(base_url, credentials, client_options(global, settings, Vec::new()))?;
        notices.remind("sample data: these partners are made up", settings.color.value);
        Ok(Self { client, _sandbox: Some(sandbox) })
    }

    /// Connects to the API of the settings with these credentials.
    ///
    /// # Errors
    /// When there is no usable base URL, or a file of authorities cannot be used.
    pub(crate) fn with(credentials: Credentials, global: &GlobalArgs, settings: &Settings) -> anyhow::Result<Self> {
        let authorities = settings.ca_file.as_ref().map(|file| tls::read_authorities(&file.value)).transpose()?;
        let conduct = client_options(global, settings, authorities.unwrap_or_default());
        Ok(Self { client: Client::new(settings.base_url()?, credentials, conduct)?, _sandbox: None })
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

/// Says that a request waits before another attempt, if a person would wonder.
pub(crate) fn report_wait(wait: Wait, notices: &Notices) {
    let left = wait.until.saturating_duration_since(Instant::now());
    if left > Duration::from_secs(1) {
        let status =
            wait.status.map_or_else(|| "no answer came".to_owned(), |status| format!("the API answered {status}"));
        notices.note(&format!("{status}; trying again in {} seconds", left.as_secs_f64().ceil()));
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

/// Prints the requests as curl commands instead of sending them.
///
/// # Errors
/// When there is no usable base URL, or the sandbox was meant, which is only there while the program runs.
pub(crate) fn show_requests(
    global: &GlobalArgs,
    settings: &Settings,
    addresses: impl FnOnce(&BaseUrl) -> Vec<Url>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if global.sandbox {
        return Err(Failure::new(
            Kind::Usage,
            "--dry-run shows a request that the sandbox of --sandbox could not answer",
        )
        .hint("start one that stays with `carrierx sandbox serve`, and set what it prints")
        .into());
    }
    for url in addresses(&settings.base_url()?) {
        writeln!(out, "{}", address::as_curl(&settings.redact(url.as_str())))?;
    }
    Ok(out.flush()?)
}
