//! A change as one JSON object: a line of the differences, and of a history.

use serde_json::Value;

use crate::api::partner::PARTNERS;
use crate::raw;

use super::Change;

/// The change as one JSON object. What a list does not have is not there, so that it is not taken for null.
pub fn object(change: &Change) -> String {
    let mut members = vec![("change", Value::from(word(change)).to_string())];
    let named = [PARTNERS.key, PARTNERS.label].map(|field| (field, known(change, field)));
    members.extend(
        named
            .into_iter()
            .chain([("name", name_of(change))])
            .filter_map(|(key, value)| value.map(|value| (key, value.to_owned()))),
    );
    match change {
        Change::Added(partner) | Change::Gone(partner) => members.push(("partner", (*partner).to_owned())),
        Change::Changed { fields, .. } => {
            let fields = fields.iter().map(|difference| {
                let delta = difference.delta.map(|delta| Value::from(delta.to_string()).to_string());
                let values = [("old", difference.old.clone()), ("new", difference.new.clone()), ("delta", delta)];
                let values = values.into_iter().filter_map(|(key, value)| Some((key, value?)));
                (difference.field.as_str(), of_members(values))
            });
            members.push(("fields", of_members(fields)));
        }
    }
    of_members(members)
}

fn of_members<'k>(members: impl IntoIterator<Item = (&'k str, String)>) -> String {
    let members = members.into_iter().map(|(key, value)| format!("{}:{value}", Value::from(key)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// What became of the partner, in one word.
pub fn word(change: &Change) -> &'static str {
    match change {
        Change::Added(_) => "added",
        Change::Changed { .. } => "changed",
        Change::Gone(_) => "gone",
    }
}

/// The value of a field that names the partner: the newest there is.
pub fn known<'l>(change: &Change<'l>, field: &str) -> Option<&'l str> {
    let of = |partner: &'l str| raw::lookup(partner, [field]).filter(|value| raw::is_set(value));
    match change {
        Change::Added(partner) | Change::Gone(partner) => of(partner),
        Change::Changed { old, new, .. } => of(new).or_else(|| of(old)),
    }
}

/// What the partner is called: its name, or its company's where it has none.
pub fn name_of<'l>(change: &Change<'l>) -> Option<&'l str> {
    known(change, "name").or_else(|| known(change, "company_name"))
}
