//! An error in words for people, or in one JSON object for programs.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use serde::Serialize;

use crate::output::Overflow;
use crate::output::message::{bounded, shown};
use crate::output::text;
use crate::system::atomic_file::Obstacle;
use crate::values::ErrorFormat;

use super::{BrokenList, Cause, CommandOptions, Error, Failure, Kind, Place, api};

/// The error as it is reported, each line ended, nothing in it that could drive a terminal.
pub fn report(error: &Error, format: ErrorFormat) -> String {
    match format {
        ErrorFormat::Text => in_words(error),
        ErrorFormat::Json => in_json(error),
    }
}

impl Error {
    /// What failed, on what, and why: one sentence, as long as the chain of causes.
    pub fn message(&self) -> String {
        let words = self.words();
        let context = self.0.context.iter().rev().map(Cow::as_ref);
        context.chain([words.message.as_str()]).map(bounded).collect::<Vec<_>>().join(": ")
    }

    /// The cause in words.
    pub fn words(&self) -> Cow<'_, Failure> {
        let options = self.0.options;
        match &self.0.cause {
            Cause::Api(error) => Cow::Owned(api::words(error, options)),
            Cause::BrokenOff { list, error } => Cow::Owned(broken_off(*list, api::words(error, options))),
            Cause::Io(error) => Cow::Owned(of_the_system(error, options)),
            Cause::OutOfTime(deadline) => {
                let failure = Failure::new(Kind::Network, format!("not finished within --max-time {deadline}"));
                Cow::Owned(failure.hint(api::MORE_TIME))
            }
            Cause::Failure(failure) => Cow::Borrowed(failure),
        }
    }
}

fn in_words(error: &Error) -> String {
    let words = error.words();
    let mut report = format!("error: {}\n", shown(&error.message()));
    if let Some(place) = &words.place {
        report.push_str(&point_at(place));
    }
    if let Some(hint) = &words.hint {
        report.push_str(&format!("hint: {}\n", shown(hint)));
    }
    report
}

/// The failure of a later page: what it means for the rows before it.
fn broken_off(list: BrokenList, failure: Failure) -> Failure {
    let BrokenList { rows, next_offset, is_kept } = list;
    let partners = if rows == 1 { "partner" } else { "partners" };
    let message = format!("the list broke off after {rows} {partners}: {}", failure.message);
    let rows = if is_kept {
        format!("get the rest with --offset {next_offset}; the rows before it are written")
    } else {
        "the file was not changed".to_owned()
    };
    let cause = failure.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
    Failure { message, ..failure }.hint(format!("{rows}{cause}"))
}

/// The system refused to read or write.
fn of_the_system(error: &io::Error, options: CommandOptions) -> Failure {
    if let Some(overflow) = error.get_ref().and_then(|inner| inner.downcast_ref::<Overflow>()) {
        return Failure::new(Kind::Other, overflow.to_string()).hint(of_overflow(overflow));
    }
    let obstacle = error.get_ref().and_then(|inner| inner.downcast_ref::<Obstacle>());
    let hint = match obstacle {
        Some(Obstacle::NotAFile) => "name a regular file",
        Some(Obstacle::MountPoint) => "mount the folder rather than the file, or name another file",
        Some(Obstacle::Immutable) => "remove the attribute with `chattr -ia`, or name another file",
        Some(Obstacle::Sticky) => "name another file, or let the owner of this one run the command",
        Some(Obstacle::Closed) if options.to => "redirect it to a file or to /dev/null, or write to a file with --to",
        Some(Obstacle::Closed) => "redirect it to a file or to /dev/null",
        None => "check that the path exists, is writable and has free space",
    };
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let message = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
    Failure::new(Kind::Other, message.collect::<Vec<_>>().join(": ")).hint(hint)
}

fn of_overflow(overflow: &Overflow) -> &'static str {
    match overflow {
        Overflow::Rows => "write fewer partners, chosen by -f or --limit, or end the file's name in .csv",
        Overflow::Columns(_) => "choose fields with -F, or end the file's name in .csv",
        Overflow::Cell(_) => "leave the field out with -X, or end the file's name in .csv",
    }
}

/// The text with carets under the place, in columns of the terminal; of a long text, what stands near the place.
fn point_at(place: &Place) -> String {
    let Place { text, span, remedy } = place;
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let (before, marked, after) = (part(0..span.start), part(span.clone()), part(span.end..text.len()));
    let begin = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let before = format!("{}{}", if begin > 0 { "…" } else { "" }, text::escape(&before[begin..]));
    let (marked, after) = (beginning(marked), beginning(after));
    let blanks = " ".repeat(text::width(&before));
    let carets = "^".repeat(text::width(&marked).max(1));
    format!("  |\n  | {before}{marked}{after}\n  | {blanks}{carets} {}\n", shown(remedy))
}

/// The most characters that are shown before, in and after a place.
const AROUND: usize = 100;

/// The beginning of a text, as much as is shown of it.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((end, _)) => format!("{}…", text::escape(&text[..end])),
        None => text::escape(text).into_owned(),
    }
}

/// The object that a program reads; what is not known is left out.
#[derive(Serialize)]
struct Report {
    error: Details,
}

#[derive(Serialize)]
struct Details {
    /// The name of the kind.
    kind: &'static str,
    /// The exit status of the process.
    exit: u8,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Whether the same command may succeed another time.
    retryable: bool,
    /// How many rows of a list were delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// The offset at which the rest of the list begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u64>,
}

fn in_json(error: &Error) -> String {
    let words = error.words();
    let at = |place: &Place| {
        let text = bounded(&place.text);
        format!("in `{text}`, at byte {}: {}", place.span.start, bounded(&place.remedy))
    };
    let kept = match &error.0.cause {
        Cause::BrokenOff { list, .. } => list.is_kept.then_some(list),
        _ => None,
    };
    let facts = Details {
        kind: words.kind.name(),
        exit: error.exit_status(),
        message: error.message(),
        hint: words.hint.as_ref().map(|hint| bounded(hint).into_owned()).or_else(|| words.place.as_deref().map(at)),
        status: error.http_status(),
        retryable: error.is_retryable(),
        rows: kept.map(|list| list.rows).or(error.0.rows),
        next_offset: kept.map(|list| list.next_offset),
    };
    // Strings and numbers always become JSON.
    let json = serde_json::to_string(&Report { error: facts }).unwrap_or_default();
    format!("{}\n", text::escape_json(&json))
}

#[cfg(test)]
mod tests {
    use crate::api::completeness::PageStart;
    use crate::api::error::{Error as ApiError, NoResponse, Route, Stuck};

    use super::*;

    fn refused() -> Error {
        let route = Route { url: "https://host/partners".to_owned(), proxy: None };
        let problem = NoResponse::Failed { cause: "connection refused".to_owned() };
        Error::from(ApiError::NoResponse { route, problem }).context("partners cannot be listed")
    }

    #[test]
    fn a_report_has_message_and_hint_and_the_context_before_them() {
        assert_eq!(
            report(&refused(), ErrorFormat::Text),
            "error: partners cannot be listed: request to https://host/partners failed: connection refused\n\
             hint: check the network, the proxy settings and the base URL\n"
        );
    }

    #[test]
    fn in_json_what_is_not_known_is_left_out() {
        assert_eq!(
            report(&refused(), ErrorFormat::Json),
            "{\"error\":{\"kind\":\"network\",\"exit\":9,\"message\":\"partners cannot be listed: request to \
             https://host/partners failed: connection refused\",\"hint\":\"check the network, the proxy settings and the \
             base URL\",\"retryable\":true}}\n"
        );
    }

    #[test]
    fn in_json_a_list_that_broke_off_says_how_far_it_came() {
        let error = ApiError::NoProgress { place: PageStart::Offset(2500), stuck: Stuck::EmptyPage };
        let list = |is_kept| BrokenList { rows: 2000, next_offset: 2500, is_kept };
        let kept = report(&Error::broken_off(error, list(true)), ErrorFormat::Json);
        assert!(kept.ends_with(",\"retryable\":false,\"rows\":2000,\"next_offset\":2500}}\n"), "{kept}");
        let lost = report(&Error::broken_off(ApiError::Lost, list(false)), ErrorFormat::Json);
        assert!(lost.ends_with(",\"retryable\":false}}\n"), "{lost}");
    }

    #[test]
    fn in_json_a_place_is_part_of_the_hint() {
        let place = Place { text: "a = b".to_owned(), span: 2..3, remedy: "use `eq`".to_owned() };
        let told = report(&Failure::new(Kind::Usage, "no").at(place).into(), ErrorFormat::Json);
        assert!(told.contains(r#""hint":"in `a = b`, at byte 2: use `eq`""#), "{told}");
    }

    #[test]
    fn the_caret_stands_under_the_place_even_after_wide_characters() {
        let place = Place { text: "東京 = x".to_owned(), span: 7..8, remedy: "use `eq`".to_owned() };
        assert_eq!(point_at(&place), "  |\n  | 東京 = x\n  |      ^ use `eq`\n");
    }

    #[test]
    fn of_a_long_text_what_stands_near_the_place_is_shown() {
        let text = format!("{} = {}", "a".repeat(1 << 20), "b".repeat(1 << 20));
        for span in [(1 << 20) + 1..(1 << 20) + 2, 0..text.len(), text.len()..text.len()] {
            let place = Place { text: text.clone(), span, remedy: "use `eq`".to_owned() };
            let shown = point_at(&place);
            assert!(shown.len() < 1000 && shown.contains("^ use `eq`\n"), "{shown}");
            let report = report(&Failure::new(Kind::Usage, "no").at(place).into(), ErrorFormat::Json);
            assert!(report.len() < 3000, "{} bytes", report.len());
        }
    }

    #[test]
    fn nothing_in_a_report_can_drive_a_terminal() {
        let error = Error::from(Failure::new(Kind::Server, "it said \u{1b}[2J").hint("\u{202e}"));
        assert_eq!(report(&error, ErrorFormat::Text), "error: it said \\u{1b}[2J\nhint: \\u{202e}\n");
        let json = report(&error, ErrorFormat::Json);
        assert!(json.contains(r"it said \u001b[2J") && json.contains(r"\u202e"), "{json}");
    }
}
