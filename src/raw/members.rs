//! The members of an object, and the text of a value.

use std::borrow::Cow;

use memchr::memchr;
use memchr::memmem::Finder;

use super::layout::{blanks, end_of_string, end_of_value, levels_closed};

/// The raw key (quotes included) and the raw value of each member of an object, in order; none of what is no object.
pub fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let bytes = object.as_bytes();
    let mut at = if object.starts_with('{') { 1 } else { bytes.len() };
    std::iter::from_fn(move || {
        // Before a key there are only blanks and the comma after the last value.
        let find = |wanted: u8, from: usize| Some(from + bytes.get(from..)?.iter().position(|byte| *byte == wanted)?);
        let key = find(b'"', at)?;
        let end_of_key = end_of_string(bytes, key);
        let colon = find(b':', end_of_key)?;
        let value = colon + 1 + blanks(bytes.get(colon + 1..)?);
        at = end_of_value(bytes, value);
        Some((object.get(key..end_of_key)?, object.get(value..at)?))
    })
}

/// The raw value at the end of a path of keys, if every step of it is a member of an object.
///
/// Of a key that stands twice the last counts, as with most readers of JSON.
pub fn lookup<'a, 'p>(value: &'a str, path: impl IntoIterator<Item = &'p str>) -> Option<&'a str> {
    path.into_iter().try_fold(value, |object, wanted| {
        members(object).filter(|(key, _)| text(key) == wanted).last().map(|(_, value)| value)
    })
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

/// The raw elements of an array, in order; none of what is no array.
fn elements(array: &str) -> impl Iterator<Item = &str> {
    let bytes = array.as_bytes();
    let mut at = if is_array(array) { 1 } else { bytes.len() };
    std::iter::from_fn(move || {
        let between = |byte: &u8| *byte == b',' || byte.is_ascii_whitespace();
        let start = at + bytes.get(at..)?.iter().take_while(|byte| between(byte)).count();
        at = end_of_value(bytes, start);
        // Before the closing bracket there is nothing left to be a value.
        array.get(start..at).filter(|value| !value.is_empty())
    })
}

/// The text of a member of the object that is known to be there once and to be a string; none if it is not so.
///
/// This finds in a fraction of the time what [`lookup`] finds, by searching for the key and then proving from the rest
/// of the object, which is all it reads, that it is a member of the object itself.
pub fn text_of_only_member<'a>(object: &'a str, key: &Finder) -> Option<&'a str> {
    let bytes = object.as_bytes();
    let start = key.find(bytes)?;
    let end = start + key.needle().len();
    // After a backslash the quote would belong to a longer string.
    let is_string = start > 0 && bytes[start - 1] != b'\\';
    if !is_string || key.find(&bytes[end..]).is_some() {
        return None;
    }
    let value = object[end..].trim_ascii_start().strip_prefix(':')?.trim_ascii_start().strip_prefix('"')?;
    let text = &value[..memchr::memchr2(b'"', b'\\', value.as_bytes())?];
    let rest = value[text.len()..].strip_prefix('"')?;
    (levels_closed(rest) == Some(1)).then_some(text)
}

/// Whether a value is neither null nor an empty string.
pub fn says_something(value: &str) -> bool {
    !matches!(value, "null" | "\"\"")
}

/// The text of a value: a string without its quotes and escapes, anything else compact and otherwise as it came.
///
/// A string whose escapes make no text (half a surrogate pair) keeps its escapes, so that nothing of it is lost.
pub fn text(value: &str) -> Cow<'_, str> {
    let [b'"', .., b'"'] = value.as_bytes() else {
        return super::compact(value);
    };
    let inside = &value[1..value.len() - 1];
    if memchr(b'\\', inside.as_bytes()).is_none() {
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
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_text() {
        let object = r#"{ "b": 1.10, "\u0061":[1, {"x":"]}\""}],"b" : "x,}" ,"n":null , "o":{}, "é":-1E5}"#;
        let expected = [
            (r#""b""#, "1.10"),
            (r#""\u0061""#, r#"[1, {"x":"]}\""}]"#),
            (r#""b""#, r#""x,}""#),
            (r#""n""#, "null"),
            (r#""o""#, "{}"),
            (r#""é""#, "-1E5"),
        ];
        assert_eq!(members(object).collect::<Vec<_>>(), expected);
        assert_eq!(members("{}").chain(members("{ \n}")).chain(members(r#"["a"]"#)).chain(members("1")).count(), 0);
    }

    #[test]
    fn broken_text_has_fewer_members_and_does_no_harm() {
        let object = r#"{"a":{"b":"\"é"},"c":[1,"x"],"d":nul"#;
        for end in (0..object.len()).filter(|end| object.is_char_boundary(*end)) {
            assert!(members(&object[..end]).count() <= 3);
        }
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
    fn a_path_leads_through_arrays_of_objects_to_what_their_elements_have() {
        let partner = r#"{"acls":[{"d":"in","r":[1 ,2]}, {"x":1},{"d":null,"r":[3]},{"d":"out"}],"n":[[{"d":1}],7,"d"],
            "deep":[{"a":[{"b":1},{"b":2}]},{"a":{"b":3}}],"o":{"list":[{"k":"]"}]},"e":[ ]}"#;
        for (path, value, each) in [
            ("acls.d", Some(r#"["in",null,"out"]"#), vec![r#""in""#, "null", r#""out""#]),
            ("acls.r", Some("[[1 ,2],[3]]"), vec!["[1 ,2]", "[3]"]),
            ("deep.a.b", Some("[[1,2],3]"), vec!["1", "2", "3"]),
            ("o.list.k", Some(r#"["]"]"#), vec![r#""]""#]),
            ("o.list", Some(r#"[{"k":"]"}]"#), vec![r#"[{"k":"]"}]"#]),
            ("n.d", None, vec![]),
            ("e.d", None, vec![]),
            ("acls.none", None, vec![]),
            ("acls.d.x", None, vec![]),
        ] {
            let steps: Vec<&str> = path.split('.').collect();
            assert_eq!(value_at(partner, &steps).as_deref(), value, "{path}");
            assert_eq!(each_at(partner, &steps), each, "{path}");
        }
    }

    #[test]
    fn an_array_that_is_cut_short_has_fewer_elements_and_does_no_harm() {
        let array = r#"[{"a":"\"é"},[1,"x"] ,nul"#;
        for end in (0..array.len()).filter(|end| array.is_char_boundary(*end)) {
            assert!(elements(&array[..end]).count() <= 3);
        }
    }

    #[test]
    fn members_of_objects_in_arrays_are_left_out_and_kept_alike() {
        let partner = r#"{"acls":[ {"d":"in","r":1} , 5,{"r":2}],"n":null}"#;
        assert_eq!(without(partner, &[vec!["acls", "d"]]), r#"{"acls":[{"r":1},5,{"r":2}],"n":null}"#);
        assert_eq!(only(partner, &[vec!["acls", "d"]]), r#"{"acls":[{"d":"in"},{}]}"#);
        assert_eq!(without(partner, &[vec!["acls", "none", "x"]]), r#"{"acls":[{"d":"in","r":1},5,{"r":2}],"n":null}"#);
    }

    #[test]
    fn an_only_member_is_found_where_it_is_one_and_nowhere_else() {
        let find = |object| text_of_only_member(object, &Finder::new("\"id\""));
        for object in [
            r#"{"id":"x"}"#,
            r#"{"a":{"b":[1]},"id" : "x" , "c":{"d":"}"},"e":[[]],"f":"id"}"#,
            r#"{"a":"\"id","id":"x"}"#,
        ] {
            let expected = if object.contains('f') || object.contains("\\") { None } else { Some("x") };
            assert_eq!(find(object), expected, "{object}");
        }
        assert_eq!(find(r#"{"a":{"b":[1]},"id" : "x" , "c":{"d":"}\""},"e":[[]]}"#), Some("x"));
        for object in [
            r#"{"a":{"id":"x"}}"#,
            r#"{"a":[{"id":"x"}],"b":1}"#,
            r#"{"id":"x","id":"y"}"#,
            r#"{"id":null}"#,
            r#"{"id":"\u0078"}"#,
            r#"{"a":"id"}"#,
            r#"{"\"id":"x"}"#,
            "{}",
        ] {
            assert_eq!(find(object), None, "{object}");
        }
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
