//! What a server says of its refusal, in whatever shape it says it.
//!
//! Nothing is made into a tree of values: the body is walked once, and only its messages are kept.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::raw;

/// The most of a server's own words that a message repeats, in characters.
pub const MAX_WORDS: usize = 400;

/// The keys of a message, the best first.
const MESSAGE_KEYS: [&str; 5] = ["message", "error_description", "detail", "title", "error"];

/// The messages in the body of an error; failing those, the body itself if it came `whole`.
pub fn of(body: &str, whole: bool) -> Option<String> {
    let body = body.trim_start_matches('\u{feff}').trim();
    let words = if is_html(body) {
        text_of_html(body)
    } else if body.starts_with(['{', '[', '"']) {
        let messages = messages_in(body);
        // Of what was cut off, only whole messages are repeated: its end may be a part of a secret.
        if messages.is_empty() && whole { body.to_owned() } else { messages }
    } else if whole {
        body.to_owned()
    } else {
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
    match words.char_indices().nth(MAX_WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

/// Every message in the body, up to where it ends or is broken.
fn messages_in(body: &str) -> String {
    let mut messages = Messages::default();
    // What was found before a fault is kept.
    _ = serde_json::Deserializer::from_str(body).deserialize_any(&mut messages);
    messages.text
}

#[derive(Default)]
struct Messages {
    text: String,
}

impl Messages {
    fn add(&mut self, message: &str) {
        if !message.is_empty() && self.text.len() < 4 * MAX_WORDS {
            let separator = if self.text.is_empty() { "" } else { "; " };
            self.text.push_str(separator);
            self.text.push_str(message);
        }
    }
}

impl<'de> Visitor<'de> for &mut Messages {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an error")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.add(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element::<&RawValue>()? {
            if let Some(message) = message_of(entry.get()) {
                self.add(&message);
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut entry = Entry::default();
        while let Some(key) = map.next_key::<&RawValue>()? {
            match &*raw::text(key.get()) {
                "errors" => map.next_value_seed(List(self))?,
                _ => entry.take(key.get(), map.next_value()?),
            }
        }
        if self.text.is_empty()
            && let Some(message) = entry.message()
        {
            self.add(&message);
        }
        Ok(())
    }
}

/// The entries of `errors`, or the one thing that stands there instead.
struct List<'m>(&'m mut Messages);

impl<'de> serde::de::DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of errors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
        self.0.visit_seq(entries)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.visit_str(text)
    }

    /// Messages by field: `{"name": ["is too long"]}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let value: &RawValue = map.next_value()?;
            self.0.add(&format!("{}: {}", raw::text(key.get()), in_words(value.get())));
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
}

/// The members of one error that say what it is, as raw JSON.
#[derive(Default)]
struct Entry<'a> {
    messages: [Option<&'a str>; MESSAGE_KEYS.len()],
    code: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn take(&mut self, key: &str, value: &'a RawValue) {
        let key = raw::text(key);
        let value = value.get();
        if key == "code" && !value.starts_with(['{', '[', 'n']) {
            self.code = Some(value);
        } else if let Some(place) = MESSAGE_KEYS.iter().position(|known| *known == key)
            && value.starts_with(['"', '{'])
        {
            self.messages[place] = Some(value);
        }
    }

    fn message(&self) -> Option<String> {
        let message = self.messages.iter().flatten().find_map(|value| match value.starts_with('{') {
            true => message_of(value),
            false => Some(in_words(value)).filter(|text| !text.is_empty()),
        });
        let code = self.code.map(in_words);
        match (message, code) {
            (Some(message), Some(code)) => Some(format!("{message} (code {code})")),
            (message, _) => message,
        }
    }
}

/// The message of one error; failing that, all of it.
fn message_of(entry: &str) -> Option<String> {
    if !entry.starts_with('{') {
        return Some(in_words(entry)).filter(|text| text != "null");
    }
    struct OfEntry;

    impl<'de> Visitor<'de> for OfEntry {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an error")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
            let mut entry = Entry::default();
            while let Some(key) = map.next_key::<&RawValue>()? {
                entry.take(key.get(), map.next_value()?);
            }
            Ok(entry.message())
        }
    }

    let message = serde_json::Deserializer::from_str(entry).deserialize_map(OfEntry).ok().flatten();
    message.or_else(|| (entry != "{}").then(|| entry.to_owned()))
}

/// A string without its quotes and escapes; anything else as it stands.
fn in_words(value: &str) -> String {
    raw::text(value).into_owned()
}

/// What a browser would show of the page, or of its head if it shows nothing.
fn text_of_html(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let body = lower.find("<body").map_or(page, |at| &page[at..]);
    let text = without_tags(body);
    if text.is_empty() { without_tags(page) } else { text }
}

/// The text between the tags, in one line; what stands in `<script>` and `<style>` is none.
fn without_tags(page: &str) -> String {
    let mut words = String::new();
    let mut hidden = None;
    for piece in page.split('<').skip(usize::from(page.starts_with('<'))) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_ascii_lowercase();
        match hidden {
            Some(ending) if name == ending => hidden = None,
            Some(_) => continue,
            None if name == "script" => hidden = Some("/script"),
            None if name == "style" => hidden = Some("/style"),
            None => {}
        }
        if hidden.is_none() {
            words.push_str(text);
            words.push(' ');
        }
        if words.len() > 4 * MAX_WORDS {
            break;
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
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
            (r#"{"errors":{"name":["is too long"]}}"#, r#"name: ["is too long"]"#),
            (r#"{"errors":"plain"}"#, "plain"),
            (r#"{"errors":null,"message":"m"}"#, "m"),
            (r#"{"errors":[],"message":"m","code":"E1"}"#, "m (code E1)"),
            (r#"[{"message":"a"},{"message":"b"}]"#, "a; b"),
            (r#"{"error":"invalid_token","error_description":"expired"}"#, "expired"),
            (r#"{"error":{"message":"inner","code":3}}"#, "inner (code 3)"),
            ("\u{feff}{\"message\":\"\\u00e9\"}", "é"),
            (r#""just a string""#, "just a string"),
            (r#"{"odd":1}"#, r#"{"odd":1}"#),
            (r#"{"code":5}"#, r#"{"code":5}"#),
            ("plain text\n", "plain text"),
            (
                "<html><head><title>t</title><style>p {}</style></head><body>\n<h1>400</h1><script>x<y</script>\nNo certificate</body>",
                "400 No certificate",
            ),
            ("<title>only a title</title>", "only a title"),
        ] {
            assert_eq!(of(body, true).as_deref(), Some(words), "{body}");
        }
        for body in ["", " ", "\u{feff}", "<html></html>"] {
            assert_eq!(of(body, true), None, "{body:?}");
        }
    }

    #[test]
    fn of_a_body_that_was_cut_off_only_whole_messages_are_kept() {
        assert_eq!(of(r#"{"errors":[{"message":"whole"},{"message":"ha"#, false).as_deref(), Some("whole"));
        for cut in
            [r#"{"message":"bad token s3c"#, r#"{"odd":"s3c"#, "plain s3c", "[[[", r#"{"errors":[{"message":"s3c"#]
        {
            assert_eq!(of(cut, false), None, "{cut}");
        }
    }

    #[test]
    fn many_errors_cost_no_more_than_the_words_that_are_kept() {
        let many = format!("[{}]", vec![r#"{"message":"again"}"#; 3000].join(","));
        assert!(of(&many, true).is_some_and(|words| words.len() < 5 * MAX_WORDS));
        assert_eq!(of(&"[".repeat(60_000), true).map(|words| words.len()), Some(60_000));
    }
}
