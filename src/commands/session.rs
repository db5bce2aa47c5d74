//! What every command that asks the API shares: the settings, the connection, the walk through a list with its
//! progress, and the warnings about a list that may not be whole.

use std::io::Write;
use std::num::NonZeroU64;
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use url::Url;

use crate::api::completeness::Cause;
use crate::api::failures::lost;
use crate::api::{
    FieldSelection, ListStats, OrderRefused, PARTNERS, Page, Pages, Paging, Query, Wait, address, filter, source,
};
use crate::cli::GlobalArgs;
use crate::cli::partners::FilterArgs;
use crate::error::{self, Excerpt, Failure, Kind};
use crate::output::{Notices, Progress, Terminal, Viewport, secrets};
use crate::raw::Object;
use crate::settings::{Options, Origin, Settings};
use crate::values::{BaseUrl, PageSize, Parallel};

use super::{Answerer, Connection, Context, connection};

/// A command at work: its settings, and where its notes go.
pub struct Session<'s, 'n> {
    pub settings: Settings,
    pub global: &'s GlobalArgs,
    pub terminal: Terminal,
    pub notices: &'s Notices<'n>,
}

impl<'s, 'n> Session<'s, 'n> {
    /// Loads the settings.
    pub fn new(options: Options, context: Context<'s, 'n>) -> Result<Self, Failure> {
        let Context { global, environment, terminal, notices, .. } = context;
        let settings = Settings::load(options, &environment)?;
        settings.hide_tokens();
        Ok(Self { settings, global, terminal, notices })
    }

    /// Opens the source.
    pub fn connect(&self) -> error::Result<Connection> {
        connection::open(self.global, &self.settings, self.notices)
    }

    /// Who answers.
    pub fn answerer(&self) -> Answerer<'s> {
        Answerer::of(self.global)
    }

    /// Where the partners come from, as it is remembered: a saved list, and a moment, have another name in every run.
    pub fn address(&self) -> Result<String, Failure> {
        match self.answerer() {
            Answerer::Api => Ok(self.settings.base_url()?.to_string()),
            Answerer::SavedList(_) => Ok("a saved list".to_owned()),
            Answerer::Past(_) => Ok("a history".to_owned()),
            Answerer::Sandbox => Ok(self.answerer().name()),
        }
    }

    /// Where results on stdout are looked at.
    pub fn viewport(&self) -> Viewport {
        self.terminal.viewport(self.settings.color.value)
    }

    /// Reports that a request waits before another attempt, if a person would wonder.
    pub fn report_wait(&self, wait: Wait) {
        let left = wait.until.saturating_duration_since(Instant::now());
        if left > Duration::from_secs(1) {
            let status =
                wait.status.map_or_else(|| "no response".to_owned(), |status| format!("the API returned {status}"));
            self.notices.note(&format!("{status}; retrying in {} seconds", left.as_secs_f64().ceil()));
        }
    }

    /// The filter to send: every `--filter` checked, exactly as typed, and joined by `and`.
    ///
    /// What will hardly mean what was meant is worth a warning only, as the API may know more than this program.
    pub fn filter(&self, args: &FilterArgs) -> Result<Option<String>, Failure> {
        match &args.raw_filter {
            Some(raw) => Ok(Some(raw.clone())),
            None => checked(&args.filter, self.notices),
        }
    }

    /// The question for these fields of the partners that match, in the order of the settings.
    pub fn query(&self, filter: Option<String>, fields: FieldSelection) -> Query {
        Query { filter, order: self.settings.order.value.clone(), fields }.with_compared_fields()
    }

    /// The way through a list of so many partners, in the fewest requests.
    pub fn paging(&self, limit: Option<NonZeroU64>) -> Paging {
        let parallel = if self.answerer().is_local() { Parallel::ONE } else { self.settings.parallel.value };
        Paging { offset: 0, limit, page_size: PageSize::MAX, parallel }
    }

    /// The address of the first page of such a list.
    pub fn first_page(&self, query: Query, limit: Option<NonZeroU64>) -> impl FnOnce(&BaseUrl) -> Vec<Url> {
        let first = self.paging(limit).first_request(query);
        move |base| vec![address::of_page(base, &first)]
    }

    /// Prints the requests as curl commands instead of sending them.
    pub fn show_requests(
        &self,
        addresses: impl FnOnce(&BaseUrl) -> Vec<Url>,
        out: &mut dyn Write,
    ) -> error::Result<()> {
        if self.answerer().is_local() {
            let name = self.answerer().name();
            let message = format!("--dry-run has nothing to show: {name} needs no request");
            return Err(Failure::new(Kind::Usage, message).hint("leave --dry-run out").into());
        }
        for url in addresses(&self.settings.base_url()?) {
            writeln!(out, "{}", secrets::hidden(&address::as_curl(url.as_str())))?;
        }
        Ok(out.flush()?)
    }

    /// Asks all of these at once; the answers are in the order asked.
    pub fn at_once<Q: Sync, A: Send>(
        &self,
        questions: &[Q],
        ask: impl Fn(&Q, &dyn Fn(Wait)) -> Result<A, Failure> + Sync,
    ) -> Vec<Result<A, Failure>> {
        let (sender, waits) = mpsc::channel::<Wait>();
        let ask = &ask;
        thread::scope(|scope| {
            let ask_one = |question| {
                let sender = sender.clone();
                // Whoever listens for waits does so until all have ended.
                let ask_one = move || ask(question, &|wait| _ = sender.send(wait));
                // Where the system has no more threads, the answer is waited for at once.
                thread::Builder::new()
                    .spawn_scoped(scope, ask_one)
                    .map_err(|_| ask(question, &|wait| self.report_wait(wait)))
            };
            let asked: Vec<_> = questions.iter().map(ask_one).collect();
            drop(sender);
            waits.iter().for_each(|wait| self.report_wait(wait));
            let answer = |thread: ScopedJoinHandle<_>| thread.join().unwrap_or_else(|_| Err(lost()));
            asked.into_iter().map(|asked| asked.map_or_else(|answer| answer, answer)).collect()
        })
    }

    /// The pages of a list. If a server refuses the default order, the request is repeated without it.
    pub fn pages(&self, connection: &Connection, query: Query, paging: Paging) -> Pages<'_> {
        let order = match self.settings.order.source {
            Origin::Default => OrderRefused::AskWithout,
            _ => OrderRefused::Report,
        };
        let asked_for = query.order.path().filter(|_| order == OrderRefused::Report);
        self.warn_of_missing(connection, query.filter.as_deref(), asked_for);
        Pages::new(query, paging, order, source::fetch(connection), |wait| self.report_wait(wait))
    }

    /// Warns of fields that a question names and no partner has: its answer is not what was meant.
    pub fn warn_of_missing(&self, connection: &Connection, filter: Option<&str>, order: Option<&str>) {
        let named = [("filter", connection.missing(filter, None)), ("order", connection.missing(None, order))];
        // Only a source that needs no token knows all partners.
        let name = connection.token_source();
        for (part, fields) in named {
            for field in fields {
                self.notices.warn(&format!("the {part} uses `{field}`, which no partner in {name} has"));
            }
        }
    }

    /// The progress on stderr if it is `wanted`, unless something else is printed there.
    pub fn progress(&self, wanted: bool) -> Progress {
        let is_free = self.terminal.stderr && !self.terminal.dumb && !self.global.quiet && !self.global.verbose;
        Progress::new(wanted && is_free)
    }

    /// The total that the API reports with a page of one row, if it reports one and nothing contradicts it.
    pub fn total(&self, connection: &Connection, query: Query) -> error::Result<Option<u64>> {
        let mut pages = self.pages(connection, query, self.paging(Some(NonZeroU64::MIN)));
        pages.next().transpose()?;
        Ok(pages.stats().consistent_total())
    }

    /// Hands over every partner that matches as it comes, and gives what is known of them all.
    pub fn each(
        &self,
        connection: &Connection,
        query: Query,
        mut take: impl FnMut(Object),
    ) -> error::Result<ListStats> {
        self.each_page(connection, query, |page| {
            page.objects().for_each(&mut take);
            Ok(())
        })
    }

    /// The same page by page, until one is refused.
    pub fn each_page(
        &self,
        connection: &Connection,
        query: Query,
        mut take: impl FnMut(&Page) -> error::Result<()>,
    ) -> error::Result<ListStats> {
        let mut pages = self.pages(connection, query, self.paging(None));
        let mut progress = self.progress(true);
        while let Some(page) = pages.next() {
            take(&page?)?;
            progress.update(pages.stats().rows, pages.expected_rows());
        }
        progress.clear();
        let stats = pages.finish();
        self.warn_of_doubts(&stats);
        Ok(stats)
    }

    /// Warns of everything that speaks against the list being whole.
    pub fn warn_of_doubts(&self, stats: &ListStats) {
        for doubt in stats.doubts() {
            self.notices.warn(&match doubt.cause {
                Cause::Filter => doubt.words,
                Cause::Changes | Cause::Answer => format!("the list may be incomplete: {}", doubt.words),
            });
        }
    }

    /// Fails unless these are all partners that match, each once.
    pub fn refuse_doubts(&self, stats: &ListStats) -> Result<(), Failure> {
        let reasons = reasons(stats);
        if reasons.is_empty() {
            return Ok(());
        }
        let doubts = stats.doubts();
        let hint = match self.answerer() {
            _ if !stats.ended => "run it again without --limit",
            Answerer::SavedList(_) => "save the list again with all fields: `carrierx partners list --all`",
            Answerer::Past(_) => "use another snapshot",
            _ if doubts.iter().all(|doubt| doubt.cause == Cause::Changes) => {
                "partners may have changed during the run; run it again"
            }
            _ if doubts.iter().any(|doubt| doubt.cause == Cause::Filter) => {
                "the API may be unable to filter by that field; filter by another one"
            }
            _ => "the API's response is wrong; report it to the API's operators",
        };
        let message = format!("the list is not complete: {}", reasons.join("; "));
        Err(Failure::new(Kind::Incomplete, message).hint(hint))
    }
}

fn checked(expressions: &[String], notices: &Notices) -> Result<Option<String>, Failure> {
    for expression in expressions {
        let conditions = filter::parse(expression).map_err(|mistake| {
            let place = Excerpt { text: expression.clone(), span: mistake.span, remedy: mistake.remedy };
            Failure::new(Kind::Usage, mistake.problem).at(place)
        })?;
        for condition in conditions {
            if let Some(warning) = filter::warning(&condition) {
                notices.warn(&warning);
            }
        }
    }
    Ok((!expressions.is_empty()).then(|| expressions.join(" and ")))
}

/// Why a list is not complete, if it is not.
pub fn reasons(stats: &ListStats) -> Vec<String> {
    let cut = (!stats.ended).then(|| format!("it was cut after {}", PARTNERS.counted(stats.rows)));
    stats.doubts().into_iter().map(|doubt| doubt.words).chain(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expressions: &[&str]) -> (Result<Option<String>, Failure>, String) {
        let mut said = Vec::new();
        let expressions: Vec<_> = expressions.iter().map(|expression| (*expression).to_owned()).collect();
        let result = checked(&expressions, &Notices::new(&mut said, false, false));
        (result, String::from_utf8(said).expect("UTF-8"))
    }

    #[test]
    fn several_filters_are_joined_by_and_as_typed() {
        let (result, said) = check(&["status  eq 'x'", "balance LT 10"]);
        assert_eq!(result.expect("a filter").as_deref(), Some("status  eq 'x' and balance LT 10"));
        assert_eq!(said, "");
        assert_eq!(check(&[]).0.expect("no filter"), None);
    }

    #[test]
    fn an_unknown_field_is_a_warning_with_the_known_one() {
        let (result, said) = check(&["balanse lt 10"]);
        assert!(result.is_ok());
        assert_eq!(
            said,
            "warning: the filter uses `balanse`, which is not a documented field; did you mean `balance`?\n"
        );
        assert_eq!(check(&["callbacks.anything eq x"]).1, "");
    }

    #[test]
    fn the_place_of_a_mistake_is_in_the_filter_that_has_it() {
        let failure = check(&["status eq active", "balance < 10"]).0.expect_err("a mistake");
        let place = failure.place.expect("a place");
        assert_eq!((failure.kind, &place.text[place.span], &*place.remedy), (Kind::Usage, "<", "use `lt`"));
    }
}
