//! Exact totals by group: a row for each, with the number of its partners and the sums of their amounts.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::mem;

use crate::api::field::FieldType;
use crate::api::page::Page;
use crate::api::partner::PARTNERS;
use crate::cli::partners::CountArgs;
use crate::commands::doubts;
use crate::commands::partners::job::Job;
use crate::commands::partners::selection::Selection;
use crate::commands::partners::{filter, phrase};
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::sink::Sink;
use crate::output::{Cell, ColumnKind, Rank, Shape, Writer};
use crate::partners::sums::{Group, Groups, Sum};
use crate::raw::{self, Object};
use crate::settings::{Setting, Source};
use crate::values::suggest;
use crate::values::{FieldName, Format, GroupKey};

/// What groups are made by, and what is summed up in each.
struct Question<'a> {
    by: &'a [GroupKey],
    sums: &'a [FieldName],
    selection: Selection,
}

/// Runs the command for groups and sums.
pub fn run(args: &CountArgs, job: &Job, out: &mut dyn Write) -> error::Result<()> {
    let session = &job.session;
    let question = Question::new(args);
    question.check()?;
    let query = session
        .query(filter::expression(&args.filter, session.notices)?, question.selection.asked().with(PARTNERS.label));
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query, None), out);
    }
    let mut sink = job.open(out)?;
    let connection = session.connect()?;
    let mut totals = Totals::new(&question);
    let mut is_first = true;
    let take = |page: &Page| -> error::Result<()> {
        if mem::take(&mut is_first) {
            let partners: Vec<_> = page.objects().map(Object::text).collect();
            question.selection.check(&partners, session.notices)?;
        }
        Ok(page.objects().try_for_each(|partner| totals.add(partner))?)
    };
    let stats = session.each_page(&connection, query, take).context(FAILED)?;
    doubts::refuse(&stats.doubts(), session.answerer()).context(FAILED)?;
    let Totals { groups, is_there, with_left_out, .. } = totals;
    for (name, _) in question.uses().zip(&is_there).filter(|(_, is_there)| !*is_there && stats.rows > 0) {
        session.notices.warn(&format!("no partner has a value in `{name}`"));
    }
    let (mut groups, mut total) = groups.sorted(question.has_times());
    let is_unknown = |at: usize| stats.rows > 0 && !is_there[question.by.len() + at];
    for group in groups.iter_mut().chain([&mut total]) {
        group.forget(is_unknown);
    }
    if question.by.is_empty() {
        groups = vec![total.clone()];
    } else if groups.is_empty() {
        session.notices.note_on_terminal("no partners match");
    }
    question.write(&groups, &total, job, &mut sink).map_err(|error| job.named(error))?;
    job.commit(sink)?;
    if total.left_out() > 0 {
        session.notices.warn(&phrase::left_out(total.left_out(), &with_left_out.ids, with_left_out.partners));
    }
    Ok(())
}

/// The column of how many partners a group has.
const COUNT: &str = "partners";

/// The column of how many amounts its sums lack.
const LEFT_OUT: &str = "left_out";

/// The column of the sum of a field.
fn sum_of(field: impl Display) -> String {
    format!("{field}_sum")
}

const FAILED: &str = "partners cannot be counted";

/// Totals on their way.
struct Totals<'q> {
    question: &'q Question<'q>,
    groups: Groups,
    /// Which of the fields of the question some partner has.
    is_there: Vec<bool>,
    with_left_out: LeftOut,
}

/// Partners whose amounts cannot be summed up.
#[derive(Debug, Default)]
struct LeftOut {
    partners: u64,
    /// The first of them, by ID.
    ids: Vec<String>,
}

impl<'q> Totals<'q> {
    fn new(question: &'q Question) -> Self {
        let parts = question.by.iter().map(|key| key.part).collect();
        let groups = Groups::new(parts, question.sums.len());
        let is_there = vec![false; question.uses().count()];
        Self { question, groups, is_there, with_left_out: LeftOut::default() }
    }

    fn add(&mut self, partner: Object) -> Result<(), Failure> {
        let values: Vec<_> = self.question.uses().map(|name| value_of(partner, name)).collect();
        let values: Vec<_> = values.iter().map(|value| value.as_deref().filter(|value| *value != "null")).collect();
        self.is_there.iter_mut().zip(&values).for_each(|(is_there, value)| *is_there |= value.is_some());
        let (values, amounts) = values.split_at(self.question.by.len());
        let left_out = self.groups.add(values, amounts);
        if left_out.map_err(|at| nested_group(&self.question.by[at], "an object or an array"))? > 0 {
            self.with_left_out.partners += 1;
            if self.with_left_out.ids.len() < phrase::MAX_NAMED {
                self.with_left_out.ids.push(phrase::id_of(|field| partner.get(field)));
            }
        }
        Ok(())
    }
}

/// The raw value of a field; dots reach into objects.
fn value_of<'p>(partner: Object<'p>, name: &FieldName) -> Option<Cow<'p, str>> {
    raw::value_at(partner.get(name.first())?, &name.path().skip(1).collect::<Vec<_>>())
}

impl<'a> Question<'a> {
    fn new(args: &'a CountArgs) -> Self {
        let CountArgs { by, sum: sums, .. } = args;
        let source = Source::Option(if by.is_empty() { "--sum" } else { "--by" });
        let fields = by.iter().map(|key| &key.field).chain(sums);
        let only = Setting { value: fields.cloned().collect(), source };
        Self { by, sums, selection: Selection::new(&[], Some(&only), Format::Jsonl) }
    }

    /// The fields of the values that are grouped by, then those of the amounts.
    fn uses(&self) -> impl Iterator<Item = &FieldName> {
        self.by.iter().map(|key| &key.field).chain(self.sums)
    }

    /// Whether groups are of times, so that they stand in the order of time.
    fn has_times(&self) -> bool {
        let is_time =
            |name: &FieldName| PARTNERS.field(name.as_str()).is_some_and(|it| it.kind == FieldType::Timestamp);
        self.by.iter().any(|key| key.part.is_some() || is_time(&key.field))
    }

    /// Refuses what the documentation already shows to be a mistake.
    fn check(&self) -> Result<(), Failure> {
        self.by.iter().try_for_each(check_group)?;
        self.sums.iter().try_for_each(check_sum)
    }

    /// Writes a row for each group and, for people, one for all partners.
    fn write(&self, groups: &[Group], total: &Group, job: &Job, sink: &mut Sink) -> io::Result<()> {
        let for_people = job.format.layout().is_for_people();
        let by = self.by.iter().map(|key| {
            (
                key.to_string(),
                if key.part.is_some() { ColumnKind::Code } else { self.selection.column(&key.field).kind() },
            )
        });
        let sums = self.sums.iter().map(|name| (sum_of(name), ColumnKind::Number));
        let left_out = (total.left_out() > 0).then(|| (LEFT_OUT.to_owned(), ColumnKind::Number));
        let columns: Vec<_> = by.chain([(COUNT.to_owned(), ColumnKind::Number)]).chain(sums).chain(left_out).collect();
        let columns: Vec<_> = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let cells = |values: Vec<Cell<'static>>, group: &Group| {
            let text = |sum: Sum| if for_people { sum.marked() } else { sum.amount.to_string() };
            let sum = |sum: &Option<Sum>| Cell::from(sum.map(text));
            let left_out = (total.left_out() > 0).then(|| Cell::from(group.left_out()));
            values
                .into_iter()
                .chain([group.partners.into()])
                .chain(group.sums.iter().map(sum))
                .chain(left_out)
                .collect()
        };
        // The sums are what was asked for, and say nothing without their groups.
        let asked: Vec<_> =
            columns.iter().map(|(name, _)| *name).filter(|name| ![COUNT, LEFT_OUT].contains(name)).collect();
        let shape = Shape::of(&columns).ranking(Rank::Stays, &asked);
        let mut writer = Writer::begin(job.style(sink), shape, sink)?;
        for group in groups {
            let values = group.values.iter().map(|value| Cell::raw(value.clone())).collect();
            writer.write_cells(cells(values, group))?;
        }
        // A total among the rows would be counted twice by whoever adds them up.
        if for_people && !self.by.is_empty() && !groups.is_empty() {
            let values = std::iter::once("total").chain(std::iter::repeat("")).map(Cell::from).take(self.by.len());
            writer.write_cells(cells(values.collect(), total))?;
        }
        job.end(&mut writer, true, "use -o csv")
    }
}

/// Objects and arrays have no text to group by, and only a moment has a year, a month and a day.
fn check_group(key: &GroupKey) -> Result<(), Failure> {
    let Some(field) = PARTNERS.field(key.field.as_str()) else { return Ok(()) };
    if !field.kind.is_scalar() {
        return Err(nested_group(key, &with_article(field.kind)));
    }
    if key.part.is_some() && field.kind != FieldType::Timestamp {
        let failure = Failure::new(Kind::Usage, format!("cannot group by `{key}`: {} is not a timestamp", field.name));
        return Err(failure.hint(format!("use --by {}", field.name)));
    }
    Ok(())
}

fn nested_group(key: &GroupKey, kind: &str) -> Failure {
    Failure::new(Kind::Usage, format!("cannot group by `{key}`: it is {kind}"))
        .hint("name a field with a single value, or one in an object, such as callbacks.sms")
}

fn check_sum(name: &FieldName) -> Result<(), Failure> {
    let field = PARTNERS.field(name.as_str());
    if field.is_some_and(|field| field.kind == FieldType::Decimal) {
        return Ok(());
    }
    let decimals = || PARTNERS.fields.iter().filter(|field| field.kind == FieldType::Decimal).map(|field| field.name);
    let hint = match suggest::closest(name.as_str(), decimals()) {
        Some(meant) if field.is_none() => format!("did you mean `{meant}`?"),
        _ => format!("the decimal fields are {}", decimals().collect::<Vec<_>>().join(", ")),
    };
    let cause = match field {
        Some(field) => format!("it is {}", with_article(field.kind)),
        None => "it is not a decimal field".to_owned(),
    };
    Err(Failure::new(Kind::Usage, format!("cannot sum `{name}`: {cause}")).hint(hint))
}

fn with_article(kind: FieldType) -> String {
    let name = kind.name();
    let article = match kind {
        FieldType::Text | FieldType::Status => "",
        _ if name.starts_with(['a', 'e', 'i', 'o', 'u']) => "an ",
        _ => "a ",
    };
    format!("{article}{name}")
}
