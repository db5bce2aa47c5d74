//! `partners get`: single partners, asked for at the same time and shown in the order asked.

use std::io::{self, Read, Write};
use std::sync::mpsc;
use std::thread;

use anyhow::Context;

use crate::api::ahead::Wait;
use crate::api::client::Client;
use crate::api::lookup::{self, PartnerId};
use crate::api::query::FieldSelection;
use crate::cli::GlobalArgs;
use crate::cli::partners::GetArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Surroundings, options, record};
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::output::{self, Writer};
use crate::settings::{Options, Settings, Source};
use crate::terminal::Look;
use crate::values::{BaseUrl, Format};

use super::phrase;
use super::selection::{self, Selection};

/// Runs the command.
///
/// # Errors
/// When a partner does not exist, after the others were shown, or whatever keeps one from being asked for.
pub fn run(args: &GetArgs, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    let Surroundings { environment, terminal, stdout, notices, .. } = surroundings;
    connection::check(global)?;
    let fields = Options { fields: args.fields.only(), formula_guard: args.rows.formula_guard, ..options(global) };
    let settings = Settings::load(fields, environment)?;
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
    let mut missing = Vec::new();
    let mut chunks = ids.chunks(settings.parallel.value.get());
    let mut next = || -> anyhow::Result<Option<Vec<String>>> {
        let Some(chunk) = chunks.next() else { return Ok(None) };
        let mut found = Vec::new();
        for (id, partner) in chunk.iter().zip(fetch(&connection.client, chunk, &asked, notices)) {
            match partner.with_context(|| format!("the partner `{}` cannot be shown", id.0))? {
                Some(partner) => found.push(partner),
                None => missing.push(id.0.clone()),
            }
        }
        Ok(Some(found))
    };
    let first = next()?.unwrap_or_default();
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
                rows = next()?;
            }
            writer.end()?;
            selection::say_what_is_hidden(writer.hidden(), selection::NAME_FEWER, notices);
        }
        View::Record | View::Object => {
            let mut columns = output::Columns::new(shape);
            if let Some(partner) = first.first() {
                let partner = columns.cut(partner).into_owned();
                show_one(&columns.pick(&partner), view, style.look, stdout)?;
            }
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(self::missing(&missing).into()) }
}

/// The failure of asking for partners that this token does not see.
pub fn missing(ids: &[String]) -> Failure {
    let ids = phrase::listed(ids.iter().map(|id| format!("`{id}`")), ids.len() as u64);
    Failure::new(Kind::Rejected, format!("no partner that this token sees is called {ids}"))
        .hint("an ID is a SID, a display ID (CX and digits) or a login; `carrierx partners list` finds them by name")
}

/// How what was found is shown.
#[derive(Clone, Copy)]
enum View {
    /// A line for each field of the one partner.
    Record,
    /// The one partner as a JSON object.
    Object,
    /// Rows of a format.
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
    let values = row.cells().iter().map(|cell| cell.unwrap_or("null"));
    record::lines(row.columns().iter().map(output::Column::name).zip(values), look, out)
}

/// What was typed, and what it means.
pub type Asked = (String, PartnerId);

/// The IDs that were typed, those from stdin in the place of `-`.
fn ids(typed: &[String]) -> anyhow::Result<Vec<Asked>> {
    let mut ids = Vec::new();
    for id in typed {
        if id == "-" {
            let mut lines = String::new();
            io::stdin().read_to_string(&mut lines).context("the IDs cannot be read from stdin")?;
            for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
                ids.push(understood(line)?);
            }
        } else {
            ids.push(understood(id)?);
        }
    }
    Ok(ids)
}

/// What a typed ID means.
///
/// # Errors
/// When it can be no ID.
pub fn understood(id: &str) -> Result<Asked, Failure> {
    let meant = id.parse().map_err(|problem| {
        Failure::new(Kind::Usage, format!("`{id}` is not an ID of a partner: {problem}"))
            .hint("give a SID, a display ID (CX and digits) or a login")
    })?;
    Ok((id.to_owned(), meant))
}

/// Asks for the partners all at once; the answers are in the order asked.
fn fetch(
    client: &Client,
    ids: &[Asked],
    fields: &FieldSelection,
    notices: &Notices,
) -> Vec<Result<Option<String>, Failure>> {
    let (sender, waits) = mpsc::channel::<Wait>();
    thread::scope(|scope| {
        let ask = |(_, id)| {
            let sender = sender.clone();
            // Whoever listens for waits does so until all have ended.
            scope.spawn(move || lookup::find(client, id, fields, &|wait| _ = sender.send(wait)))
        };
        let asked: Vec<_> = ids.iter().map(|(typed, id)| ask((typed, id))).collect();
        drop(sender);
        waits.iter().for_each(|wait| connection::say_wait(wait, notices));
        let ended = |_| Err(Failure::new(Kind::Other, "a request ended without saying how"));
        asked.into_iter().map(|thread| thread.join().unwrap_or_else(ended)).collect()
    })
}
