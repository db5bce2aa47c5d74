//! The query string of a request: reading its parameters, and writing it again for the next page.

use std::borrow::Cow;

use url::form_urlencoded;

/// A query string with its parameters.
#[derive(Debug)]
pub struct ListParams<'q> {
    raw: &'q str,
    parameters: Vec<(Cow<'q, str>, Cow<'q, str>)>,
}

impl<'q> ListParams<'q> {
    /// Reads what follows the `?`.
    pub fn read(raw: &'q str) -> Self {
        Self { raw, parameters: form_urlencoded::parse(raw.as_bytes()).collect() }
    }

    /// The value of a parameter, the first one if it is given twice.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref())
    }

    /// The query with another value for one parameter; all else stays as the client spelled it.
    pub fn with(&self, name: &str, value: &str) -> String {
        let is_other = |part: &&str| form_urlencoded::parse(part.as_bytes()).all(|(known, _)| known != name);
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let changed = format!("{name}={value}");
        let others = self.raw.split('&').filter(|part| !part.is_empty()).filter(is_other);
        others.chain([changed.as_str()]).collect::<Vec<_>>().join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let query = ListParams::read("filter=name%20eq+%22%C3%89lan%22&limit=5&limit=6");
        assert_eq!(query.get("filter"), Some("name eq \"Élan\""));
        assert_eq!(query.get("limit"), Some("5"));
        assert_eq!(query.get("offset"), None);
    }

    #[test]
    fn changing_a_parameter_keeps_the_others_as_they_were_spelled() {
        let query = ListParams::read("filter=a%20eq+b&off%73et=10&limit=5");
        assert_eq!(query.with("offset", "15"), "filter=a%20eq+b&limit=5&offset=15");
        assert_eq!(ListParams::read("").with("after", "a b"), "after=a+b");
    }
}
