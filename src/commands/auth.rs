//! `auth login`, `status` and `logout`: the token, from being stored to being removed.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::api::Credentials;
use crate::api::lookup::text_of;
use crate::api::owner::{self, Owner};
use crate::cli::auth::{AuthCommand, LoginArgs};
use crate::error::{self, Context as _, Exchange, Failure, Kind};
use crate::output::{Cell, Column, ColumnKind, FormatOptions, Row, Terminal, message};
use crate::settings::{self, Options, Origin, Settings, TokenSource, edit};
use crate::system::tty;
use crate::values::{BaseUrl, Token};

use super::config::Rewrite;
use super::{Context, Session, connection, record};

/// More than any token has.
const MAX_TYPED: u64 = 64 * 1024;

/// Runs a command about the token.
pub fn run(command: AuthCommand, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    match command {
        AuthCommand::Login(args) => login(&args, context),
        AuthCommand::Status => status(context, stdout),
        AuthCommand::Logout => logout(context),
    }
}

fn login(args: &LoginArgs, context: Context) -> error::Result<()> {
    let by_variable = context.environment.token_variable();
    let (session, path) = to_be_changed(context, true)?;
    let Session { settings, global, terminal, notices } = &session;
    settings::trust::check_folder(&path)?;
    let url = settings.destination_of_new_token()?;
    let host = url.host();
    let rewrite = Rewrite::begin(&path)?;

    let token = asked_for(*terminal, &host)?;
    if !args.force {
        may_replace(settings, &token)?;
    }
    if !args.no_verify {
        let credentials = Credentials { token: token.clone(), source: "what you entered".to_owned() };
        let connection = connection::with(credentials, global, settings)?;
        let owner = owner::of_token(&connection, &|wait| session.report_wait(wait));
        let owner = owner.context("the token was not stored")?;
        let who = owner.map_or_else(|| "but no partner is visible to it".to_owned(), |owner| introduced(&owner));
        notices.note(&format!("the API at {host} accepts the token, {who}"));
    }
    let profile = settings.profile.as_ref().map(|profile| profile.value.as_str());
    // Otherwise the next command would send the token elsewhere.
    let base_url = matches!(settings.base_url.source, Origin::Option(_)).then(|| url.to_string());
    rewrite.end(|text| edit::with_token(text, profile, &token, base_url.as_deref()))?;
    notices.note(&format!("stored the token for {host} in {}{}", path.display(), of_profile(profile)));
    if let Some(variable) = by_variable {
        let command = profile.map_or_else(String::new, |name| format!(", or select the profile with --profile {name}"));
        notices.warn(&format!("{variable} is set and overrides the stored token; unset it{command}"));
    }
    Ok(())
}

fn logout(context: Context) -> error::Result<()> {
    let by_variable = context.environment.token_variable();
    let (Session { settings, notices, .. }, path) = to_be_changed(context, false)?;
    let profile = settings.profile.as_ref().map(|profile| profile.value.as_str());
    let place = format!("{}{}", path.display(), of_profile(profile));
    match &settings.stored_token {
        None => notices.note(&format!("there is no token in {place}")),
        Some(stored) => {
            Rewrite::begin(&path)?.end(|text| edit::without_token(text, profile))?;
            notices.note(&format!("removed `{}` from {place}", stored.value.key()));
            if let TokenSource::File(file, _) = &stored.value {
                notices.note(&format!("the token itself stays in {}", file.display()));
            }
        }
    }
    if let Some(variable) = by_variable {
        notices.warn(&format!("{variable} is still set"));
    }
    Ok(())
}

fn status(context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let session = Session::new(context.options(), context)?;
    let settings = &session.settings;
    let connection = session.connect()?;
    let owner = owner::of_token(&connection, &|wait| session.report_wait(wait));

    let known_owner = owner.as_ref().ok().and_then(Option::as_ref);
    let known = |field: &str| known_owner.and_then(|owner| text_of(&owner.partner, field)).into();
    let accepted = match &owner {
        Ok(_) => Some(true),
        // A gateway knows nothing of tokens.
        Err(Failure { exchange: Some(Exchange { status: Some(401), is_from_a_gateway: false, .. }), .. }) => {
            Some(false)
        }
        Err(_) => None,
    };
    let facts: [(&str, Cell); 9] = [
        ("profile", settings.profile.as_ref().map(|profile| profile.value.as_str()).into()),
        ("token_from", connection.token_source().into()),
        ("host", connection.base_url().map(BaseUrl::host).into()),
        ("hides", settings.hidden_token.as_deref().filter(|_| !session.global.sandbox).into()),
        ("accepted", accepted.into()),
        ("owner", known_owner.map(|owner| if owner.is_certain { "certain" } else { "probably" }).into()),
        ("display_id", known("display_id")),
        ("company_name", known("company_name")),
        ("partner_sid", known("partner_sid")),
    ];
    let (columns, cells): (Vec<_>, _) =
        facts.into_iter().map(|(name, cell)| (Column::of_key(name, ColumnKind::Text), cell)).unzip();
    let options = FormatOptions::new(settings.output.value, session.viewport());
    record::write(&Row::Picked(&columns, cells), options, stdout)?;
    owner.context("cannot check the token")?;
    Ok(())
}

/// The settings of a command that changes the configuration, and where that is.
fn to_be_changed<'s, 'n>(context: Context<'s, 'n>, makes_profile: bool) -> Result<(Session<'s, 'n>, PathBuf), Failure> {
    if context.global.sandbox {
        return Err(Failure::new(Kind::Usage, "--sandbox needs no token, so there is none to store or remove")
            .hint("leave --sandbox out"));
    }
    let options = Options { makes_profile, ..context.options() };
    let path = settings::path(&options, &context.environment)?;
    Ok((Session::new(options, context)?, path))
}

/// The token that a person types, or that is on stdin.
fn asked_for(terminal: Terminal, host: &str) -> error::Result<Token> {
    let text = if terminal.stdin {
        let question = format!("Token for {host} (from the portal, Account > Security Tokens): ");
        tty::ask(&message::shown(&question))
    } else {
        let mut text = Zeroizing::new(String::new());
        io::stdin().take(MAX_TYPED).read_to_string(&mut text).map(|_| text)
    };
    let text = text.map_err(|error| {
        Failure::new(Kind::Config, format!("cannot read the token: {error}"))
            .hint("type or paste the token and press Enter, or pass it on stdin: carrierx auth login < FILE")
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).parse().map_err(|problem| {
        Failure::new(Kind::Config, format!("the token is not valid: {problem}"))
            .hint("copy the token again from the portal, Account > Security Tokens, without quotes or spaces")
    })?)
}

/// Refuses to lose another token.
fn may_replace(settings: &Settings, token: &Token) -> Result<(), Failure> {
    let Some(stored) = &settings.stored_token else { return Ok(()) };
    if matches!(&stored.value, TokenSource::Given(held) if held.trim_end() == token.expose()) {
        return Ok(());
    }
    let what = format!("there is already a `{}` in {}", stored.value.key(), stored.source);
    Err(Failure::new(Kind::Usage, what).hint("add --force to replace it, or use another profile with --profile"))
}

fn of_profile(profile: Option<&str>) -> String {
    profile.map_or_else(String::new, |name| format!(", profile `{name}`"))
}

fn introduced(owner: &Owner) -> String {
    let field = |field: &str| text_of(&owner.partner, field);
    let id =
        field("display_id").or_else(|| field("partner_sid")).unwrap_or_else(|| "a partner without an ID".to_owned());
    let name = field("company_name").map_or_else(String::new, |name| format!(", {name}"));
    let probably = if owner.is_certain { "" } else { "probably " };
    format!("{probably}as {id}{name}")
}
