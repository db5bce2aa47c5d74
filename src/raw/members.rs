//! The members of an object, and the text of a value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Calls `visit` with the raw key (quotes included) and the raw value of each member of an object, in order.
///
/// # Errors
/// When the text is not one JSON object.
pub fn each_member<'a>(object: &'a str, visit: impl FnMut(&'a str, &'a str)) -> serde_json::Result<()> {
    struct Each<F>(F);

    impl<'a, F: FnMut(&'a str, &'a str)> Visitor<'a> for Each<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                (self.0)(key.get(), value.get());
            }
            Ok(())
        }
    }

    serde_json::Deserializer::from_str(object).deserialize_map(Each(visit))
}

/// The raw value at the end of a path of keys, if every step of it is a member of an object.
///
/// Of a key that stands twice the last counts, as with most readers of JSON.
pub fn lookup<'a, 'p>(value: &'a str, path: impl IntoIterator<Item = &'p str>) -> Option<&'a str> {
    path.into_iter().try_fold(value, |object, wanted| {
        let mut found = None;
        each_member(object, |key, value| {
            if text(key) == wanted {
                found = Some(value);
            }
        })
        .ok()?;
        found
    })
}

/// The text of a value: a string without its quotes and escapes, anything else compact and otherwise as it came.
///
/// A string whose escapes make no text (half a surrogate pair) keeps its escapes, so that nothing of it is lost.
pub fn text(value: &str) -> Cow<'_, str> {
    let Some(inside) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return super::compact(value);
    };
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str::<String>(value).map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// The object without the members that the paths lead to; all others as they came.
pub fn without(object: &str, paths: &[Vec<&str>]) -> String {
    filtered(object, paths, Keep::Others)
}

/// The object with the members that the paths lead to and no others, in the object's own order.
pub fn only(object: &str, paths: &[Vec<&str>]) -> String {
    filtered(object, paths, Keep::Named)
}

/// Which members stay when paths are followed into an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Named,
    Others,
}

fn filtered(object: &str, paths: &[Vec<&str>], keep: Keep) -> String {
    let mut kept = String::with_capacity(object.len());
    kept.push('{');
    let result = each_member(object, |key, value| {
        let name = text(key);
        let inner: Vec<Vec<&str>> =
            paths.iter().filter(|path| path.first() == Some(&&*name)).map(|path| path[1..].to_vec()).collect();
        let is_named = inner.iter().any(Vec::is_empty);
        let is_partly_named = !is_named && !inner.is_empty() && value.starts_with('{');
        if !is_partly_named && is_named != (keep == Keep::Named) {
            return;
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
    });
    kept.push('}');
    if result.is_ok() { kept } else { object.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_text() {
        let mut seen = Vec::new();
        each_member(r#" {"b": 1.10, "\u0061":[1, 2],"b":"x"} "#, |key, value| seen.push((key, value)))
            .expect("members");
        assert_eq!(seen, [(r#""b""#, "1.10"), (r#""\u0061""#, "[1, 2]"), (r#""b""#, r#""x""#)]);
    }

    #[test]
    fn a_path_leads_through_objects_only() {
        let partner = r#"{"callbacks":{"sms":"a"},"acls":[{"sms":"b"}],"name":null,"name":"last"}"#;
        assert_eq!(lookup(partner, ["callbacks", "sms"]), Some(r#""a""#));
        assert_eq!(lookup(partner, ["callbacks", "none"]), None);
        assert_eq!(lookup(partner, ["acls", "sms"]), None);
        assert_eq!(lookup(partner, ["name"]), Some(r#""last""#));
        assert_eq!(lookup(partner, ["name", "x"]), None);
    }

    #[test]
    fn text_of_a_string_is_decoded_and_of_a_number_verbatim() {
        for (value, expected) in [
            (r#""caf\u00e9 \"x\"\/""#, "café \"x\"/"),
            (r#""plain""#, "plain"),
            ("4.40", "4.40"),
            ("1E5", "1E5"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("[1, {\"a\" : 2}]", "[1,{\"a\":2}]"),
            (r#""half \ud800 pair""#, r"half \ud800 pair"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn without_leaves_out_members_at_any_depth_and_keeps_the_rest() {
        let partner = r#"{ "a": 1.0, "b": {"x": 1, "y": [ 2 ]}, "c": "d", "n": null }"#;
        assert_eq!(without(partner, &[vec!["a"], vec!["b", "x"]]), r#"{"b":{"y":[ 2 ]},"c":"d","n":null}"#);
        assert_eq!(without(partner, &[vec!["b"], vec!["b", "x"], vec!["c"], vec!["n"]]), r#"{"a":1.0}"#);
        assert_eq!(without("{}", &[vec!["a"]]), "{}");
    }

    #[test]
    fn only_keeps_members_at_any_depth_in_the_objects_own_order() {
        let partner = r#"{ "a": 1.0, "b": {"x": 1, "y": [ 2 ]}, "c": "d", "n": null }"#;
        assert_eq!(only(partner, &[vec!["c"], vec!["b", "y"], vec!["a"]]), r#"{"a":1.0,"b":{"y":[ 2 ]},"c":"d"}"#);
        assert_eq!(only(partner, &[vec!["a", "x"], vec!["none"], vec!["b", "z"]]), r#"{"b":{}}"#);
    }
}
