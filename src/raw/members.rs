//! The members of an object, and the text of a value.

use std::borrow::Cow;

use serde_json::Value;

use crate::raw::words::{any_of, find, special_in_string};

use super::check::{Odd, number_or_literal, past_blanks, past_colon, string};

/// The raw key (quotes included) and the raw value of each member of an object, in order; none if it is not an object.
pub fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let bytes = object.as_bytes();
    let mut at = if object.starts_with('{') { 1 } else { bytes.len() };
    std::iter::from_fn(move || {
        let key = begin(bytes, at)?;
        let end = string(bytes, key, &mut Odd::default())?;
        let value = past_colon(bytes, end, &mut Odd::default())?;
        at = end_of_value(bytes, value)?;
        Some((&object[key..end], &object[value..at]))
    })
}

/// Where the next member or element begins, if one does: before it there are only blanks and the comma after the last.
#[inline(always)]
fn begin(bytes: &[u8], at: usize) -> Option<usize> {
    let odd = &mut Odd::default();
    let at = past_blanks(bytes, at, odd);
    let at = if bytes.get(at) == Some(&b',') { past_blanks(bytes, at + 1, odd) } else { at };
    bytes.get(at).filter(|byte| !matches!(byte, b'}' | b']')).map(|_| at)
}

/// The place after the value that begins here.
#[inline(always)]
fn end_of_value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string(bytes, at, &mut Odd::default()),
        b'{' | b'[' => end_of_nested(bytes, at),
        _ => number_or_literal(bytes, at),
    }
}

/// The place after the array or object that begins here, which was checked: all that counts is how its brackets pair.
fn end_of_nested(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = string(bytes, at, &mut Odd::default())?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

/// The members that differ between two objects that have the same keys in the same order: name, old and new raw value.
/// None if they do not, or if such a name appears twice.
pub fn changed_members<'o, 'n>(old: &'o str, new: &'n str) -> Option<Vec<(Cow<'o, str>, &'o str, &'n str)>> {
    let both = members_of_both(old, new)?;
    let changed: Vec<_> =
        both.iter().filter(|(_, old, new)| old != new).map(|(key, old, new)| (text(key), *old, *new)).collect();
    let mut names: Vec<&str> = changed.iter().map(|(name, ..)| &**name).collect();
    names.sort_unstable();
    names.dedup();
    let places = both.iter().filter(|(key, ..)| names.binary_search(&&*text(key)).is_ok()).count();
    (places == names.len()).then_some(changed)
}

/// The raw key and both raw values of each member of two objects that have the same keys in the same order; none if
/// they do not.
///
/// Where a value is the same in both, it is read in one of them alone.
fn members_of_both<'o, 'n>(old: &'o str, new: &'n str) -> Option<Vec<(&'o str, &'o str, &'n str)>> {
    let bytes = new.as_bytes();
    let mut both = Vec::new();
    let mut at = 1;
    for (key, value) in members(old) {
        let start = begin(bytes, at)?;
        bytes[start..].starts_with(key.as_bytes()).then_some(())?;
        let start = past_colon(bytes, start + key.len(), &mut Odd::default())?;
        let is_same = bytes[start..].starts_with(value.as_bytes())
            && matches!(bytes.get(start + value.len()), Some(b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t'));
        at = if is_same { start + value.len() } else { end_of_value(bytes, start)? };
        both.push((key, value, &new[start..at]));
    }
    begin(bytes, at).is_none().then_some(both)
}

/// The raw value at the end of a path of keys, if every step of it is a member of an object.
///
/// Of a key that appears twice the last counts, as with most readers of JSON.
pub fn lookup<'a, 'p>(value: &'a str, path: impl IntoIterator<Item = &'p str>) -> Option<&'a str> {
    path.into_iter().try_fold(value, |object, wanted| {
        members(object).filter(|(key, _)| is_called(key, wanted)).last().map(|(_, value)| value)
    })
}

/// Whether a raw key is that name.
pub fn is_called(key: &str, name: &str) -> bool {
    let inside = &key.as_bytes()[1..key.len() - 1];
    // Most keys are told apart by how they begin.
    if inside.first() != name.as_bytes().first() && inside.first() != Some(&b'\\') {
        return false;
    }
    // An escape is longer than what it stands for.
    let may_be =
        if inside.len() > name.len() { find(inside, any_of([b'\\'])).is_some() } else { inside == name.as_bytes() };
    may_be && text(key) == name
}

/// The raw values at the end of a path of keys, in order. The path leads through objects and through arrays of objects,
/// of which every element that has the key is followed.
pub fn each_at<'a>(value: &'a str, path: &[&str]) -> Vec<&'a str> {
    let mut values = vec![value];
    for key in path {
        let followed = values.into_iter().flat_map(|value| match is_array(value) {
            true => elements(value).filter_map(|element| lookup(element, [*key])).collect(),
            false => lookup(value, [*key]).into_iter().collect::<Vec<_>>(),
        });
        values = followed.collect();
    }
    values
}

/// The raw value at the end of a path of keys, if there is one. Where the path leads through an array of objects, it is
/// the array of what the elements have; those that have nothing there are skipped.
pub fn value_at<'a>(value: &'a str, path: &[impl AsRef<str>]) -> Option<Cow<'a, str>> {
    let [first, rest @ ..] = path else { return Some(Cow::Borrowed(value)) };
    if !is_array(value) {
        return value_at(lookup(value, [first.as_ref()])?, rest);
    }
    let objects = elements(value).filter(|element| !is_array(element));
    let values: Vec<_> = objects.filter_map(|object| value_at(object, path)).collect();
    (!values.is_empty()).then(|| Cow::Owned(format!("[{}]", values.join(","))))
}

fn is_array(value: &str) -> bool {
    value.starts_with('[')
}

/// The raw elements of an array, in order; none if it is not an array.
pub fn elements(array: &str) -> impl Iterator<Item = &str> {
    let bytes = array.as_bytes();
    let mut at = if is_array(array) { 1 } else { bytes.len() };
    std::iter::from_fn(move || {
        let start = begin(bytes, at)?;
        at = end_of_value(bytes, start)?;
        Some(&array[start..at])
    })
}

/// Whether a value is neither null nor an empty string.
pub fn is_set(value: &str) -> bool {
    !matches!(value, "null" | "\"\"")
}

/// The text of a value: a string without its quotes and escapes, anything else compact and otherwise as it came.
///
/// A string whose escapes make no text (half a surrogate pair) keeps its escapes, so that nothing of it is lost.
pub fn text(value: &str) -> Cow<'_, str> {
    if !value.starts_with('"') {
        return if value.starts_with(['{', '[']) { super::compact(value) } else { Cow::Borrowed(value) };
    }
    let inside = unquoted(value);
    if find(inside.as_bytes(), any_of([b'\\'])).is_none() {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str::<String>(value).map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// What is between the quotes of a string; anything else as it is.
pub fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

/// Appends the string that has this text.
pub fn push_string(text: &str, out: &mut String) {
    let mut rest = text;
    out.push('"');
    while let Some(special) = find(rest.as_bytes(), special_in_string) {
        let (before, from) = rest.split_at(special);
        let (escaped, after) = from.split_at(1);
        out.push_str(before);
        match escaped {
            "\"" => out.push_str("\\\""),
            "\\" => out.push_str("\\\\"),
            _ => out.push_str(Value::from(escaped).to_string().trim_matches('"')),
        }
        rest = after;
    }
    out.push_str(rest);
    out.push('"');
}

/// The object without the members that the paths lead to; all others as they came.
pub fn without(object: &str, paths: &[Vec<&str>]) -> String {
    filtered(object, paths, Keep::Others)
}

/// The object with the members that the paths lead to and no others, in the object's own order.
pub fn only(object: &str, paths: &[Vec<&str>]) -> String {
    filtered(object, paths, Keep::Named)
}

/// The object with one more member behind the others, in place of those of that name.
pub fn with_last(object: &str, name: &str, value: &Value) -> String {
    let mut object = without(object, &[vec![name]]);
    object.pop();
    let comma = if object.len() > 1 { "," } else { "" };
    format!("{object}{comma}{}:{value}}}", Value::from(name))
}

/// Which members stay when paths are followed into an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Named,
    Others,
}

/// An array of objects is filtered in each of them; what else stands in it is not named by any path.
fn filtered(value: &str, paths: &[Vec<&str>], keep: Keep) -> String {
    if !is_array(value) {
        return filtered_object(value, paths, keep);
    }
    let kept = elements(value).filter_map(|element| match element.starts_with('{') {
        true => Some(Cow::Owned(filtered_object(element, paths, keep))),
        false => (keep == Keep::Others).then_some(Cow::Borrowed(element)),
    });
    format!("[{}]", kept.collect::<Vec<_>>().join(","))
}

fn filtered_object(object: &str, paths: &[Vec<&str>], keep: Keep) -> String {
    let mut kept = String::with_capacity(object.len());
    kept.push('{');
    for (key, value) in members(object) {
        let name = text(key);
        let inner: Vec<Vec<&str>> =
            paths.iter().filter(|path| path.first() == Some(&&*name)).map(|path| path[1..].to_vec()).collect();
        let is_named = inner.iter().any(Vec::is_empty);
        let is_partly_named = !is_named && !inner.is_empty() && value.starts_with(['{', '[']);
        if !is_partly_named && is_named != (keep == Keep::Named) {
            continue;
        }
        if kept.len() > 1 {
            kept.push(',');
        }
        kept.push_str(key);
        kept.push(':');
        if is_partly_named {
            kept.push_str(&filtered(value, &inner, keep));
        } else {
            kept.push_str(value);
        }
    }
    kept.push('}');
    kept
}

#[cfg(test)]
mod tests;
