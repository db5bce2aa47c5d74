//! The partners that were found: each once, the best of them first.

use std::collections::HashSet;

use crate::api::partner::SID;
use crate::partners::Sid;
use crate::raw;

use super::Question;
use super::word::Fit;

/// A partner that matches.
#[derive(Debug)]
pub struct Hit {
    /// The original text.
    pub partner: String,
    /// The fields in which words occur.
    pub fields: Vec<&'static str>,
    /// Its place among those that match, best first: how well the words fit, whether it is inactive, its name, its SID.
    pub rank: (Fit, bool, String, String),
}

/// Those that match so far, the best of them at least as many as wanted.
#[derive(Debug)]
pub struct Hits {
    most: usize,
    seen: HashSet<Sid>,
    best: Vec<Hit>,
}

impl Hits {
    pub fn new(most: u64) -> Self {
        Self { most: usize::try_from(most).unwrap_or(usize::MAX), seen: HashSet::new(), best: Vec::new() }
    }

    /// Takes the partner if it matches and did not come before. One without a SID is known by all of it.
    pub fn add(&mut self, question: &Question, partner: &str) {
        let Some(hit) = question.find_in(partner) else { return };
        let sid = Sid::of_raw(raw::lookup(partner, [SID]));
        if !self.seen.insert(sid.unwrap_or_else(|| Sid::Other(raw::compact(partner).into()))) {
            return;
        }
        self.best.push(hit);
        // A short word may match any number of large partners.
        if self.best.len() / 2 >= self.most {
            self.keep_best();
        }
    }

    /// How many partners match.
    pub fn count(&self) -> u64 {
        self.seen.len() as u64
    }

    /// As many as wanted, best first.
    pub fn into_best(mut self) -> Vec<Hit> {
        self.keep_best();
        self.best
    }

    fn keep_best(&mut self) {
        self.best.sort_by(|one, other| one.rank.cmp(&other.rank));
        self.best.truncate(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::super::SearchWord;
    use super::*;

    fn hits(words: &[&str], most: u64, partners: &[&str]) -> (u64, Vec<String>) {
        let words = words.iter().map(|word| SearchWord::read(word).expect(word)).collect();
        let question = Question::new(words).expect("words");
        let mut hits = Hits::new(most);
        partners.iter().for_each(|partner| hits.add(&question, partner));
        (hits.count(), hits.into_best().into_iter().map(|hit| hit.partner).collect())
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
}
