//! `partners get`: single partners, asked for at the same time and shown in the order asked.

use std::io::{self, Write};
use std::iter;

use crate::api::{FieldSelection, Wait, lookup};
use crate::cli::partners::GetArgs;
use crate::commands::{Connection, Context, Session, connection, record};
use crate::error::{self, Context as _, Delivered, Failure};
use crate::output::{Columns, FormatOptions, Projection, Sink, Unseen, Writer, quoted, secrets};
use crate::settings::{Options, Origin};
use crate::values::{BaseUrl, Format, FormatKind};

use super::ids::Asked;
use super::{Job, Selection, ids, phrase, selection};
use crate::commands::past::Past;

/// Runs the command.
pub fn run(args: &GetArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let options = Options { fields: args.fields.only(), ..context.options() };
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
    let asked = selection.asked();
    let found = find(&ids, &asked, &connection, session);
    let partners: Vec<&str> = found.partners.iter().map(String::as_str).collect();
    if !partners.is_empty() || found.error.is_none() {
        selection.check(&partners, session.notices)?;
        let projection = selection.projection(shaped_as, &partners);
        let written = match partners.first().filter(|_| is_record) {
            Some(partner) => show(partner, projection, &selection, job.format_options(&sink), &mut sink, session),
            None if is_record => Ok(()),
            None => write_rows(&found, projection, &job, &mut sink),
        };
        written.map_err(|error| job.named(error))?;
    }
    finish(found, session)?;
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
    let row = columns.pick(&partner);
    let is_short =
        options.format.kind() == FormatKind::Screen && options.viewport.is_terminal && selection.is_everything();
    if is_short {
        let nights = Past::shown(session, true).map(|past| past.nights(iter::once(&*partner), session));
        let nights = nights.and_then(|nights| nights.of(&partner, usize::from(u8::MAX)));
        let nights = nights.map(|(marks, [low, high])| format!("{} to {}  {marks}", low.shortened(), high.shortened()));
        record::short(&row, nights, options.viewport, out)?;
    } else {
        record::write(&row, options, out)?;
    }
    let unseen = Unseen { keys: columns.left_out().to_vec(), ..Unseen::default() };
    selection::report_unseen(&unseen, selection::NAME_FEWER, session.notices);
    Ok(())
}

fn write_rows(found: &Found, projection: Projection, job: &Job, sink: &mut Sink) -> io::Result<()> {
    let mut writer = Writer::begin(job.format_options(sink), projection, sink)?;
    found.partners.iter().try_for_each(|partner| writer.write(partner))?;
    if found.error.is_some() {
        return job.break_off(&mut writer);
    }
    job.end(&mut writer, found.missing.is_empty(), selection::NAME_FEWER)
}

#[derive(Default)]
struct Found {
    /// The partners of the IDs, in the order asked.
    partners: Vec<String>,
    /// The IDs that no partner has.
    missing: Vec<String>,
    /// The first ID that could not be asked for, and why; nothing is asked after it.
    error: Option<(String, Failure)>,
    /// How many were not asked for.
    left: usize,
}

/// Asks for the partners of the IDs, so many at a time as the settings say.
fn find(ids: &[Asked], fields: &FieldSelection, connection: &Connection, session: &Session) -> Found {
    let mut all = Found { left: ids.len(), ..Found::default() };
    for chunk in ids.chunks(session.settings.parallel.value.get() as usize) {
        let find = |(_, id): &Asked, on_wait: &dyn Fn(Wait)| lookup::find(&**connection, id, fields, on_wait);
        for ((typed, _), found) in chunk.iter().zip(session.at_once(chunk, find)) {
            // From here on it is only named, and it may be the token.
            let typed = || secrets::hidden(typed).into_owned();
            match found {
                Ok(Some(partner)) => all.partners.push(partner),
                Ok(None) => all.missing.push(typed()),
                Err(problem) if all.error.is_none() => all.error = Some((typed(), problem)),
                Err(problem) => session.notices.warn(&format!("{}: {problem}", cannot_be_shown(&typed()))),
            }
        }
        all.left -= chunk.len();
        if all.error.is_some() {
            break;
        }
    }
    all
}

/// What is to be said in the end.
fn finish(Found { partners, missing, error, left }: Found, session: &Session) -> error::Result<()> {
    let missing = (!missing.is_empty()).then(|| ids::missing(&missing, session.answerer()));
    let Some((typed, error)) = error else { return missing.map_or(Ok(()), |missing| Err(missing.into())) };
    if let Some(missing) = missing {
        session.notices.warn(&missing.message);
    }
    if left > 0 {
        let partners = phrase::counted(left as u64, "more partner was", "more partners were");
        session.notices.warn(&format!("{partners} not requested"));
    }
    let (what, rows) = (cannot_be_shown(&typed), Some(partners.len() as u64));
    Err(error).context(Delivered { what, rows, next_offset: None, hint: None })
}

fn cannot_be_shown(typed: &str) -> String {
    format!("cannot show the partner {}", quoted(typed))
}
