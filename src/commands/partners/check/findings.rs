//! What was found of all partners.

use crate::api::PARTNERS;
use crate::commands::partners::phrase;
use crate::output::Notices;
use crate::partners::judge::{Changes, Judgement, Level, Memory, Turn};
use crate::raw;

use super::report;

/// A partner that can be reported.
#[derive(Debug)]
pub struct Reported {
    /// Of one that is gone nothing is known.
    pub judgement: Judgement,
    /// What changed since the last run, if that is asked for.
    pub change: Option<Turn>,
    /// As it came.
    pub partner: String,
}

#[derive(Debug, Default)]
pub struct Findings {
    /// Who is reported, the worst first.
    pub reported: Vec<Reported>,
    pub warning: u64,
    pub critical: u64,
    /// How many partners were judged.
    pub checked: u64,
    /// How many were not, as an amount cannot be read and nothing is found by the others.
    pub unjudged: u64,
    /// Of how many too little is known of the past to say when their balance ends.
    pub rateless: u64,
    /// Those that have an amount that cannot be read.
    unreadable: Vec<String>,
}

impl Findings {
    /// Takes a partner; `changes` compares it with the last run.
    pub fn add(&mut self, partner: &str, judgement: &Judgement, changes: Option<&mut Changes>) {
        let level = judgement.level();
        self.rateless += u64::from(judgement.is_rateless);
        let sid = || raw::lookup(partner, [PARTNERS.key]).filter(|sid| *sid != "null").map(raw::text);
        let change = changes.and_then(|changes| changes.take(sid().as_deref(), || report::id(partner), judgement));
        if !judgement.is_whole {
            self.unreadable.push(report::id(partner));
            self.unjudged += u64::from(level.is_none());
        }
        self.warning += u64::from(level == Some(Level::Warning));
        self.critical += u64::from(level == Some(Level::Critical));
        if level.is_some() || change.is_some() {
            self.reported.push(Reported { judgement: *judgement, change, partner: partner.to_owned() });
        }
    }

    /// Sorts who is reported, the worst first and who is well again last, then who is gone since the last run.
    pub fn end(&mut self, partners: u64, gone: Memory) {
        self.checked = partners.saturating_sub(self.unjudged);
        self.reported.sort_by_key(|row| row.judgement.rank());
        self.reported.extend(gone.into_iter().map(|(sid, remembered)| {
            let partner = serde_json::json!({ "partner_sid": sid, "display_id": remembered.display_id }).to_string();
            Reported { judgement: Judgement::default(), change: Some(Turn::Gone), partner }
        }));
    }

    /// How bad it is in all.
    pub fn worst(&self) -> Option<Level> {
        self.reported.first().and_then(|row| row.judgement.level())
    }

    /// Says of whom less is known than was asked for.
    pub fn report_gaps(&self, notices: &Notices) {
        let unreadable = &self.unreadable;
        if !unreadable.is_empty() {
            let have = phrase::counted(unreadable.len() as u64, "partner has", "partners have");
            notices.warn(&format!("{have} a missing or invalid amount: {}", phrase::listed(unreadable)));
        }
        if self.rateless > 0 {
            let partners = phrase::counted(self.rateless, "partner", "partners");
            notices
                .note(&format!("no runway yet for {partners}: at least three snapshots spanning 24 hours are needed"));
        }
    }
}
