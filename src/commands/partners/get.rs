//! `partners get`: single partners, asked for at the same time and shown in the order asked.

use std::io::{self, Write};
use std::iter;

use crate::api::{FieldSelection, Wait, lookup};
use crate::cli::partners::GetArgs;
use crate::commands::{Connection, Context, Session, connection, record};
use crate::error::{self, Context as _, Delivered, Failure};
use crate::output::{Columns, FormatOptions, Projection, Unseen, Writer, quoted, secrets};
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
    let mut found = Found { left: ids.len(), ..Found::default() };
    let mut chunks = ids.chunks(settings.parallel.value.get() as usize);
    let mut next = |found: &mut Found| {
        let chunk = chunks.next().filter(|_| found.error.is_none())?;
        Some(found.ask(chunk, &asked, &connection, session))
    };
    let first = iter::from_fn(|| next(&mut found)).find(|partners| !partners.is_empty()).unwrap_or_default();
    let partners: Vec<&str> = first.iter().map(String::as_str).collect();
    if !partners.is_empty() || found.error.is_none() {
        selection.check(&partners, session.notices)?;
        let projection = selection.projection(shaped_as, &partners);
        let written = match partners.first().filter(|_| is_record) {
            Some(partner) => show(partner, projection, &selection, job.format_options(&sink), &mut sink, session),
            None if is_record => Ok(()),
            None => Writer::begin(job.format_options(&sink), projection, &mut sink).and_then(|mut writer| {
                let mut rows = Some(first);
                while let Some(partners) = rows {
                    partners.iter().try_for_each(|partner| writer.write(partner))?;
                    writer.flush()?;
                    rows = next(&mut found);
                }
                if found.error.is_some() {
                    return job.break_off(&mut writer);
                }
                job.end(&mut writer, found.missing.is_empty(), selection::NAME_FEWER)
            }),
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

#[derive(Default)]
struct Found {
    rows: u64,
    /// The IDs that no partner has.
    missing: Vec<String>,
    /// The first ID that could not be asked for, and why; nothing is asked after it.
    error: Option<(String, Failure)>,
    /// How many were not asked for.
    left: usize,
}

impl Found {
    /// Asks for the partners of some IDs at the same time, and gives those that came, in the order asked.
    fn ask(
        &mut self,
        ids: &[Asked],
        fields: &FieldSelection,
        connection: &Connection,
        session: &Session,
    ) -> Vec<String> {
        let find = |(_, id): &Asked, on_wait: &dyn Fn(Wait)| lookup::find(&**connection, id, fields, on_wait);
        let mut partners = Vec::new();
        for ((typed, _), found) in ids.iter().zip(session.at_once(ids, find)) {
            // From here on it is only named, and it may be the token.
            let typed = || secrets::hidden(typed).into_owned();
            match found {
                Ok(Some(partner)) => partners.push(partner),
                Ok(None) => self.missing.push(typed()),
                Err(problem) if self.error.is_none() => self.error = Some((typed(), problem)),
                Err(problem) => session.notices.warn(&format!("{}: {problem}", cannot_be_shown(&typed()))),
            }
        }
        self.left -= ids.len();
        self.rows += partners.len() as u64;
        partners
    }
}

/// What is to be said in the end.
fn finish(Found { rows, missing, error, left }: Found, session: &Session) -> error::Result<()> {
    let missing = (!missing.is_empty()).then(|| ids::missing(&missing, session.answerer()));
    let Some((typed, error)) = error else { return missing.map_or(Ok(()), |missing| Err(missing.into())) };
    if let Some(missing) = missing {
        session.notices.warn(&missing.message);
    }
    if left > 0 {
        let partners = phrase::counted(left as u64, "more partner was", "more partners were");
        session.notices.warn(&format!("{partners} not requested"));
    }
    let (what, rows) = (cannot_be_shown(&typed), Some(rows));
    Err(error).context(Delivered { what, rows, next_offset: None, hint: None })
}

fn cannot_be_shown(typed: &str) -> String {
    format!("cannot show the partner {}", quoted(typed))
}
