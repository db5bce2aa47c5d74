//! `partners find`: partners by any part of what people know of them.
//!
//! The API is asked for one word in one field a request. Whatever it makes of that, the partners that come are compared
//! with all words here.

mod hits;
mod question;
mod word;

use std::num::NonZeroU64;

use serde_json::Value;

use crate::api::address;
use crate::api::completeness::ListStats;
use crate::api::error::Error as ApiError;
use crate::api::page::Page;
use crate::api::pages::{OrderRefused, Pages, Paging};
use crate::api::prefetch::Wait;
use crate::api::query::{FieldSelection, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::FindArgs;
use crate::commands::connection::Connection;
use crate::commands::session::{self, Session};
use crate::commands::{Context, doubts};
use crate::error::{self, Context as _, Error, Failure, Kind};
use crate::output::message::quoted;
use crate::output::notices::Notices;
use crate::output::sink::Sink;
use crate::output::{self, Column, ColumnKind, Fact, Rank, Writer};
use crate::raw;
use crate::settings::{Options, Setting, Settings, Source};
use crate::values::{BaseUrl, FieldName, Format, Layout, Order, PageSize, Parallel};

use super::get::{self, View};
use super::phrase::{self, counted};
use super::provenance::Provenance;
use super::selection::{self, Selection};
use super::target::Target;
use super::{filter, row_options, style};

use hits::{Found, Hit, Hits};
use question::Question;
pub use word::Word;

/// How many partners are shown if nobody says otherwise.
const LIMIT: NonZeroU64 = NonZeroU64::new(20).unwrap();

/// The column that names the fields in which words were found.
const MATCH: &str = "match";

/// The columns of a table if nobody names any, before that one.
const COLUMNS: [&str; 5] = ["display_id", "company_name", "name", "status", "balance"];

/// Runs the command.
pub fn run(args: &FindArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { line, environment, terminal, stdout, notices, .. } = context;
    let options = Options { fields: args.fields.only()?, parallel: args.parallel, ..row_options(&args.rows, global) };
    let session = Session::new(options, global, environment, terminal, notices)?;
    let settings = &session.settings;
    let question = question(&args.words)?;
    let filter = filter::expression(&args.filter, notices)?;
    let target = Target::of(&args.rows.cells.file);
    target.check(Vec::new(), &session)?;
    let format = target.format(&settings.output)?;
    let provenance = Provenance::new(line, &session);
    // One partner on a terminal is shown with all that is known of it.
    let record = (session.look().is_terminal
        && target.file.is_none()
        && settings.output.source == Source::Default
        && format.layout() == Layout::Screen)
        .then(|| selection(args, settings, View::Record.shaped_as()));
    let rows = selection(args, settings, format);
    let fields = question::needed().fold(record.as_ref().unwrap_or(&rows).asked(), |fields, name| fields.with(name));
    let searches: Vec<Search> =
        question.fields().map(|field| Search::new(field, &question, filter.as_deref(), &fields)).collect();
    if args.rows.request.dry_run {
        let addresses = |base: &BaseUrl| searches.iter().map(|search| search.address(base)).collect();
        return session.show_requests(addresses, stdout);
    }

    let mut sink = target.open(stdout)?;
    let connection = session.connect()?;
    session.warn_of_missing(&connection, filter.as_deref(), None);
    let mut hits = Hits::new(&question, args.limit.unwrap_or(LIMIT).get());
    let outcome = search(&session, &connection, &question, &searches, &mut hits)?;
    outcome.report(&question, &session);
    let found = hits.into_best();

    let view = match record {
        Some(_) if found.count == 1 => View::Record,
        _ => View::Rows(format),
    };
    let selection = record.filter(|_| found.count == 1).unwrap_or(rows);
    let is_all = found.count == found.best.len() as u64;
    let facts = |rows| provenance.facts(rows, is_all);
    let written = show(&found.best, &selection, view, args, &session, facts, &mut sink);
    written.map_err(|error| target.named(error))?;
    report_end(&found, args, &session);
    target.commit(sink)
}

/// The question that the words make.
fn question(words: &[String]) -> Result<Question, Failure> {
    let read = |typed: &String| {
        Word::read(typed).map_err(|problem| {
            // It may be the token.
            let word = quoted(typed);
            Failure::new(Kind::Usage, format!("cannot search for {word}: {problem}"))
                .hint("give a part of a name, a login, an email address, a phone number or an ID")
        })
    };
    let words = words.iter().map(read).collect::<Result<_, _>>()?;
    Question::new(words).ok_or_else(|| Failure::new(Kind::Usage, "there is no word to search for"))
}

/// The fields that are shown beside the column of matches.
fn selection(args: &FindArgs, settings: &Settings, format: Format) -> Selection {
    let is_other = |name: &&FieldName| name.as_str() != MATCH;
    let except: Vec<FieldName> = args.fields.exclude_fields.iter().filter(is_other).cloned().collect();
    let only = match &settings.fields {
        Some(Setting { value, source }) => {
            Some(Setting { value: value.iter().filter(is_other).cloned().collect(), source: source.clone() })
        }
        None if format.layout().is_for_people() => {
            let value = COLUMNS.iter().filter_map(|name| name.parse().ok()).collect();
            Some(Setting { value, source: Source::Default })
        }
        None => None,
    };
    let added = args.fields.added().into_iter().filter(|name| is_other(&name)).collect();
    Selection::new(&except, only.as_ref(), format).adding(added)
}

/// The search in one field: a request.
struct Search {
    field: &'static str,
    query: Query,
}

/// One page is asked for, the largest that there is, in the server's own order.
const PAGING: Paging = Paging { offset: 0, limit: None, page_size: PageSize::MAX, parallel: Parallel::ONE };

impl Search {
    fn new(field: &'static str, question: &Question, filter: Option<&str>, fields: &FieldSelection) -> Self {
        let condition = question.condition(field);
        let filter = filter.map_or_else(|| condition.clone(), |filter| format!("{filter} and {condition}"));
        let query = Query { filter: Some(filter), order: Order::Server, fields: fields.clone() };
        Self { field, query: query.with_compared_fields() }
    }

    fn address(&self, base: &BaseUrl) -> url::Url {
        address::of_page(base, &PAGING.first_request(self.query.clone()))
    }

    /// The partners that the API returns, and what is known of them.
    fn ask(&self, connection: &Connection, on_wait: &dyn Fn(Wait)) -> Result<(Page, ListStats), ApiError> {
        let mut pages =
            Pages::new(self.query.clone(), PAGING, OrderRefused::Report, session::fetch(connection), on_wait);
        let page = pages.next().unwrap_or_else(|| Err(ApiError::lost()))?;
        Ok((page, pages.finish()))
    }
}

/// How the searches went.
#[derive(Default)]
struct Outcome {
    /// The fields that were searched, and what is known of the partners that came.
    searched: Vec<(&'static str, ListStats)>,
    /// The fields that the API refuses to search.
    refused: Vec<(&'static str, ApiError)>,
    /// Of the fields for which most of the partners that came do not hold the word: how many do not, of how many.
    ignored: Vec<(&'static str, u64, u64)>,
}

/// Searches all fields, so many at a time as the settings say, and takes the partners that match.
fn search(
    session: &Session,
    connection: &Connection,
    question: &Question,
    searches: &[Search],
    hits: &mut Hits,
) -> error::Result<Outcome> {
    let mut outcome = Outcome::default();
    for searches in searches.chunks(session.settings.parallel.value.get() as usize) {
        let answers = session.at_once(searches, |search, on_wait| search.ask(connection, on_wait));
        for (Search { field, .. }, answer) in searches.iter().zip(answers) {
            match answer {
                Ok((page, stats)) => {
                    page.partners().for_each(|partner| hits.add(question, partner));
                    let contrary = page.partners().filter(|partner| question.is_contradicted_by(partner, field));
                    let contrary = contrary.count() as u64;
                    if !question.asked().has_wildcards() && contrary * 2 > page.len() {
                        outcome.ignored.push((field, contrary, page.len()));
                    }
                    outcome.searched.push((field, stats));
                }
                Err(refusal) if matches!(refusal.status(), Some(400 | 422)) => outcome.refused.push((field, refusal)),
                Err(error) => return Err(error).context(CANNOT_SEARCH),
            }
        }
    }
    match outcome.refused.pop() {
        Some((_, refusal)) if outcome.searched.is_empty() => Err(Error::from(refusal).context(CANNOT_SEARCH)),
        last => {
            outcome.refused.extend(last);
            Ok(outcome)
        }
    }
}

const CANNOT_SEARCH: &str = "partners cannot be searched";

impl Outcome {
    /// Warns of everything for which a partner could be missing.
    fn report(&self, question: &Question, session: &Session) {
        let notices = session.notices;
        let word = quoted(&question.asked().typed);
        if let Some((_, refusal)) = self.refused.first() {
            let were = if self.refused.len() == 1 { "was" } else { "were" };
            notices
                .warn(&format!("{} {were} not searched: {refusal}", names(self.refused.iter().map(|(name, _)| *name))));
        }
        doubts::warn(self.searched.iter().map(|(_, stats)| stats), notices);
        if !self.ignored.is_empty() {
            let fields = names(self.ignored.iter().map(|(name, ..)| *name));
            let [contrary, of] =
                self.ignored.iter().fold([0, 0], |[contrary, of], (_, more, all)| [contrary + more, of + all]);
            notices.warn(&format!(
                "the API seems to ignore the filter on {fields}: {contrary} of the {} that it returned do not contain \
                 {word} there",
                counted(of, "partner", "partners")
            ));
        }
        let cut: Vec<_> = self.searched.iter().filter(|(_, stats)| !stats.ended).collect();
        if let Some(most) = cut.iter().map(|(_, stats)| stats.rows).max() {
            let fields = names(cut.iter().map(|(name, _)| *name));
            let first = counted(most, "partner", "partners");
            let is_certain = cut.iter().any(|(_, stats)| stats.has_more == Some(true));
            let more = if is_certain { "there are more" } else { "there may be more" };
            notices.warn(&format!(
                "partners may be missing: {more} than the first {first} with {word} in {fields}; use a longer word"
            ));
        }
    }
}

fn names(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The partner with the fields in which words were found, as one more member.
fn with_match(hit: &Hit, layout: Layout, is_hidden: bool) -> String {
    let Hit { partner, fields, .. } = hit;
    if is_hidden {
        return partner.clone();
    }
    let partner = match raw::lookup(partner, [MATCH]) {
        Some(_) => &raw::without(partner, &[vec![MATCH]]),
        None => partner,
    };
    let value = match layout {
        Layout::Document | Layout::Objects => Value::from(fields.as_slice()),
        Layout::Screen | Layout::Markup | Layout::Columns => Value::from(fields.join(", ")),
    };
    let members = partner.trim_end().strip_suffix('}').unwrap_or(partner).trim_end();
    let comma = if raw::members(partner).next().is_some() { "," } else { "" };
    format!("{members}{comma}\"{MATCH}\":{value}}}")
}

fn show(
    hits: &[Hit],
    selection: &Selection,
    view: View,
    args: &FindArgs,
    session: &Session,
    facts: impl FnOnce(u64) -> Vec<Fact>,
    sink: &mut Sink,
) -> error::Result<()> {
    let notices: &Notices = session.notices;
    let came: Vec<&str> = hits.iter().map(|hit| &*hit.partner).collect();
    selection.check(&came, notices)?;
    let format = view.shaped_as();
    let style = style(format, &args.rows.cells, &session.settings, sink.look(session.look()));
    let mut shape = selection.shape(format, &came);
    let is_hidden = args.fields.exclude_fields.iter().any(|name| name.as_str() == MATCH);
    if !is_hidden && shape.columns.iter().flatten().all(|column| column.name() != MATCH) {
        shape = shape.and(Column::of_key(MATCH, ColumnKind::Text).ranked(Rank::Subject));
    }
    let partners: Vec<String> = hits.iter().map(|hit| with_match(hit, format.layout(), is_hidden)).collect();
    if let (View::Record, [partner]) = (view, &*partners) {
        let mut columns = output::Columns::new(shape);
        let partner = columns.cut(partner).into_owned();
        get::show_one(&columns.pick(&partner), selection, view, style, sink)?;
        selection::warn_of_keys_without_column(columns.left_out(), notices);
        return Ok(());
    }
    let mut writer = Writer::begin(style, shape, sink)?;
    partners.iter().try_for_each(|partner| writer.write(partner))?;
    writer.state(facts);
    writer.end()?;
    selection::warn_of_keys_without_column(writer.left_out(), notices);
    selection::report_written(&writer, selection::NAME_FEWER, notices);
    Ok(())
}

/// Says what a reader of the rows alone would not know: that there are none, or more.
fn report_end(found: &Found, args: &FindArgs, session: &Session) {
    let shown = found.best.len() as u64;
    if found.count == 0 {
        let words = args.words.iter().map(|word| quoted(word));
        session.notices.note(&format!("no partner matches {}", phrase::listed(words, args.words.len() as u64)));
    } else if found.count > shown {
        let more = format!("{shown} of {} partners found are shown; add a word, or --limit N", found.count);
        match args.limit {
            Some(_) => session.notices.note(&more),
            None => session.notices.warn(&more),
        }
    }
}
