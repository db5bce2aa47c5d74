//! The message of a server's error, in whatever shape it is.

use serde_json::Value;

use crate::output::secrets::hidden;
use crate::output::text;

/// The most of a server's own words that a message repeats, in characters.
pub const MAX_CHARACTERS: usize = 400;

/// The keys of a message, the best first.
const MESSAGE_KEYS: [&str; 6] = ["errors", "message", "error_description", "detail", "title", "error"];

/// The messages in the body of an error; failing those, the body itself if it came `whole`.
pub fn of(body: &str, whole: bool) -> Option<String> {
    let body = body.trim_start_matches('\u{feff}').trim();
    let words = if is_html(body) {
        text_of_html(body)
    } else if let Ok(value) = serde_json::from_str(body) {
        let messages = messages_in(&value);
        if messages.is_empty() { body.to_owned() } else { messages.join("; ") }
    } else if whole {
        body.to_owned()
    } else {
        // The end of what was cut off may be a part of a secret.
        String::new()
    };
    (!words.is_empty()).then_some(words)
}

/// Whether a body is a page for a browser, whatever its content type says.
pub fn is_html(body: &str) -> bool {
    body.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// The text cut to what a message can hold.
pub fn shortened(words: &str) -> String {
    text::beginning(&hidden(words), MAX_CHARACTERS).into_owned()
}

/// The messages of a body, in the order in which they stand there; what has none, as it is.
fn messages_in(body: &Value) -> Vec<String> {
    match body {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().flat_map(messages_in).collect(),
        Value::Object(members) => {
            // `"error": true` says no more than the status.
            let is_said = |value: &&Value| !value.is_boolean() && !value.is_number();
            let said = MESSAGE_KEYS.iter().filter_map(|key| members.get(*key).filter(is_said));
            let mut said = said.map(messages_in);
            match said.find(|messages| !messages.is_empty()) {
                Some(messages) if messages.len() == 1 => vec![with_code(&messages[0], members.get("code"))],
                Some(messages) => messages,
                None if members.values().all(Value::is_null) => Vec::new(),
                None => vec![body.to_string()],
            }
        }
        Value::String(text) => Vec::from_iter(Some(text.clone()).filter(|text| !text.is_empty())),
        other => vec![other.to_string()],
    }
}

fn with_code(message: &str, code: Option<&Value>) -> String {
    match code {
        Some(Value::String(code)) => format!("{message} (code {code})"),
        Some(code @ (Value::Number(_) | Value::Bool(_))) => format!("{message} (code {code})"),
        _ => message.to_owned(),
    }
}

/// The text between the tags of a page, in one line; of scripts and styles nothing.
fn text_of_html(page: &str) -> String {
    let is_hidden = |tag: &str| ["script", "style"].iter().any(|name| tag.eq_ignore_ascii_case(name));
    let tags = page.split('<').filter_map(|piece| piece.split_once('>'));
    let shown = tags.filter(|(tag, _)| !is_hidden(tag.split_whitespace().next().unwrap_or_default()));
    shown.flat_map(|(_, text)| text.split_whitespace()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_in_every_shape() {
        for (body, words) in [
            (
                r#"{"errors":[{"message":"Bad order","code":7},{"message":"Bad filter"}]}"#,
                "Bad order (code 7); Bad filter",
            ),
            (
                r#"{"errors":[{"message":"a"},{"code":"no_field","field":"x"}]}"#,
                r#"a; {"code":"no_field","field":"x"}"#,
            ),
            (r#"{"errors":[{"field":"x"},null,{},7,"plain"]}"#, r#"{"field":"x"}; 7; plain"#),
            (r#"{"errors":{"name":["is too long"]}}"#, r#"{"name":["is too long"]}"#),
            (r#"{"errors":"plain"}"#, "plain"),
            (r#"{"errors":null,"message":"m"}"#, "m"),
            (r#"{"error":true,"reason":"suspended"}"#, r#"{"error":true,"reason":"suspended"}"#),
            (r#"{"errors":5,"message":"m"}"#, "m"),
            (r#"{"errors":[],"message":"m","code":"E1"}"#, "m (code E1)"),
            (r#"[{"message":"a"},{"message":"b"}]"#, "a; b"),
            (r#"{"error":"invalid_token","error_description":"expired"}"#, "expired"),
            (r#"{"error":{"message":"inner","code":3}}"#, "inner (code 3)"),
            ("\u{feff}{\"message\":\"\\u00e9\"}", "é"),
            (r#""just a string""#, "just a string"),
            ("<title>only a title</title>", "only a title"),
            (r#"{"odd":1}"#, r#"{"odd":1}"#),
            (r#"{"code":5}"#, r#"{"code":5}"#),
            ("plain text\n", "plain text"),
            (
                "<html><head><title>t</title><style>p {}</style></head><body>\n<h1>400</h1><script type=\"a\">x</script>\nNo certificate</body>",
                "t 400 No certificate",
            ),
        ] {
            assert_eq!(of(body, true).as_deref(), Some(words), "{body}");
        }
        for body in ["", " ", "\u{feff}", "<html></html>"] {
            assert_eq!(of(body, true), None, "{body:?}");
        }
    }

    #[test]
    fn of_a_body_that_was_cut_off_nothing_is_repeated_that_may_be_half_a_secret() {
        for cut in
            [r#"{"message":"bad token s3c"#, r#"{"odd":"s3c"#, "plain s3c", "[[[", r#"{"errors":[{"message":"s3c"#]
        {
            assert_eq!(of(cut, false), None, "{cut}");
        }
        assert_eq!(of(&"[".repeat(60_000), true).map(|words| words.len()), Some(60_000));
    }
}
