//! When two values are equal.
//!
//! Blanks, escapes and the order of keys never count. Null and absent are equal, arrays of strings are compared as
//! sets, and decimals by their value where a field holds decimals, to the last digit.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::raw;

/// Whether two JSON values are equal.
pub fn same(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    match (old.as_bytes().first(), new.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => {
            let (old, new) = (set_members(old), set_members(new));
            old.len() == new.len() && old.iter().all(|(key, old)| new.get(key).is_some_and(|new| same(old, new)))
        }
        (Some(b'['), Some(b'[')) => match (strings(old), strings(new)) {
            (Some(old), Some(new)) => old == new,
            _ => {
                let (old, new): (Vec<_>, Vec<_>) = (raw::elements(old).collect(), raw::elements(new).collect());
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
            }
        },
        (Some(b'"'), Some(b'"')) => raw::text(old) == raw::text(new),
        _ => false,
    }
}

/// The members of an object that are not null; of a key that appears twice, the last.
pub fn set_members(object: &str) -> BTreeMap<Cow<'_, str>, &str> {
    let mut members: BTreeMap<_, _> = raw::members(object).map(|(key, value)| (raw::text(key), value)).collect();
    members.retain(|_, value| *value != "null");
    members
}

/// The strings of an array that holds nothing else.
fn strings(array: &str) -> Option<BTreeSet<Cow<'_, str>>> {
    array
        .starts_with('[')
        .then(|| raw::elements(array).map(|element| element.starts_with('"').then(|| raw::text(element))).collect())?
}

/// What came to an array of strings (`+a`) and what left it (`-b`), in one line; none for other values, or where the
/// strings are the same.
pub fn set_change(old: Option<&str>, new: Option<&str>) -> Option<String> {
    let strings = |value: Option<&str>| {
        value.map_or_else(
            || Some(BTreeSet::new()),
            |value| strings(value).map(|strings| strings.into_iter().map(Cow::into_owned).collect::<BTreeSet<_>>()),
        )
    };
    let (old, new) = (strings(old)?, strings(new)?);
    let added = new.difference(&old).map(|name| format!("+{name}"));
    let gone = old.difference(&new).map(|name| format!("-{name}"));
    let words: Vec<_> = added.chain(gone).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether nobody sees the difference between two values: letters composed in another way, other blanks, text that is
/// a number.
pub fn look_alike(old: &str, new: &str) -> bool {
    let seen = |value: &str| -> Vec<String> {
        let text: String = DecomposingNormalizerBorrowed::new_nfkd().normalize(&raw::text(value)).into_owned();
        text.split_whitespace().map(str::to_owned).collect()
    };
    seen(old) == seen(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_does_not_count_and_content_does() {
        for (old, new, equal) in [
            (r#""a""#, r#""\u0061""#, true),
            (r#"{"a":1,"b":[1, 2]}"#, r#"{ "b" : [1,2], "a":1 }"#, true),
            (r#"{"a":1,"b":null}"#, r#"{"a":1}"#, true),
            (r#"["b","a"]"#, r#"["a", "b", "a"]"#, true),
            (r#"["b","a"]"#, r#"["a"]"#, false),
            (r#"[{"a":1},{"b":2}]"#, r#"[{"b":2},{"a":1}]"#, false),
            (r#"[1,2]"#, r#"[2,1]"#, false),
            (r#"["1"]"#, r#"[1]"#, false),
            (r#""4.40""#, r#""4.4""#, false),
            ("4.40", "4.4", false),
            ("4.4", r#""4.4""#, false),
            ("[]", "{}", false),
            ("true", "false", false),
        ] {
            assert_eq!(same(old, new), equal, "{old} {new}");
            assert_eq!(same(new, old), equal, "{new} {old}");
        }
    }

    #[test]
    fn a_set_changes_by_what_came_and_what_left() {
        for (old, new, change) in [
            (Some(r#"["a","b"]"#), Some(r#"["b","c"]"#), Some("+c -a")),
            (None, Some(r#"["sms.manage"]"#), Some("+sms.manage")),
            (Some(r#"["a"]"#), None, Some("-a")),
            (None, Some("[]"), None),
            (Some("[1]"), Some("[2]"), None),
            (Some(r#""a""#), Some(r#"["a"]"#), None),
        ] {
            assert_eq!(set_change(old, new).as_deref(), change, "{old:?} {new:?}");
        }
    }
}
