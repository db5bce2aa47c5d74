//! `partners list`: the partners that match a query, page by page.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::api::{FieldSelection, ListStats, PARTNERS, Page, Pages, Paging, Query, address};
use crate::cli::partners::ListArgs;
use crate::commands::{Context, NamedFile, Session, Use, session};
use crate::error::{self, Context as _, Delivered, Failure, Kind};
use crate::output::{Destination, Progress, Sink, Writer, secrets, sink};
use crate::settings::{Options, Origin};
use crate::values::{BaseUrl, FieldName, FormatKind, moment};

use super::{Job, Selection, job, selection};

/// Runs the command.
pub fn run(args: &ListArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let receipt = args.receipt.iter().map(|path| NamedFile::new("--receipt", path, Use::Written));
    let options = Options {
        fields: args.fields.only(),
        limit: args.limit,
        order: args.order.clone(),
        parallel: args.parallel,
        ..context.options()
    };
    let job = Job::new(options, &args.rows.cells, receipt.collect(), context)?;
    let session = &job.session;
    let listing = Listing::new(args, &job)?;
    if args.rows.request.dry_run {
        let first = |base: &BaseUrl| vec![address::of_page(base, &listing.paging.first_request(listing.query.clone()))];
        return session.show_requests(first, stdout);
    }

    // Whatever is to be written is tried before anything is asked for.
    let receipt = args.receipt.as_deref().map(|path| Receipt::open(path, args.rows.cells.force)).transpose()?;
    let mut sink = job.open(stdout)?;

    let connection = session.connect()?;
    let mut pages = session.pages(&connection, listing.query.clone(), listing.paging);
    let rows_are_seen = session.terminal.stdout && job.file.is_none() && job.format.kind() != FormatKind::Screen;
    let progress = session.progress(!rows_are_seen);
    let listed = list(&mut pages, &listing, &job, &mut sink, progress);
    let stats = pages.finish();

    let delivered = listed.and_then(|broken_off| {
        if let Some(error) = broken_off {
            session.warn_of_doubts(&stats);
            // A file is written atomically.
            return Err(error).context(Delivered::list(stats.rows, stats.next_offset, !job.destination.is_file()));
        }
        let whole = if args.require_complete { session.refuse_doubts(&stats) } else { Ok(()) };
        if whole.is_ok() {
            session.warn_of_doubts(&stats);
        }
        report_end(&stats, &job);
        whole?;
        Ok(sink.commit()?)
    });
    let delivered = delivered.map_err(|error| job.named(error));
    match receipt {
        Some(receipt) => receipt.settle(delivered, &stats, &listing, &job),
        None => delivered,
    }
}

/// Fetches the list and writes it as it comes; gives the error of a later page that broke it off.
fn list(
    pages: &mut Pages,
    listing: &Listing,
    job: &Job,
    sink: &mut Sink,
    mut progress: Progress,
) -> error::Result<Option<Failure>> {
    let notices = job.session.notices;
    let first = pages.next().transpose().context("cannot list partners")?;
    let first = first.ok_or_else(|| Failure::new(Kind::Other, "a list without a first page"))?;
    if pages.order_was_refused() {
        notices.warn(&format!("the API refused the order {}; the list is in the API's own order", listing.query.order));
    }
    let partners: Vec<&str> = first.partners().collect();
    listing.selection.check(&partners, notices)?;
    let projection = listing.selection.projection(job.format, &partners);
    let mut writer = Writer::begin(job.format_options(sink), projection, sink)?;
    write_page(&first, &mut writer)?;
    // Its memory is better used for the pages to come.
    drop(first);
    while let Some(page) = pages.next() {
        match page {
            Ok(page) => write_page(&page, &mut writer)?,
            Err(error) => {
                progress.clear();
                job.break_off(&mut writer)?;
                return Ok(Some(error));
            }
        }
        progress.update(pages.stats().rows, pages.expected_rows());
    }
    // A table is written now, on the very terminal that shows the progress.
    progress.clear();
    job.end(&mut writer, pages.stats().is_complete(), selection::NAME_FEWER)?;
    Ok(None)
}

fn write_page(page: &Page, writer: &mut Writer) -> io::Result<()> {
    page.objects().try_for_each(|partner| writer.write_object(partner))?;
    writer.flush()
}

/// What a list asks for and shows.
struct Listing {
    query: Query,
    paging: Paging,
    /// The fields that are shown.
    selection: Selection,
}

impl Listing {
    /// Makes the listing.
    fn new(args: &ListArgs, job: &Job) -> Result<Self, Failure> {
        let session = &job.session;
        let Session { settings, notices, .. } = session;
        let all = args.all || (args.require_complete && args.limit.is_none());
        let limit = (!all).then_some(settings.limit.value);
        let filter = session.filter(&args.filter)?;
        // A list in memory knows better which fields there are, and says so itself.
        let is_unknown = |field: &&str| !session.answerer().is_local() && PARTNERS.field(field).is_none();
        if let Some(field) = settings.order.value.field().filter(is_unknown) {
            notices.warn(&format!("the order uses {}", PARTNERS.undocumented(field)));
        }
        let selection = Selection::new(&args.fields.exclude_fields, settings.fields.as_ref(), job.format)
            .adding(args.fields.added());
        Ok(Self {
            query: session.query(filter, selection.asked()),
            paging: Paging { offset: args.offset, page_size: args.page_size, ..session.paging(limit) },
            selection,
        })
    }
}

/// Says what a reader of the rows alone would not know: that there are none, or more.
fn report_end(stats: &ListStats, job: &Job) {
    let notices = job.session.notices;
    let rows = stats.rows;
    if job.format.kind().is_for_people() && rows == 0 {
        match (stats.offset, stats.total) {
            (0, Some(1..)) => {}
            (0, _) => notices
                .note_on_terminal("no partners match (new partners appear only after an email address is verified)"),
            (offset, total) => {
                let all = total.map_or_else(String::new, |total| format!(": {total} in all"));
                notices.note_on_terminal(&format!("no partners at offset {offset}{all}"));
            }
        }
    }
    if stats.ended {
        return;
    }
    let listed = match (stats.total, stats.has_more) {
        (Some(total), _) if total > rows => format!("{rows} of {total} partners listed"),
        (_, Some(_)) => format!("{rows} partners listed, and there are more"),
        (_, None) => format!("{rows} partners listed, and there may be more"),
    };
    let cut = format!("{listed}; add --all, or --limit N");
    match job.session.settings.limit.source {
        Origin::Option(_) => notices.note_on_terminal(&cut),
        // Nobody asked for less than all just now.
        _ => notices.warn(&cut),
    }
}

/// A receipt that is to be written.
struct Receipt {
    /// As it is written in messages.
    name: String,
    sink: Sink<'static>,
}

impl Receipt {
    /// Opens the file before anything is asked for; an earlier receipt stays until this one is whole.
    fn open(path: &Path, force: bool) -> error::Result<Self> {
        let name = format!("the receipt {}", path.display());
        let sink = job::open(&name, Destination::of(path), force)?;
        Ok(Self { name, sink })
    }

    /// Writes the receipt of a list that was `delivered` or not, and passes that on.
    fn settle(
        mut self,
        delivered: error::Result<()>,
        stats: &ListStats,
        listing: &Listing,
        job: &Job,
    ) -> error::Result<()> {
        let file = job.file.filter(|_| delivered.is_ok() && job.destination.is_file());
        let sha256 = file.map(|path| sink::sha256(path).with_context(|| format!("cannot read {}", path.display())));
        let sha256 = sha256.transpose().with_context(|| job::cannot_write(&self.name))?;
        let of_the_list = [
            ("finished", moment::now().into()),
            ("query", query(listing)),
            ("rows", stats.rows.into()),
            ("pages", stats.pages.into()),
            ("total", stats.total.into()),
            // Of the answers, after decompression.
            ("bytes", stats.bytes.into()),
            // Whatever came, a list whose rows could not all be written is not complete.
            ("complete", (delivered.is_ok() && stats.is_complete()).into()),
            ("why_not", session::reasons(stats).into()),
            ("file", job.file.map(Path::to_string_lossy).into()),
            ("sha256", sha256.into()),
        ];
        let stated: Map<String, Value> =
            job.origin().into_iter().chain(of_the_list).map(|(name, value)| (name.to_owned(), value)).collect();
        let written = serde_json::to_string_pretty(&stated)
            .map_err(io::Error::from)
            .and_then(|text| writeln!(self.sink, "{}", secrets::hidden(&text)))
            .and_then(|()| self.sink.commit())
            .with_context(|| job::cannot_write(&self.name));
        match (delivered, written) {
            (Ok(()), written) => written,
            (Err(failure), written) => {
                // The greater failure is the one to report.
                if let Err(error) = written {
                    job.session.notices.warn(&format!("{error:#}"));
                }
                Err(failure)
            }
        }
    }
}

/// What was asked for.
fn query(Listing { query, paging, .. }: &Listing) -> Value {
    let mut asked = json!({
        "filter": query.filter,
        "order": query.order.to_string(),
        "offset": paging.offset,
        "limit": paging.limit,
    });
    let names = |fields: &[FieldName]| fields.iter().map(FieldName::as_str).collect();
    match &query.fields {
        FieldSelection::Everything => {}
        FieldSelection::Only(fields) => asked["include_fields"] = names(fields),
        FieldSelection::Except(fields) => asked["exclude_fields"] = names(fields),
    }
    asked
}
