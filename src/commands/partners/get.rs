//! `partners get`: single partners, asked for at the same time and shown in the order asked.

use std::io::{self, Write};
use std::iter;
use std::slice::Chunks;

use crate::api::lookup;
use crate::api::prefetch::Wait;
use crate::api::query::FieldSelection;
use crate::cli::partners::GetArgs;
use crate::commands::connection::Connection;
use crate::commands::session::Session;
use crate::commands::{Context, connection, record};
use crate::error::{self, Context as _, Delivered, Failure};
use crate::output::message::quoted;
use crate::output::secrets;
use crate::output::{Columns, FormatOptions, Projection, Unseen, Writer};
use crate::settings::{Options, Origin};
use crate::values::{BaseUrl, Format, FormatKind};

use super::ids::{self, Asked};
use super::job::Job;
use super::nights::Past;
use super::phrase;
use super::selection::{self, Selection};

/// Runs the command.
pub fn run(args: &GetArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let options = Options { fields: args.fields.only()?, ..context.options() };
    let job = Job::new(options, &args.rows.cells, Vec::new(), context)?;
    let session = &job.session;
    let settings = &session.settings;
    connection::check_stdin(session.global, "a list of IDs", args.ids.iter().any(|id| id == "-"))?;
    let ids = ids::all(&args.ids)?;
    let single = args.ids.len() == 1 && args.ids[0] != "-";
    let kind = job.format.kind();
    let is_record = match kind {
        FormatKind::Screen => single && settings.output.source == Origin::Default,
        FormatKind::Markup | FormatKind::Document => single,
        FormatKind::Objects | FormatKind::Columns => false,
    };
    // A record has all fields, as CSV does.
    let shaped_as = if is_record && kind.is_for_people() { Format::Csv } else { job.format };
    let selection =
        Selection::new(&args.fields.exclude_fields, settings.fields.as_ref(), shaped_as).adding(args.fields.added());
    if args.rows.request.dry_run {
        let asked = selection.asked();
        let addresses = |base: &BaseUrl| ids.iter().map(|(_, id)| lookup::address(base, id, &asked)).collect();
        return session.show_requests(addresses, stdout);
    }
    let mut sink = job.open(stdout)?;
    let connection = session.connect()?;
    let options = job.format_options(&sink);

    let asked = selection.asked();
    let chunks = ids.chunks(settings.parallel.value.get() as usize);
    let mut lookups = Lookups { session, connection: &connection, fields: &asked, chunks, ended: Ended::default() };
    let first = lookups.next().unwrap_or_default();
    if first.is_empty() && lookups.ended.error.is_some() {
        return lookups.finish();
    }
    let partners: Vec<&str> = first.iter().map(String::as_str).collect();
    selection.check(&partners, session.notices)?;
    let projection = selection.projection(shaped_as, &partners);
    let written = if is_record {
        first.first().map_or(Ok(()), |partner| show(partner, projection, &selection, options, &mut sink, session))
    } else {
        let writer = Writer::begin(options, projection, &mut sink);
        writer.and_then(|writer| write_rows(writer, first, &mut lookups, &job))
    };
    written.map_err(|error| job.named(error))?;
    lookups.finish()?;
    job.commit(sink)
}

/// Shows one partner: on a terminal, what of it fits there.
fn show(
    partner: &str,
    projection: Projection,
    selection: &Selection,
    options: FormatOptions,
    out: &mut dyn Write,
    session: &Session,
) -> io::Result<()> {
    let mut columns = Columns::new(projection);
    let partner = columns.cut(partner).into_owned();
    let (row, group) = (columns.pick(&partner), |name: &str| selection.group(name));
    let is_short =
        options.format.kind() == FormatKind::Screen && options.viewport.is_terminal && selection.is_everything();
    if is_short {
        let nights = Past::shown(session, true).map(|past| past.nights(iter::once(&*partner), session));
        let nights = nights.and_then(|nights| nights.of(&partner, usize::from(u8::MAX)));
        let nights = nights.map(|(marks, [low, high])| format!("{} to {}  {marks}", low.shortened(), high.shortened()));
        record::short(&row, group, nights, options.viewport, out)?;
    } else {
        record::write(&row, group, options, out)?;
    }
    let unseen = Unseen { keys: columns.left_out().to_vec(), ..Unseen::default() };
    selection::report_unseen(&unseen, selection::NAME_FEWER, session.notices);
    Ok(())
}

fn write_rows(mut writer: Writer, first: Vec<String>, lookups: &mut Lookups, job: &Job) -> io::Result<()> {
    let mut rows = Some(first);
    while let Some(partners) = rows {
        partners.iter().try_for_each(|partner| writer.write(partner))?;
        writer.flush()?;
        rows = lookups.next();
    }
    if lookups.ended.error.is_some() {
        let unseen = writer.break_off()?;
        selection::report_unseen(&unseen, selection::NAME_FEWER, lookups.session.notices);
        return Ok(());
    }
    job.end(&mut writer, lookups.ended.missing.is_empty(), selection::NAME_FEWER)
}

/// The partners of the IDs, so many asked for at a time.
struct Lookups<'a, 'n> {
    session: &'a Session<'a, 'n>,
    connection: &'a Connection,
    fields: &'a FieldSelection,
    chunks: Chunks<'a, Asked>,
    ended: Ended,
}

/// How the lookups ended so far.
#[derive(Default)]
struct Ended {
    rows: u64,
    /// The IDs that nobody has.
    missing: Vec<String>,
    /// The first ID that could not be asked for, and why; nothing is asked after it.
    error: Option<(String, Failure)>,
}

impl Lookups<'_, '_> {
    /// The partners of the next IDs that came, in the order asked; none after the last, or after a failure.
    fn next(&mut self) -> Option<Vec<String>> {
        let Ended { rows, missing, error } = &mut self.ended;
        let chunk = if error.is_none() { self.chunks.next()? } else { return None };
        let find = |(_, id): &Asked, on_wait: &dyn Fn(Wait)| lookup::find(&**self.connection, id, self.fields, on_wait);
        let found = self.session.at_once(chunk, find);
        let mut partners = Vec::new();
        for ((typed, _), found) in chunk.iter().zip(found) {
            // From here on it is only named, and it may be the token.
            let typed = || secrets::hidden(typed).into_owned();
            match found {
                Ok(Some(partner)) => partners.push(partner),
                Ok(None) => missing.push(typed()),
                Err(problem) if error.is_none() => *error = Some((typed(), problem)),
                Err(problem) => self.session.notices.warn(&format!("{}: {problem}", cannot_be_shown(&typed()))),
            }
        }
        *rows += partners.len() as u64;
        Some(partners)
    }

    /// What is to be said in the end.
    fn finish(self) -> error::Result<()> {
        let Ended { rows, missing, error } = self.ended;
        let missing = (!missing.is_empty()).then(|| ids::missing(&missing, self.session.answerer()));
        let Some((typed, error)) = error else { return missing.map_or(Ok(()), |missing| Err(missing.into())) };
        if let Some(missing) = missing {
            self.session.notices.warn(&missing.message);
        }
        let left = self.chunks.flatten().count() as u64;
        if left > 0 {
            self.session
                .notices
                .warn(&format!("{} not requested", phrase::counted(left, "more partner was", "more partners were")));
        }
        let what = cannot_be_shown(&typed);
        Err(error).context(Delivered { what, rows: Some(rows), next_offset: None, hint: None })
    }
}

fn cannot_be_shown(typed: &str) -> String {
    format!("the partner {} cannot be shown", quoted(typed))
}
