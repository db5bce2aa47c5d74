//! `partners list`: the partners that match a query, page by page.

use std::io;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::api::ahead::Wait;
use crate::api::page::Page;
use crate::api::pages::{OrderRefused, Pages, Walk};
use crate::api::query::{PageRequest, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::ListArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Surroundings, options};
use crate::error::{self, Failure, Kind};
use crate::notices::Notices;
use crate::output::sink::{Sink, is_stdout};
use crate::output::{self, Style, Writer};
use crate::settings::{Options, Settings, Source};
use crate::terminal::Progress;
use crate::values::Format;

use super::filter;
use super::receipt;
use super::selection::Selection;

/// A table of more rows than this is better had in another format.
const LONG_TABLE: u64 = 5000;

/// Runs the command.
///
/// # Errors
/// Whatever keeps the list from being whole.
pub fn run(args: &ListArgs, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    let Surroundings { environment, terminal, stdout, end_without_reader, notices } = surroundings;
    connection::check(global)?;
    let settings = Settings::load(with_list_options(options(global), args), environment)?;
    let plan = Plan::new(args, &settings, notices)?;
    let to_file = args.to.as_deref().filter(|path| !is_stdout(path));
    let mut sink = match to_file {
        Some(path) => open(path, args.force)?,
        None => Sink::Stdout(stdout),
    };
    let receipt = match &args.receipt {
        Some(path) if to_file == Some(path) => {
            return Err(Failure::new(Kind::Usage, "--to and --receipt name the same file")
                .hint("give the receipt a name of its own")
                .into());
        }
        Some(path) => Some((path, receipt::open(path)?)),
        None => None,
    };
    let style = Style { terminal: sink.is_terminal(terminal.stdout), ..plan.style };
    let is_gathered = style.format == Format::Table || to_file.is_some();
    let progress_is_seen = terminal.stderr && !terminal.dumb && (is_gathered || !terminal.stdout);

    let connection = Connection::open(global, &settings, notices)?;
    let began = Instant::now();
    let fetch = move |request: &PageRequest, on_wait: &dyn Fn(Wait)| connection.client.page(request, on_wait);
    let on_wait = |wait: Wait| say_wait(wait, notices);
    let mut pages = Pages::new(plan.query.clone(), plan.walk, plan.order_refused, Arc::new(fetch), &on_wait);
    let mut progress = Progress::new(progress_is_seen && !global.quiet);
    if to_file.is_none() && receipt.is_none() {
        end_without_reader();
    }
    let listed = list(&mut pages, &plan, style, &mut sink, &mut progress, notices);
    drop(progress);

    let place = || to_file.map_or_else(|| "stdout cannot be written to".to_owned(), cannot_be_written);
    let delivered = listed.and_then(|()| {
        let whole = check_completeness(&pages, args.require_complete, notices);
        say_how_it_ended(&pages, &plan, notices);
        whole?;
        Ok(sink.commit()?)
    });
    let delivered = delivered.map_err(|error| if error.is::<io::Error>() { error.context(place()) } else { error });
    if let Some((path, sink)) = receipt {
        let asked = (&plan.query, &plan.walk);
        let written = receipt::write(sink, path, &pages.facts(), asked, began.elapsed(), delivered.is_ok());
        match (&delivered, written) {
            (Ok(()), written) => written?,
            // The greater failure is the one to be told.
            (Err(_), Err(error)) => notices.warn(&format!("{error:#}")),
            (Err(_), Ok(())) => {}
        }
    }
    delivered
}

/// What a list asks for and shows.
struct Plan {
    query: Query,
    walk: Walk,
    order_refused: OrderRefused,
    selection: Selection,
    envelope: bool,
    style: Style,
    limit_source: Source,
    /// Whether rows that come before a failure are kept: a file is whole or untouched.
    keeps_rows: bool,
}

impl Plan {
    fn new(args: &ListArgs, settings: &Settings, notices: &Notices) -> Result<Self, Failure> {
        let all = args.all || (args.require_complete && args.limit.is_none());
        let limit = (!all).then_some(settings.limit.value);
        let format = match (&settings.output.source, args.to.as_deref().and_then(Format::of_file)) {
            (Source::Option(_), _) | (_, None) => settings.output.value,
            (_, Some(format)) => format,
        };
        if args.envelope {
            check_envelope(args, format, limit)?;
        }
        let filter = match &args.raw_filter {
            Some(raw) => Some(raw.clone()),
            None => filter::checked(&args.filter, notices)?,
        };
        let selection = if args.envelope {
            Selection::Everything
        } else {
            Selection::new(&args.exclude_fields, settings.fields.as_ref(), format)
        };
        Ok(Self {
            query: Query { filter, order: settings.order.value.clone(), fields: selection.asked() },
            walk: Walk { offset: args.offset, limit, page_size: args.page_size, parallel: args.parallel },
            order_refused: match settings.order.source {
                Source::Default => OrderRefused::AskWithout,
                _ => OrderRefused::Report,
            },
            selection,
            envelope: args.envelope,
            style: Style {
                format,
                header: !args.no_header,
                terminal: false,
                formula_guard: settings.formula_guard.value,
            },
            limit_source: settings.limit.source.clone(),
            keeps_rows: args.to.as_deref().is_none_or(is_stdout),
        })
    }
}

fn with_list_options(options: Options, args: &ListArgs) -> Options {
    Options {
        fields: (!args.fields.is_empty()).then(|| args.fields.clone()),
        limit: args.limit,
        order: args.order.clone(),
        formula_guard: args.formula_guard,
        ..options
    }
}

/// The envelope is one page as it came, so nothing that takes several pages or another format goes with it.
fn check_envelope(args: &ListArgs, format: Format, limit: Option<NonZeroU64>) -> Result<(), Failure> {
    if format != Format::Json {
        return Err(Failure::new(Kind::Usage, format!("--envelope goes with the format json, not {format}"))
            .hint("add -o json"));
    }
    if limit.is_none_or(|limit| limit.get() > args.page_size.get()) {
        let limit = limit.map_or_else(|| "there is no limit".to_owned(), |limit| format!("the limit is {limit}"));
        let message = format!("--envelope shows one page of at most {}, and {limit}", args.page_size);
        return Err(Failure::new(Kind::Usage, message).hint(format!("add --limit {}", args.page_size)));
    }
    Ok(())
}

/// Opens the file that results go to, before anything is asked for.
fn open<'o>(path: &Path, force: bool) -> anyhow::Result<Sink<'o>> {
    match Sink::to_file(path, force) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("{} exists already", path.display());
            Err(Failure::new(Kind::Usage, message).hint("add --force to replace it").into())
        }
        opened => opened.with_context(|| cannot_be_written(path)),
    }
}

fn cannot_be_written(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

/// Fetches the list and writes it as it comes.
fn list(
    pages: &mut Pages,
    plan: &Plan,
    style: Style,
    sink: &mut Sink,
    progress: &mut Progress,
    notices: &Notices,
) -> anyhow::Result<()> {
    let first = pages.next().transpose().context("partners cannot be listed")?;
    let first = first.ok_or_else(|| Failure::new(Kind::Other, "a list without a first page"))?;
    if pages.order_was_refused() {
        notices.warn(&format!("the API refused the order {}; the list is in the API's own", plan.query.order));
    }
    if plan.envelope {
        return Ok(output::json::write_value(first.body(), style.terminal, sink)?);
    }
    let partners: Vec<&str> = first.partners().collect();
    plan.selection.check(&partners, notices)?;
    let mut writer = Writer::begin(style, plan.selection.shape(style.format, &partners), sink)?;
    let written = write_pages(first, pages, &mut writer, plan.keeps_rows, progress);
    progress.clear();
    if !written.as_ref().is_err_and(error::is_closed_pipe) {
        say_what_was_left_out(&writer, notices);
    }
    if written.as_ref().is_err_and(|error| error.is::<Failure>()) {
        say_contradictions(&pages.facts().contradictions(), notices);
    }
    written
}

/// Writes the rows of each page as it comes.
fn write_pages(
    first: Page,
    pages: &mut Pages,
    writer: &mut Writer,
    keeps_rows: bool,
    progress: &Progress,
) -> anyhow::Result<()> {
    write_page(&first, writer)?;
    // Its memory is better used for the pages to come.
    drop(first);
    while let Some(page) = pages.next() {
        match page {
            Ok(page) => write_page(&page, writer)?,
            Err(failure) => {
                writer.break_off()?;
                return Err(broken_off(failure, pages, keeps_rows).into());
            }
        }
        progress.update(pages.rows(), pages.expected_rows());
    }
    Ok(writer.end()?)
}

/// Says that the list waits, if a person would wonder.
fn say_wait(wait: Wait, notices: &Notices) {
    let left = wait.until.saturating_duration_since(Instant::now());
    if left > Duration::from_secs(1) {
        let status =
            wait.status.map_or_else(|| "no answer came".to_owned(), |status| format!("the API answered {status}"));
        notices.note(&format!("{status}; trying again in {} seconds", left.as_secs_f64().ceil()));
    }
}

fn write_page(page: &Page, writer: &mut Writer) -> std::io::Result<()> {
    page.partners().try_for_each(|partner| writer.write(partner))?;
    writer.flush()
}

/// The failure of a later page: what it means for the rows before it.
fn broken_off(failure: Failure, pages: &Pages, keeps_rows: bool) -> Failure {
    let message = format!("the list broke off after {} partners: {}", pages.rows(), failure.message);
    let rows = if keeps_rows {
        format!("what came is written; the rest begins at --offset {}", pages.next_offset())
    } else {
        "the file is as it was".to_owned()
    };
    let cause = failure.hint.as_ref().map_or(String::new(), |hint| format!("; {hint}"));
    Failure { message, ..failure }.hint(format!("{rows}{cause}"))
}

fn say_what_was_left_out(writer: &Writer, notices: &Notices) {
    let keys = writer.left_out();
    if !keys.is_empty() {
        let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        notices.warn(&format!("left out, since it first came after the header was written: {keys}; -o jsonl has it"));
    }
}

fn say_contradictions(contradictions: &[String], notices: &Notices) {
    contradictions.iter().for_each(|reason| notices.warn(&format!("the list may not be whole: {reason}")));
}

/// Says what contradicts a whole list, and fails if it had to be whole.
fn check_completeness(pages: &Pages, required: bool, notices: &Notices) -> Result<(), Failure> {
    let facts = pages.facts();
    let mut reasons = facts.contradictions();
    if !required || facts.is_complete() {
        say_contradictions(&reasons, notices);
        return Ok(());
    }
    if !facts.ended {
        reasons.push(format!("it was cut after {} partners", facts.rows));
    }
    Err(Failure::new(Kind::Incomplete, format!("the list is not complete: {}", reasons.join("; ")))
        .hint("partners may have changed while they were listed; run it again, and without --limit"))
}

fn say_how_it_ended(pages: &Pages, plan: &Plan, notices: &Notices) {
    let facts = pages.facts();
    let rows = facts.rows;
    if pages.ended_on_an_empty_claim() {
        notices.warn("the API claimed that more partners follow, then sent none; the total it gave is reached");
    }
    if plan.style.format == Format::Table && rows == 0 {
        notices.note_on_terminal(&match facts.total {
            Some(total @ 1..) => format!("{total} partners match, and none after the first {}", facts.offset),
            _ => "no partners match (a new partner shows only once an email address is verified)".to_owned(),
        });
    }
    if plan.style.format == Format::Table && rows > LONG_TABLE {
        notices.note(&format!("a table of {rows} rows is held in memory; -o csv and -o jsonl write rows as they come"));
    }
    if facts.ended {
        return;
    }
    let listed = match (facts.total, facts.has_more) {
        (Some(total), _) if total > rows => format!("{rows} of {total} partners listed"),
        (_, Some(_)) => format!("{rows} partners listed, and there are more"),
        (_, None) => format!("{rows} partners listed, and there may be more"),
    };
    let note = format!("{listed}; add --all, or --limit N");
    match plan.limit_source {
        Source::Option(_) => notices.note_on_terminal(&note),
        _ => notices.note(&note),
    }
}
