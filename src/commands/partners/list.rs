//! `partners list`: the partners that match a query, page by page.

use std::num::NonZeroU64;
use std::sync::Arc;

use anyhow::Context;

use crate::api::page::Page;
use crate::api::pages::{OrderRefused, Pages, Walk};
use crate::api::query::{PageRequest, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::ListArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Surroundings, options};
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::output::{self, Style, Writer};
use crate::settings::{Options, Settings, Source};
use crate::values::Format;

use super::filter;
use super::selection::Selection;

/// Runs the command.
///
/// # Errors
/// Whatever keeps the list from being whole.
pub fn run(args: &ListArgs, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    let Surroundings { environment, stdout_is_terminal, stdout, notices } = surroundings;
    connection::check(global)?;
    let settings = Settings::load(with_list_options(options(global), args), environment)?;
    let plan = Plan::new(args, &settings, notices)?;
    let connection = Connection::open(global, &settings, notices)?;
    let fetch = move |request: &PageRequest| connection.client.page(request);
    let mut pages = Pages::new(plan.query.clone(), plan.walk, plan.order_refused, Arc::new(fetch));

    let first = pages.next().transpose().context("partners cannot be listed")?;
    let first = first.ok_or_else(|| Failure::new(Kind::Other, "a list without a first page"))?;
    if pages.order_was_refused() {
        notices.warn(&format!("the API refused the order {}; the list is in the API's own", settings.order.value));
    }
    if args.envelope {
        output::json::write_value(first.body(), stdout_is_terminal, stdout)?;
    } else {
        let style = Style { format: plan.format, header: !args.no_header, terminal: stdout_is_terminal };
        let partners: Vec<&str> = first.partners().collect();
        plan.selection.check(&partners, notices)?;
        let mut writer = Writer::begin(style, plan.selection.shape(plan.format, &partners), stdout)?;
        let ended = write_pages(&first, &mut pages, &mut writer);
        say_what_was_left_out(&writer, notices);
        ended?;
    }
    say_how_it_ended(&pages, &plan, notices);
    Ok(())
}

/// What a list asks for and shows.
struct Plan {
    query: Query,
    walk: Walk,
    order_refused: OrderRefused,
    format: Format,
    selection: Selection,
    limit_source: Source,
}

impl Plan {
    fn new(args: &ListArgs, settings: &Settings, notices: &Notices) -> Result<Self, Failure> {
        let limit = settings.limit.value;
        let format = settings.output.value;
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
            walk: Walk {
                offset: args.offset,
                limit: (!args.all).then_some(limit),
                page_size: args.page_size,
                parallel: args.parallel,
            },
            order_refused: match settings.order.source {
                Source::Default => OrderRefused::AskWithout,
                _ => OrderRefused::Report,
            },
            format,
            selection,
            limit_source: settings.limit.source.clone(),
        })
    }
}

fn with_list_options(options: Options, args: &ListArgs) -> Options {
    Options {
        fields: (!args.fields.is_empty()).then(|| args.fields.clone()),
        limit: args.limit,
        order: args.order.clone(),
        ..options
    }
}

/// The envelope is one page as it came, so nothing that takes several pages or another format goes with it.
fn check_envelope(args: &ListArgs, format: Format, limit: NonZeroU64) -> Result<(), Failure> {
    if format != Format::Json {
        return Err(Failure::new(Kind::Usage, format!("--envelope goes with the format json, not {format}"))
            .hint("add -o json"));
    }
    if limit.get() > args.page_size.get() {
        let message = format!("--envelope shows one page of at most {}, and the limit is {limit}", args.page_size);
        return Err(Failure::new(Kind::Usage, message).hint(format!("add --limit {}", args.page_size)));
    }
    Ok(())
}

/// Writes the rows of each page as it comes.
fn write_pages(first: &Page, pages: &mut Pages, writer: &mut Writer) -> anyhow::Result<()> {
    write_page(first, writer)?;
    while let Some(page) = pages.next() {
        match page {
            Ok(page) => write_page(&page, writer)?,
            Err(failure) => {
                writer.break_off()?;
                return Err(broken_off(failure, pages.rows(), pages.next_offset()).into());
            }
        }
    }
    Ok(writer.end()?)
}

fn write_page(page: &Page, writer: &mut Writer) -> std::io::Result<()> {
    page.partners().try_for_each(|partner| writer.write(partner))?;
    writer.flush()
}

/// The failure of a later page: the rows before it stand, and the list can go on after them.
fn broken_off(failure: Failure, rows: u64, next_offset: u64) -> Failure {
    let message = format!("the list broke off after {rows} partners: {}", failure.message);
    let cause = failure.hint.as_ref().map_or(String::new(), |hint| format!("; {hint}"));
    let hint = format!("what came is written; the rest begins at --offset {next_offset}{cause}");
    Failure { message, ..failure }.hint(hint)
}

fn say_what_was_left_out(writer: &Writer, notices: &Notices) {
    let keys = writer.left_out();
    if !keys.is_empty() {
        let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        notices.warn(&format!("left out, since it first came after the header was written: {keys}; -o jsonl has it"));
    }
}

fn say_how_it_ended(pages: &Pages, plan: &Plan, notices: &Notices) {
    let rows = pages.rows();
    if pages.ended_on_an_empty_claim() {
        notices.warn("the API claimed that more partners follow, then sent none; the total it gave is reached");
    }
    if rows == 0 && plan.format == Format::Table {
        notices.note_on_terminal("no partners match (a new partner shows only once an email address is verified)");
    }
    let is_cut = plan.walk.limit.is_some_and(|limit| limit.get() == rows) && pages.facts().has_more != Some(false);
    if !is_cut {
        return;
    }
    let listed = match (pages.total(), pages.facts().has_more) {
        (Some(total), _) => format!("{rows} of {total} partners listed"),
        (None, Some(_)) => format!("{rows} partners listed, and there are more"),
        (None, None) => format!("{rows} partners listed, and there may be more"),
    };
    let note = format!("{listed}; add --all, or --limit N");
    match plan.limit_source {
        Source::Option(_) => notices.note_on_terminal(&note),
        _ => notices.note(&note),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_broke_says_how_far_it_came_and_where_it_goes_on() {
        let failure = broken_off(Failure::new(Kind::Network, "gone").hint("look"), 2000, 2500);
        assert_eq!(failure.kind, Kind::Network);
        assert_eq!(failure.message, "the list broke off after 2000 partners: gone");
        assert_eq!(failure.hint.as_deref(), Some("what came is written; the rest begins at --offset 2500; look"));
    }
}
