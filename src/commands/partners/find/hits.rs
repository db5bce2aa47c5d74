//! The partners that were found: each once, the best of them first.

use std::collections::HashSet;

use crate::api::lookup;
use crate::api::partner::SID;
use crate::raw;

use super::question::{Match, Question, Rank};

/// A partner that matches.
#[derive(Debug)]
pub struct Hit {
    /// The text that came.
    pub partner: String,
    /// The fields in which words occur.
    pub fields: Vec<&'static str>,
    rank: Rank,
}

/// Those that match so far, the best of them at least as many as wanted.
#[derive(Debug)]
pub struct Hits {
    most: usize,
    /// What each partner that matches is known by.
    seen: HashSet<String>,
    /// Those of each reading of the question.
    readings: Vec<Found>,
}

/// The partners that one reading of a question means.
#[derive(Debug, Default)]
pub struct Found {
    /// How many there are.
    pub count: u64,
    pub best: Vec<Hit>,
}

impl Hits {
    pub fn new(question: &Question, most: u64) -> Self {
        let readings = (0..question.readings()).map(|_| Found::default()).collect();
        Self { most: usize::try_from(most).unwrap_or(usize::MAX), seen: HashSet::new(), readings }
    }

    /// Takes the partner if it matches and did not come before.
    pub fn add(&mut self, question: &Question, partner: &str) {
        let Some(Match { reading, fields, rank }) = question.find_in(partner) else { return };
        if !self.seen.insert(identity(partner)) {
            return;
        }
        let found = &mut self.readings[reading];
        found.count += 1;
        found.best.push(Hit { partner: partner.to_owned(), fields, rank });
        // A short word may match any number of large partners.
        if found.best.len() / 2 >= self.most {
            found.keep(self.most);
        }
    }

    /// The partners of the first reading that means any, best first.
    pub fn into_best(self) -> Found {
        let mut found = self.readings.into_iter().find(|found| found.count > 0).unwrap_or_default();
        found.keep(self.most);
        found
    }
}

impl Found {
    fn keep(&mut self, most: usize) {
        self.best.sort_by(|one, other| one.rank.cmp(&other.rank));
        self.best.truncate(most);
    }
}

/// By what a partner is known: its SID, whose case does not matter in a UUID; without one, all of it.
fn identity(partner: &str) -> String {
    match lookup::text_of(partner, SID) {
        Some(sid) => lookup::uuid(&sid).map_or(sid, |uuid| uuid.to_string()),
        None => raw::compact(partner).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::word::Word;
    use super::*;

    fn hits(words: &[&str], most: u64, partners: &[&str]) -> (u64, Vec<String>) {
        let question = Question::new(words.iter().map(|word| Word::read(word).expect(word)).collect()).expect("words");
        let mut hits = Hits::new(&question, most);
        partners.iter().for_each(|partner| hits.add(&question, partner));
        let found = hits.into_best();
        (found.count, found.best.into_iter().map(|hit| hit.partner).collect())
    }

    #[test]
    fn a_partner_that_comes_again_is_one_partner() {
        let upper = r#"{"partner_sid":"3F2504E0-4F89-11D3-9A0C-0305E82C3301","name":"Acme"}"#;
        let (lower, other) = (upper.replace('F', "f"), r#"{"partner_sid":"x","name":"Acme"}"#);
        let others = [other, r#"{"partner_sid":"X","name":"Acme"}"#, r#"{"name":"Acme"}"#, r#"{"name" : "Acme"}"#];
        let partners = [&[upper, &lower][..], &others].concat();
        assert_eq!(hits(&["acme"], 9, &partners).0, 4);
    }

    #[test]
    fn the_best_stay_however_many_come() {
        let partners: Vec<_> = (0..1000).map(|n| format!(r#"{{"partner_sid":"{n:03}","name":"a"}}"#)).collect();
        let partners: Vec<&str> = partners.iter().rev().map(String::as_str).collect();
        let (count, best) = hits(&["a"], 2, &partners);
        assert_eq!((count, best), (1000, vec![partners[999].to_owned(), partners[998].to_owned()]));
    }

    #[test]
    fn a_number_in_pieces_is_preferred_to_its_pieces() {
        let whole = r#"{"partner_sid":"1","phonenumber":"15035550100"}"#;
        let apart = r#"{"partner_sid":"2","phonenumber":"15550100","display_id":"CX503"}"#;
        assert_eq!(hits(&["503", "5550100"], 9, &[apart, whole]), (1, vec![whole.to_owned()]));
        assert_eq!(hits(&["503", "5550100"], 9, &[apart]), (1, vec![apart.to_owned()]));
    }
}
