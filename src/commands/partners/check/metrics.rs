//! `-o prometheus`: what a check found as metrics, in the text format that node_exporter's textfile collector reads.
//!
//! All samples of a metric stand together there, so they are kept until the end, each partner's in one piece of text.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::output::text;
use crate::raw::{self, Number};

use super::Findings;
use super::judge::{Judgement, Level};

/// A metric of each partner, and what it is.
type Metric = (&'static str, &'static str);

/// The first is made here; the others have the name of the field, whose digits they are.
const LEVEL: Metric = ("level", "Level of the partner: 0 is OK, 1 WARNING, 2 CRITICAL.");
const AMOUNTS: [Metric; 5] = [
    ("balance", "Current balance of the partner."),
    ("daily_spent_amount", "What the partner spent today."),
    ("daily_spending_limit", "The most that the partner may spend in a day."),
    ("spending_limit", "The most that the partner may owe."),
    ("charge_at", "Balance at which a prepay partner is charged."),
];

/// The samples of partners: labels, then a line for each metric, empty where there is none.
#[derive(Debug, Default)]
pub struct Metrics(Vec<Box<str>>);

impl Metrics {
    pub fn add(&mut self, partner: &str, judgement: &Judgement) {
        let label = |field| {
            let value = raw::lookup(partner, [field]).filter(|value| *value != "null");
            escaped(&value.map(raw::text).unwrap_or_default())
        };
        let mut sample = format!("partner_sid=\"{}\",display_id=\"{}\"\n", label("partner_sid"), label("display_id"));
        sample.push_str(match judgement.finding.map(|finding| finding.level) {
            Some(Level::Critical) => "2",
            Some(Level::Warning) => "1",
            None if judgement.is_whole => "0",
            None => "",
        });
        for (field, _) in AMOUNTS {
            let value = raw::lookup(partner, [field]).map(raw::text);
            _ = write!(sample, "\n{}", value.filter(|value| is_number(value)).unwrap_or_default());
        }
        self.0.push(sample.into());
    }

    /// Writes all metrics; `is_seen` by a person on a terminal, which the labels must not drive.
    pub fn write(mut self, findings: &Findings, is_seen: bool, out: &mut dyn Write) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (critical, warning) = (findings.count(Level::Critical), findings.count(Level::Warning));
        let ok = findings.checked.saturating_sub(critical + warning);
        head("carrierx_check_time_seconds", "When the partners were checked, in seconds since 1970.", out)?;
        writeln!(out, "carrierx_check_time_seconds {}", now.as_secs())?;
        head("carrierx_check_partners", "Partners by level; unjudged ones have an amount that cannot be read.", out)?;
        for (level, count) in
            [("ok", ok), ("warning", warning), ("critical", critical), ("unjudged", findings.unjudged)]
        {
            writeln!(out, "carrierx_check_partners{{level=\"{level}\"}} {count}")?;
        }

        // A partner that came twice would make the whole file invalid.
        let labels = |sample: &str| sample.find('\n').map_or(0, |end| end);
        self.0.sort();
        self.0.dedup_by(|one, other| one[..labels(one)] == other[..labels(other)]);
        for (at, (name, help)) in [LEVEL].into_iter().chain(AMOUNTS).enumerate() {
            head(&format!("carrierx_partner_{name}"), help, out)?;
            for sample in &self.0 {
                let mut lines = sample.split('\n');
                let (labels, value) = (lines.next().unwrap_or_default(), lines.nth(at).unwrap_or_default());
                if !value.is_empty() {
                    // The backslashes of escapes stand for themselves there; a terminal shows no file to be read.
                    let labels = if is_seen { text::escape(labels) } else { labels.into() };
                    writeln!(out, "carrierx_partner_{name}{{{labels}}} {value}")?;
                }
            }
        }
        Ok(())
    }
}

fn head(name: &str, help: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge")
}

/// The value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

/// Whether the text is a decimal that the readers of metrics take: they refuse a whole file for one that they do not,
/// among them numbers beyond all doubles.
fn is_number(text: &str) -> bool {
    Number::read(text).is_some() && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_decimals_that_readers_take_are_samples() {
        for text in ["0", "-1250.00", "4.40", "12345678901234567890123", "1e5", "1.5E-3", "+7"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "n/a", "NaN", "inf", "-Infinity", "1e999", "1,5", "1_000", "0x10", "--1", "1 2", "null", "[]"]
        {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn labels_escape_what_would_end_them() {
        assert_eq!(escaped("a\"b\\c\nd"), r#"a\"b\\c\nd"#);
    }
}
