//! JSON to be written and never to be looked into: lists where `serde_json::Value` has maps, and texts borrowed where
//! they can be, which makes a large sample in half the time.

use std::borrow::Cow;

use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    Number(u64),
    Text(Cow<'static, str>),
    List(Vec<Json>),
    /// An object, its members in their order.
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// Appends the value as compact JSON.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                out.push('[');
                separated(items, out, Self::write);
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                separated(members, out, |(name, value), out| {
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                });
                out.push('}');
            }
        }
    }
}

/// Appends the items with commas between them.
fn separated<T>(items: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write(item, out);
    }
}

fn quote(text: &str, out: &mut String) {
    let needs_escapes = text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
    if needs_escapes {
        out.push_str(&Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_serde_json_would_write_it() {
        let json = Json::Object(vec![
            ("empty", Json::Object(vec![])),
            ("list", [Some("a"), None].into_iter().collect()),
            ("none", Json::List(vec![])),
            ("number", 12.into()),
            ("text", "a \"b\" \\ \n ü".into()),
        ]);
        let mut text = String::new();
        json.write(&mut text);
        let value = serde_json::json!({
            "empty": {}, "list": ["a", null], "none": [], "number": 12, "text": "a \"b\" \\ \n ü"
        });
        assert_eq!(text, value.to_string());
    }
}
