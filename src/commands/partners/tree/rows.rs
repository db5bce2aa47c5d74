//! The tree as rows, each with its depth and its path.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;

use crate::commands::partners::phrase;
use crate::hierarchy::{Hierarchy, Partner};
use crate::notices::Notices;
use crate::output::{Column, ColumnKind, Shape, Style, Writer};

/// How many partners a path names at most: of longer ones the end.
const MAX_STEPS: usize = 100;

/// Writes the rows.
///
/// # Errors
/// When the output cannot be written to.
pub(crate) fn write(
    hierarchy: &Hierarchy,
    depth: Option<usize>,
    style: Style,
    notices: &Notices,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut columns = vec![
        Column::of_key("depth", ColumnKind::Number),
        Column::of_key("path", ColumnKind::Code),
        Column::of_key("partner_sid", ColumnKind::Code),
        Column::of_key("parent_sid", ColumnKind::Code),
        Column::of_key("parent_visible", ColumnKind::Code),
        Column::of_key("display_id", ColumnKind::Code),
        Column::of_key("name", ColumnKind::Text),
        Column::of_key("status", ColumnKind::Status),
        Column::of_key("balance", ColumnKind::Number),
        Column::of_key("daily_spent_amount", ColumnKind::Number),
        Column::of_key("below", ColumnKind::Number),
        Column::of_key("balance_sum", ColumnKind::Number),
        Column::of_key("daily_spent_sum", ColumnKind::Number),
        Column::of_key("left_out", ColumnKind::Number),
    ];
    if hierarchy.is_filtered() {
        columns.push(Column::of_key("matches", ColumnKind::Code));
    }
    let mut writer = Writer::begin(style, Shape { columns: Some(columns), ..Shape::default() }, out)?;
    let mut path: Vec<String> = Vec::new();
    let mut is_cut = false;
    for visit in hierarchy.walk(depth) {
        let partner = hierarchy.partner(visit.number);
        path.truncate(visit.depth);
        path.push(called(partner));
        is_cut |= path.len() > MAX_STEPS;
        let place = format!("\"depth\":{},\"path\":{}", visit.depth, Value::from(joined(&path)));
        writer.write(&format!("{{{place},{}}}", members(hierarchy, visit.number, partner)))?;
    }
    if is_cut {
        notices.warn(&format!("a path of more than {MAX_STEPS} partners begins with `…`; parent_sid has every step"));
    }
    writer.end()
}

/// The members of a partner's object that the row formats and JSON share, as raw JSON.
pub(crate) fn members(hierarchy: &Hierarchy, number: u32, partner: Partner) -> String {
    let totals = hierarchy.totals(number);
    let value = |value: Option<Cow<'_, str>>| value.map_or("null".into(), Cow::into_owned);
    let matches =
        if hierarchy.is_filtered() { format!(",\"matches\":{}", hierarchy.is_match(number)) } else { String::new() };
    format!(
        "\"partner_sid\":{},\"parent_sid\":{},\"parent_visible\":{},\"display_id\":{},\"name\":{},\"status\":{},\"balance\":{},\
         \"daily_spent_amount\":{},\"below\":{},\"balance_sum\":\"{}\",\"daily_spent_sum\":\"{}\",\"left_out\":{}{matches}",
        value(partner.partner_sid()),
        value(partner.parent_sid()),
        hierarchy.parent_is_visible(number).map_or("null", |is_visible| if is_visible { "true" } else { "false" }),
        value(partner.display_id()),
        value(partner.name()),
        value(partner.status()),
        value(partner.balance()),
        value(partner.daily_spent_amount()),
        totals.below,
        totals.balance.amount,
        totals.daily_spent.amount,
        totals.left_out(),
    )
}

/// What a partner is called in a path, and where only one word is said of it.
pub(crate) fn called(partner: Partner) -> String {
    phrase::first_told([partner.display_id(), partner.partner_sid()])
}

fn joined(path: &[String]) -> String {
    match path.len().checked_sub(MAX_STEPS) {
        Some(cut @ 1..) => format!("…/{}", path[cut..].join("/")),
        _ => path.join("/"),
    }
}
