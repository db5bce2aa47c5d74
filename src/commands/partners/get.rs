//! `partners get`: single partners, asked for at the same time and shown in the order asked.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::slice::Chunks;
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};

use anyhow::Context as _;

use crate::api::client::Client;
use crate::api::lookup::{self, Lookup, PartnerId};
use crate::api::prefetch::Wait;
use crate::api::query::FieldSelection;
use crate::cli::GlobalArgs;
use crate::cli::partners::GetArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Context, load, options, record};
use crate::error::{Failure, Kind};
use crate::message::quoted;
use crate::notices::Notices;
use crate::output::{self, Writer};
use crate::settings::{Options, Source};
use crate::terminal::Look;
use crate::values::{BaseUrl, Format};

use super::phrase;
use super::selection::{self, Selection};

/// Runs the command.
///
/// # Errors
/// When a partner does not exist, after the others were shown, or whatever keeps one from being asked for.
pub(crate) fn run(args: &GetArgs, global: &GlobalArgs, context: Context) -> anyhow::Result<()> {
    let Context { environment, terminal, stdout, notices, .. } = context;
    connection::check(global)?;
    let fields = Options {
        fields: args.fields.only(),
        formula_guard: args.rows.formula_guard.then_some(true),
        ..options(global)
    };
    let settings = load(fields, environment, notices)?;
    let ids = ids(&args.ids)?;
    let single = args.ids.len() == 1 && args.ids[0] != "-";
    let view = match settings.output.value {
        Format::Table if single && settings.output.source == Source::Default => View::Record,
        Format::Json if single => View::Object,
        format => View::Rows(format),
    };
    let selection = Selection::new(&args.fields.exclude_fields, settings.fields.as_ref(), view.shaped_as());
    if args.rows.request.dry_run {
        let asked = selection.asked();
        let addresses = |base: &BaseUrl| ids.iter().map(|(_, id)| lookup::address(base, id, &asked)).collect();
        return connection::show_requests(global, &settings, addresses, stdout);
    }
    let connection = Connection::open(global, &settings, notices)?;
    let style = super::style(view.shaped_as(), &args.rows, &settings, terminal);

    let asked = selection.asked();
    let chunks = ids.chunks(settings.parallel.value.get());
    let mut lookups = Lookups { client: &connection.client, fields: &asked, notices, chunks, ended: Ended::default() };
    let first = lookups.next().unwrap_or_default();
    if first.is_empty() && lookups.ended.failure.is_some() {
        return lookups.finish();
    }
    let partners: Vec<&str> = first.iter().map(String::as_str).collect();
    selection.check(&partners, notices)?;
    let shape = selection.shape(view.shaped_as(), &partners);
    match view {
        View::Rows(_) => {
            let mut writer = Writer::begin(style, shape, stdout)?;
            let mut rows = Some(first);
            while let Some(partners) = rows {
                partners.iter().try_for_each(|partner| writer.write(partner))?;
                writer.flush()?;
                rows = lookups.next();
            }
            if lookups.ended.failure.is_some() {
                writer.break_off()?
            } else {
                writer.end()?
            }
            selection::warn_of_keys_without_column(writer.left_out(), notices);
            selection::report_hidden(writer.hidden(), selection::NAME_FEWER, notices);
        }
        View::Record | View::Object => {
            let mut columns = output::Columns::new(shape);
            if let Some(partner) = first.first() {
                let partner = columns.cut(partner).into_owned();
                show_one(&columns.pick(&partner), view, style.look, stdout)?;
                selection::warn_of_keys_without_column(columns.left_out(), notices);
            }
        }
    }
    lookups.finish()
}

/// The partners of the IDs, so many asked for at a time.
struct Lookups<'a, 'n> {
    client: &'a Client,
    fields: &'a FieldSelection,
    notices: &'a Notices<'n>,
    chunks: Chunks<'a, Asked>,
    ended: Ended,
}

/// How the lookups ended so far.
#[derive(Default)]
struct Ended {
    rows: u64,
    /// The IDs that nobody has.
    missing: Vec<String>,
    /// Whether the server had nothing at the address of one of them.
    not_found: bool,
    /// The ID that could not be asked for, and why; nothing is asked after it.
    failure: Option<(String, Failure)>,
}

impl Lookups<'_, '_> {
    /// The partners of the next IDs that came, in the order asked; none after the last, or after a failure.
    fn next(&mut self) -> Option<Vec<String>> {
        let Ended { rows, missing, not_found, failure } = &mut self.ended;
        let chunk = if failure.is_none() { self.chunks.next()? } else { return None };
        let mut partners = Vec::new();
        for ((typed, _), found) in chunk.iter().zip(fetch(self.client, chunk, self.fields, self.notices)) {
            match found {
                Ok(Lookup::Partner(partner)) => partners.push(partner),
                Ok(Lookup::NoMatch) => missing.push(typed.clone()),
                Ok(Lookup::NotFound) => {
                    *not_found = true;
                    missing.push(typed.clone());
                }
                Err(problem) if failure.is_none() => *failure = Some((typed.clone(), problem)),
                Err(problem) => self.notices.warn(&format!("{}: {problem}", cannot_be_shown(typed))),
            }
        }
        *rows += partners.len() as u64;
        Some(partners)
    }

    /// What is to be said in the end.
    ///
    /// # Errors
    /// When a partner could not be asked for, or does not exist.
    fn finish(self) -> anyhow::Result<()> {
        let Ended { rows, missing, not_found, failure } = self.ended;
        let missing = (!missing.is_empty()).then(|| self::missing(&missing, not_found));
        let Some((typed, failure)) = failure else { return missing.map_or(Ok(()), |missing| Err(missing.into())) };
        if let Some(missing) = missing {
            self.notices.warn(&missing.message);
        }
        let left = self.chunks.flatten().count() as u64;
        if left > 0 {
            self.notices
                .warn(&format!("{} not requested", phrase::counted(left, "more partner was", "more partners were")));
        }
        Err(anyhow::Error::new(Failure { rows: Some(rows), ..failure }).context(cannot_be_shown(&typed)))
    }
}

fn cannot_be_shown(typed: &str) -> String {
    format!("the partner {} cannot be shown", quoted(typed))
}

/// The failure of asking for partners that this token does not see; `not_found` if that is the server's status alone.
pub(crate) fn missing(ids: &[String], not_found: bool) -> Failure {
    let mut names: Vec<String> = ids.iter().take(phrase::MAX_NAMED).map(|id| quoted(id)).collect();
    match ids.len() - names.len() {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    let last = names.pop().unwrap_or_default();
    let named = if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) };
    let doubt = if not_found { "; if the partner exists, check the base URL" } else { "" };
    Failure::new(Kind::Rejected, format!("no partner visible to this token has the ID {named}")).hint(format!(
        "use a SID, a display ID (CX and digits) or a login; `carrierx partners list` shows the partners{doubt}"
    ))
}

/// How what was found is shown.
#[derive(Clone, Copy)]
enum View {
    /// A line for each field of the one partner.
    Record,
    /// The one partner as a JSON object.
    Object,
    Rows(Format),
}

impl View {
    /// The format whose columns it has: a record has all fields, as CSV does.
    fn shaped_as(self) -> Format {
        match self {
            Self::Record => Format::Csv,
            Self::Object => Format::Json,
            Self::Rows(format) => format,
        }
    }
}

fn show_one(row: &output::Row, view: View, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if let View::Object = view {
        output::json::write_value(&row.object(), look.screen.is_some(), out)?;
        return out.flush();
    }
    let values = row.cells().iter().map(|cell| cell.as_deref().unwrap_or("null"));
    record::lines(row.columns().iter().map(output::Column::name).zip(values), look, out)
}

/// What was typed, and what it means.
pub(crate) type Asked = (String, PartnerId);

/// The most bytes of IDs that are read from stdin.
const MAX_IDS: u64 = 64 << 20;

/// The IDs that were typed, each once, those from stdin in the place of `-`.
fn ids(typed: &[String]) -> anyhow::Result<Vec<Asked>> {
    let mut ids = Vec::new();
    let mut seen = HashSet::new();
    let mut take = |id: &str| -> Result<(), Failure> {
        let (typed, id) = understood(id)?;
        let is_new = match &id {
            PartnerId::Sid(sid) => seen.insert(PartnerId::Sid(sid.to_ascii_lowercase())),
            _ => seen.insert(id.clone()),
        };
        if is_new {
            ids.push((typed, id));
        }
        Ok(())
    };
    for id in typed {
        if id == "-" {
            let text = read_ids(io::stdin())?;
            // Some shells begin what they write with a byte order mark.
            let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).try_for_each(&mut take)?;
        } else {
            take(id)?;
        }
    }
    Ok(ids)
}

fn read_ids(stdin: impl Read) -> anyhow::Result<String> {
    let mut text = String::new();
    stdin.take(MAX_IDS + 1).read_to_string(&mut text).context("the IDs cannot be read from stdin")?;
    if text.len() as u64 > MAX_IDS {
        let message = format!("stdin holds more than {} MiB of IDs", MAX_IDS >> 20);
        return Err(Failure::new(Kind::Usage, message).hint("give fewer IDs at a time").into());
    }
    Ok(text)
}

/// What a typed ID means.
///
/// # Errors
/// When it can be no ID.
pub(crate) fn understood(id: &str) -> Result<Asked, Failure> {
    let meant = id.parse().map_err(|problem| {
        Failure::new(Kind::Usage, format!("{} is not the ID of a partner: {problem}", quoted(id)))
            .hint("give a SID, a display ID (CX and digits) or a login")
    })?;
    Ok((id.to_owned(), meant))
}

/// Asks for the partners all at once; the answers are in the order asked.
fn fetch(client: &Client, ids: &[Asked], fields: &FieldSelection, notices: &Notices) -> Vec<Result<Lookup, Failure>> {
    let (sender, waits) = mpsc::channel::<Wait>();
    thread::scope(|scope| {
        let ask = |id| {
            let sender = sender.clone();
            // Whoever listens for waits does so until all have ended.
            let ask = move || lookup::find(client, id, fields, &|wait| _ = sender.send(wait));
            // Where the system has no more threads, the partner is asked for at once.
            thread::Builder::new()
                .spawn_scoped(scope, ask)
                .map_err(|_| lookup::find(client, id, fields, &|wait| connection::report_wait(wait, notices)))
        };
        let asked: Vec<_> = ids.iter().map(|(_, id)| ask(id)).collect();
        drop(sender);
        waits.iter().for_each(|wait| connection::report_wait(wait, notices));
        let ended = |_| Err(Failure::new(Kind::Other, "a request ended without saying how"));
        let found = |thread: ScopedJoinHandle<_>| thread.join().unwrap_or_else(ended);
        asked.into_iter().map(|asked| asked.map_or_else(|found| found, found)).collect()
    })
}
