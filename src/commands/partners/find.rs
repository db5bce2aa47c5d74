//! `partners find`: partners by any part of what people know of them.
//!
//! The API is asked for one word in one field a request. Whatever it makes of that, the partners that come are compared
//! with all words here. If none matches, all partners are compared once more, without accents, spaces and punctuation.

use std::io::Write;
use std::num::NonZeroU64;

use serde_json::Value;

use crate::api::failures::lost;
use crate::api::{ListStats, OrderRefused, Page, Pages, Paging, Query, Wait, address, source};
use crate::cli::partners::FindArgs;
use crate::commands::{Connection, Context, Session};
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::{Column, ColumnKind, Rank, Sink, Writer, quoted};
use crate::partners::search::{self, Hit, Hits, Question, SearchWord};
use crate::raw;
use crate::settings::{Options, Setting, Settings};
use crate::values::{BaseUrl, FieldName, Format, FormatKind, Order, PageSize, Parallel};

use super::phrase::counted;
use super::{Job, Selection, selection};

/// How many partners are shown by default.
const LIMIT: NonZeroU64 = NonZeroU64::new(20).unwrap();

/// The column that names the fields in which words were found.
const MATCH: &str = "match";

/// Runs the command.
pub fn run(args: &FindArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let options = Options { fields: args.fields.only(), parallel: args.parallel, ..context.options() };
    let job = Job::new(options, &args.rows.cells, Vec::new(), context)?;
    let session = &job.session;
    let question = question(&args.words)?;
    let filter = session.filter(&args.filter)?;
    let selection = selection(args, &session.settings, job.format);
    let fields = search::needed().fold(selection.asked(), |fields, name| fields.with(name));
    let search_in = |(field, condition): (&'static str, String)| {
        let filter = filter.iter().chain([&condition]).map(String::as_str).collect::<Vec<_>>().join(" and ");
        let query = Query { filter: Some(filter), order: Order::Server, fields: fields.clone() };
        (field, query.with_compared_fields())
    };
    let searches: Vec<Search> = question.conditions().map(search_in).collect();
    if args.rows.request.dry_run {
        let address = |base: &BaseUrl, query: &Query| address::of_page(base, &PAGING.first_request(query.clone()));
        let addresses = |base: &BaseUrl| searches.iter().map(|(_, query)| address(base, query)).collect();
        return session.show_requests(addresses, stdout);
    }

    let mut sink = job.open(stdout)?;
    let connection = session.connect()?;
    session.warn_of_missing(&connection, filter.as_deref(), None);
    let mut hits = Hits::new(args.limit.unwrap_or(LIMIT).get());
    search(session, &connection, &question, &searches, &mut hits)?;
    if hits.count() == 0 {
        let (bare, query) = (question.bare(), session.query(filter, fields));
        session.each(&connection, query, |partner| hits.add(&bare, partner.text())).context(CANNOT_SEARCH)?;
        report_bare(&hits, &question, session);
    }
    let count = hits.count();
    let best = hits.into_best();
    let is_all = count == best.len() as u64;
    show(&best, is_all, &selection, &job, &mut sink).map_err(|error| job.named(error))?;
    if !is_all {
        report_more(best.len(), count, args, session);
    }
    job.commit(sink)
}

/// The question that the words make.
fn question(words: &[String]) -> Result<Question, Failure> {
    let read = |typed: &String| {
        SearchWord::read(typed).map_err(|problem| {
            // It may be the token.
            let word = quoted(typed);
            Failure::new(Kind::Usage, format!("cannot search for {word}: {problem}"))
                .hint("use a part of a name, a login, an email address, a phone number or an ID")
        })
    };
    let words = words.iter().map(read).collect::<Result<_, _>>()?;
    Question::new(words).ok_or_else(|| Failure::new(Kind::Usage, "no word to search for"))
}

/// The fields that are shown before the column of matches, which is the last wherever it is named.
fn selection(args: &FindArgs, settings: &Settings, format: Format) -> Selection {
    let others = |names: &[FieldName]| names.iter().filter(|name| name.as_str() != MATCH).cloned().collect();
    let only = settings.fields.as_ref();
    let only = only.map(|Setting { value, source }| Setting { value: others(value), source: source.clone() });
    Selection::new(&args.fields.exclude_fields, only.as_ref(), format).adding(others(&args.fields.added()))
}

/// A field that is searched, and the question for the partners that have the word in it.
type Search = (&'static str, Query);

/// One page is asked for, the largest that there is, in the server's own order.
const PAGING: Paging = Paging { offset: 0, limit: None, page_size: PageSize::MAX, parallel: Parallel::ONE };

/// The partners that the API returns, and what is known of them.
fn ask(query: &Query, connection: &Connection, on_wait: &dyn Fn(Wait)) -> Result<(Page, ListStats), Failure> {
    let mut pages = Pages::new(query.clone(), PAGING, OrderRefused::Report, source::fetch(connection), on_wait);
    let page = pages.next().unwrap_or_else(|| Err(lost()))?;
    Ok((page, pages.finish()))
}

/// Searches all fields, so many at a time as the settings say, and takes the partners that match; warns of everything
/// for which one could be missing.
fn search(
    session: &Session,
    connection: &Connection,
    question: &Question,
    searches: &[Search],
    hits: &mut Hits,
) -> error::Result<()> {
    // The fields that were searched, with what is known of the partners that came, and those that the API refuses.
    let (mut searched, mut refused) = (Vec::new(), Vec::new());
    for searches in searches.chunks(session.settings.parallel.value.get() as usize) {
        let answers = session.at_once(searches, |(_, query), on_wait| ask(query, connection, on_wait));
        for ((field, _), answer) in searches.iter().zip(answers) {
            match answer {
                Ok((page, stats)) => {
                    page.partners().for_each(|partner| hits.add(question, partner));
                    searched.push((*field, stats));
                }
                Err(refusal) if matches!(refusal.status(), Some(400 | 422)) => refused.push((*field, refusal)),
                Err(error) => return Err(error).context(CANNOT_SEARCH),
            }
        }
    }
    let notices = session.notices;
    let fields = names(refused.iter().map(|(name, _)| *name));
    let were = if refused.len() == 1 { "was" } else { "were" };
    if let Some((_, refusal)) = refused.pop() {
        if searched.is_empty() {
            return Err(refusal).context(CANNOT_SEARCH);
        }
        notices.warn(&format!("{fields} {were} not searched: {refusal}"));
    }
    searched.iter().for_each(|(_, stats)| session.warn_of_doubts(stats));
    let cut = || searched.iter().filter(|(_, stats)| !stats.ended);
    if let Some(most) = cut().map(|(_, stats)| stats.rows).max() {
        let (first, fields) = (counted(most, "partner", "partners"), names(cut().map(|(name, _)| *name)));
        let word = quoted(&question.asked().typed);
        notices.warn(&format!(
            "partners may be missing: only the first {first} with {word} in {fields} arrived; use a longer word"
        ));
    }
    Ok(())
}

const CANNOT_SEARCH: &str = "cannot search partners";

fn names(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Says what was found without accents, or what to try where nothing was.
fn report_bare(hits: &Hits, question: &Question, session: &Session) {
    let asked = question.asked();
    if hits.count() > 0 {
        session.notices.note("nothing matches exactly; these match without accents, spaces and punctuation");
        return;
    }
    let word = quoted(&asked.typed);
    let shorter = asked.shorter().map(|part| format!("; try a shorter part, such as {}", quoted(&part)));
    session.notices.note(&match question.words.len() {
        1 => format!("no partner matches {word}{}", shorter.unwrap_or_default()),
        _ => "no partner matches all words; leave one out, or try shorter parts".to_owned(),
    });
}

fn show(hits: &[Hit], is_all: bool, selection: &Selection, job: &Job, sink: &mut Sink) -> error::Result<()> {
    let came: Vec<&str> = hits.iter().map(|hit| &*hit.partner).collect();
    selection.check(&came, job.session.notices)?;
    let matched = Column::of_key(MATCH, ColumnKind::Text).ranked(Rank::Subject);
    let mut writer =
        Writer::begin(job.format_options(sink), selection.projection(job.format, &came).and(matched), sink)?;
    for Hit { partner, fields, .. } in hits {
        let fields = match job.format.kind() {
            FormatKind::Document | FormatKind::Objects => Value::from(fields.as_slice()),
            FormatKind::Screen | FormatKind::Markup | FormatKind::Columns => Value::from(fields.join(", ")),
        };
        writer.write(&raw::with_last(partner, MATCH, &fields))?;
    }
    Ok(job.end(&mut writer, is_all, selection::NAME_FEWER)?)
}

/// Says what a reader of the rows alone would not know: that there are more.
fn report_more(shown: usize, count: u64, args: &FindArgs, session: &Session) {
    let more = format!("showing {shown} of {count} matches; add a word, or use --limit N");
    match args.limit {
        Some(_) => session.notices.note(&more),
        None => session.notices.warn(&more),
    }
}
