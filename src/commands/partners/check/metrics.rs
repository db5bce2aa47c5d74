//! `-o prometheus`: what a check found as metrics, in the text format that node_exporter's textfile collector reads.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::output::text;
use crate::partners::judge::{Judgement, Level};
use crate::raw::{self, Number};

use super::findings::Findings;

/// The metrics of each partner, and what they are. The first is made here; the others have the name of the field,
/// whose digits they are.
const METRICS: [(&str, &str); 6] = [
    ("level", "Level of the partner: 0 is OK, 1 WARNING, 2 CRITICAL."),
    ("balance", "Current balance of the partner."),
    ("daily_spent_amount", "Amount that the partner spent today."),
    ("daily_spending_limit", "Maximum spending of the partner per day."),
    ("spending_limit", "Credit limit of the partner."),
    ("charge_at", "Balance that triggers a recharge of the partner (prepay)."),
];

/// The samples of a check. All those of a metric stand together in the end, so they are kept until then.
#[derive(Debug)]
pub struct Metrics {
    /// What the samples are of, so that two checks on one machine share none.
    check: String,
    /// Whether a terminal shows them, which the labels must not drive.
    is_seen: bool,
    samples: [String; METRICS.len()],
}

impl Metrics {
    pub fn new(check: &str, is_seen: bool) -> Self {
        let check = format!("check=\"{}\"", label(check, is_seen));
        Self { check, is_seen, samples: Default::default() }
    }

    /// Takes a partner, each once: one that came twice would make the whole file invalid, as would two without a SID.
    pub fn add(&mut self, partner: &str, judgement: &Judgement) {
        let text = |field| raw::lookup(partner, [field]).filter(|value| *value != "null").map(raw::text);
        let Some(sid) = text("partner_sid") else { return };
        let [sid, id] = [sid, text("display_id").unwrap_or_default()].map(|id| label(&id, self.is_seen));
        let labels = format!("partner_sid=\"{sid}\",display_id=\"{id}\"");
        let level = match judgement.level() {
            Some(Level::Critical) => Some("2"),
            Some(Level::Warning) => Some("1"),
            None => judgement.is_whole.then_some("0"),
        };
        for ((name, _), samples) in METRICS.iter().zip(&mut self.samples) {
            let value = if *name == "level" { level.map(Into::into) } else { text(name) };
            if let Some(value) = value.filter(|value| is_number(value)) {
                _ = writeln!(samples, "carrierx_partner_{name}{{{},{labels}}} {value}", self.check);
            }
        }
    }

    pub fn write(&self, findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
        let (check, now) = (&self.check, SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
        head("check_time_seconds", "Time of the check as a Unix timestamp.", out)?;
        writeln!(out, "carrierx_check_time_seconds{{{check}}} {}", now.as_secs())?;
        head("check_partners", "Partners by level; unjudged ones have an amount that cannot be read.", out)?;
        let Findings { checked, unjudged, warning, critical, .. } = *findings;
        let ok = checked.saturating_sub(critical + warning);
        for (level, count) in [("ok", ok), ("warning", warning), ("critical", critical), ("unjudged", unjudged)] {
            writeln!(out, "carrierx_check_partners{{{check},level=\"{level}\"}} {count}")?;
        }
        for ((name, help), samples) in METRICS.iter().zip(&self.samples) {
            head(&format!("partner_{name}"), help, out)?;
            out.write_all(samples.as_bytes())?;
        }
        Ok(())
    }
}

fn head(name: &str, help: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# HELP carrierx_{name} {help}\n# TYPE carrierx_{name} gauge")
}

/// The value of a label. The backslashes of escapes stand for themselves in a file, which a terminal never reads.
fn label(value: &str, is_seen: bool) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    if is_seen { text::escape(&value).into_owned() } else { value }
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
        assert_eq!(label("a\"b\\c\nd", false), r#"a\"b\\c\nd"#);
    }
}
