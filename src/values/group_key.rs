//! What partners are grouped by: a field, or a part of its date.

use std::fmt;
use std::str::FromStr;

use super::{FieldName, moment};

/// How much of a timestamp distinguishes one group from another: its name, and how many characters that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatePart(&'static str, usize);

const PARTS: [DatePart; 3] = [DatePart("year", 4), DatePart("month", 7), DatePart("day", 10)];

impl DatePart {
    /// That part of an ISO 8601 timestamp; other values stay whole.
    pub fn of(self, text: &str) -> &str {
        let is_date = text.get(..10).is_some_and(|date| moment::day(date).is_some());
        if is_date { &text[..self.1] } else { text }
    }
}

/// Whether a text begins as a date or a timestamp in ISO 8601 does; a year or a month may stand alone.
pub fn has_date_form(text: &str) -> bool {
    let day = match text.len() {
        4 => moment::day(&format!("{text}-01-01")),
        7 => moment::day(&format!("{text}-01")),
        _ => text.get(..10).and_then(moment::day),
    };
    day.is_some()
}

/// A field as a person names it, `date_created:month` for the month of its timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKey {
    pub field: FieldName,
    pub part: Option<DatePart>,
}

impl FromStr for GroupKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((field, name)) = text.trim().rsplit_once(':') else {
            return Ok(Self { field: text.parse()?, part: None });
        };
        let part = PARTS.into_iter().find(|part| part.0 == name);
        let part = part.ok_or_else(|| format!("`:{name}` is not :year, :month or :day"))?;
        Ok(Self { field: field.parse()?, part: Some(part) })
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.part {
            None => self.field.fmt(f),
            Some(part) => write!(f, "{}:{}", self.field, part.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_field_or_a_part_of_its_date() {
        for text in ["status", "callbacks.sms", "date_created:year", "date_created:month", "date_created:day"] {
            assert_eq!(text.parse::<GroupKey>().map(|key| key.to_string()), Ok(text.to_owned()));
        }
        for text in ["", ":year", "date_created:week", "date_created:", "a..b"] {
            assert!(text.parse::<GroupKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_is_taken_of_timestamps_alone() {
        assert_eq!(PARTS.map(|part| part.of("2024-05-20T18:32:37.000Z")), ["2024", "2024-05", "2024-05-20"]);
        for text in ["", "2024-5-20", "2024-05-2", "2024-05-2é", "20 May 2024, noon"] {
            assert!(PARTS.iter().all(|part| part.of(text) == text), "{text}");
        }
    }
}
