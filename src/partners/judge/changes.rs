//! What changed of partners between one run and the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Judgement, Level};

/// What is remembered of the partners that are reported, by SID.
pub type Memory = BTreeMap<String, Remembered>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    pub level: Level,
    pub display_id: String,
}

/// What became of a partner from one run to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    New,
    Worse,
    Better,
    Recovered,
    /// No longer in the list: what has become of the partner is not known.
    Gone,
}

impl Turn {
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Recovered => "recovered",
            Self::Gone => "gone",
        }
    }
}

/// Compares a run with the one before, partner by partner.
#[derive(Debug, Default)]
pub struct Changes {
    /// Of the run before, without those that came already.
    earlier: Memory,
    next: Memory,
}

impl Changes {
    pub fn since(earlier: Memory) -> Self {
        Self { earlier, next: Memory::new() }
    }

    /// What changed of a partner. Each is to come once; one without a SID is new every time.
    ///
    /// Of one with an amount that cannot be read, only what got worse is known: for the rest it stays as it was.
    pub fn take(
        &mut self,
        sid: Option<&str>,
        display_id: impl FnOnce() -> String,
        judgement: &Judgement,
    ) -> Option<Turn> {
        let earlier = sid.and_then(|sid| self.earlier.remove(sid)).map(|remembered| remembered.level);
        let found = judgement.level();
        let level = if judgement.is_whole { found } else { found.max(earlier) };
        if let (Some(sid), Some(level)) = (sid, level) {
            self.next.insert(sid.to_owned(), Remembered { level, display_id: display_id() });
        }
        match (earlier, level) {
            (None, None) => None,
            (None, Some(_)) => Some(Turn::New),
            (Some(_), None) => Some(Turn::Recovered),
            (Some(earlier), Some(now)) if now > earlier => Some(Turn::Worse),
            (Some(earlier), Some(now)) if now < earlier => Some(Turn::Better),
            (Some(_), Some(_)) => None,
        }
    }

    /// Ends the comparison: the partners of the run before that did not come, if the list is whole, so that they are
    /// gone, and what is to be remembered for the next run.
    pub fn end(mut self, is_whole: bool) -> (Memory, Memory) {
        if is_whole {
            return (self.earlier, self.next);
        }
        self.next.append(&mut self.earlier);
        (Memory::new(), self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::THRESHOLDS;
    use super::*;

    /// A run over partners, each with what it spent of 100 (`-` where that cannot be read), and whether the list is
    /// whole: what is reported, and the memory of the next run.
    fn run(earlier: Memory, partners: &str, is_whole: bool) -> (String, Memory) {
        let mut changes = Changes::since(earlier);
        let mut reported = Vec::new();
        for partner in partners.split_whitespace() {
            let (sid, spent) = partner.split_once(':').expect("a SID and an amount");
            let spent = if spent == "-" { "null" } else { spent };
            let text = format!(
                r#"{{"daily_spent_amount":{spent},"daily_spending_limit":100,"spending_limit":null,"balance":0}}"#
            );
            let change = changes.take(Some(sid), || format!("CX{sid}"), &THRESHOLDS.judge(&text, None));
            reported.extend(change.map(|change| format!("{sid} {}", change.name())));
        }
        let (gone, next) = changes.end(is_whole);
        reported.extend(gone.keys().map(|sid| format!("{sid} gone")));
        (reported.join(", "), next)
    }

    #[test]
    fn a_week_of_runs_reports_each_change_once() {
        let mut memory = Memory::new();
        for (day, partners, is_whole, expected) in [
            ("all well", "a:10 b:10 c:10", true, ""),
            ("one crosses a level", "a:85 b:10 c:10", true, "a new"),
            ("the same", "a:85 b:10 c:10", true, ""),
            ("within its level", "a:94.99 b:10 c:10", true, ""),
            ("up, and another", "a:95 b:99 c:10", true, "a worse, b new"),
            ("unreadable stays as it was", "a:- b:99 c:-", true, ""),
            ("readable again, and as before", "a:95 b:99 c:10", true, ""),
            ("down one level", "a:80 b:99 c:10", true, "a better"),
            ("missing in a doubtful list", "a:80 c:10", false, ""),
            ("back in a whole one", "a:80 b:99 c:10", true, ""),
            ("missing in a whole list", "a:80 c:10", true, "b gone"),
            ("still missing", "a:80 c:10", true, ""),
            ("back", "a:80 b:99 c:10", true, "b new"),
            ("down to nothing", "a:79.99 b:99 c:10", true, "a recovered"),
            ("recovered is reported once", "a:79.99 b:99 c:10", true, ""),
            ("all well once more", "a:0 b:0 c:0", true, "b recovered"),
            ("straight to the top", "a:100 b:0 c:0", true, "a new"),
            ("nobody is left", "", true, "a gone"),
        ] {
            let (reported, next) = run(memory, partners, is_whole);
            assert_eq!(reported, expected, "{day}");
            memory = next;
        }
        assert!(memory.is_empty());
    }

    #[test]
    fn an_amount_that_cannot_be_read_does_not_hide_what_got_worse() {
        let mut changes = Changes::since(Memory::new());
        let partner = r#"{"daily_spent_amount":85,"daily_spending_limit":100,"spending_limit":9,"balance":null}"#;
        assert_eq!(changes.take(Some("a"), String::new, &THRESHOLDS.judge(partner, None)), Some(Turn::New));
    }

    #[test]
    fn a_partner_without_a_sid_is_new_every_time() {
        let partner = r#"{"daily_spent_amount":85,"daily_spending_limit":100,"spending_limit":null}"#;
        let mut changes = Changes::since(Memory::new());
        for _ in 0..2 {
            assert_eq!(changes.take(None, String::new, &THRESHOLDS.judge(partner, None)), Some(Turn::New));
        }
        assert_eq!(changes.end(true), (Memory::new(), Memory::new()));
    }
}
