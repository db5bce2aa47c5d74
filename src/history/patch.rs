//! What differs between two texts of a partner, member by member, and one text made of the other again.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::raw;

/// A member whose text differs. Absent is not null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name, as text.
    pub name: Cow<'a, str>,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
}

/// The members that differ, in the order of the new text, then those that it does not have any more. Of a key that
/// stands twice, the last counts.
pub fn members<'a>(old: &'a str, new: &'a str) -> Vec<Member<'a>> {
    if let Some(both) = raw::members_of_both(old, new) {
        let differ = both.iter().filter(|(_, old, new)| old != new);
        let members: Vec<_> =
            differ.map(|(key, old, new)| Member { name: raw::text(key), old: Some(*old), new: Some(*new) }).collect();
        let is_twice = |member: &Member| both.iter().filter(|(key, ..)| raw::is_called(key, &member.name)).count() > 1;
        if !members.iter().any(is_twice) {
            return members;
        }
    }
    let values = |partner: &'a str| -> HashMap<Cow<'a, str>, &'a str> {
        raw::members(partner).map(|(key, value)| (raw::text(key), value)).collect()
    };
    let (olds, news) = (values(old), values(new));
    let mut differ = Vec::new();
    let mut take = |name: Cow<'a, str>| {
        let (old, new) = (olds.get(&name).copied(), news.get(&name).copied());
        if old != new && !differ.iter().any(|member: &Member| member.name == name) {
            differ.push(Member { name, old, new });
        }
    };
    raw::members(new).for_each(|(key, _)| take(raw::text(key)));
    raw::members(old).filter(|(key, _)| !news.contains_key(&raw::text(key))).for_each(|(key, _)| take(raw::text(key)));
    differ
}

/// The text with these members in the place of its own; what it does not have comes at the end, and what is absent now
/// is left out.
pub fn patched<'m>(partner: &str, members: impl Iterator<Item = (&'m str, Option<&'m str>)> + Clone) -> String {
    let mut out = String::with_capacity(partner.len() + 64);
    out.push('{');
    let mut push = |key: &str, value: &str| {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(key);
        out.push(':');
        out.push_str(value);
    };
    let mut left: Vec<_> = members.clone().collect();
    for (key, value) in raw::members(partner) {
        match members.clone().find(|(name, _)| raw::is_called(key, name)) {
            Some((name, value)) => {
                left.retain(|(other, _)| *other != name);
                if let Some(value) = value {
                    push(key, value);
                }
            }
            None => push(key, value),
        }
    }
    for (name, value) in left {
        if let Some(value) = value {
            push(&serde_json::Value::from(name).to_string(), value);
        }
    }
    out.push('}');
    out
}
