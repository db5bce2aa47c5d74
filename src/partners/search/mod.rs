//! Which partners match some words: any part of what people know of them.

mod hits;
mod word;

use crate::api::partner::SID;
use crate::raw;

pub use hits::{Hit, Hits};
pub use word::SearchWord;
use word::{Fit, Spelling, Text, folded};

/// The fields that words are looked for in, in the order in which they are named.
pub const FIELDS: [&str; 9] =
    ["display_id", "login", NAME, "company_name", "owner_email", "billing_email", "tech_email", "phonenumber", SID];

const NAME: &str = "name";

const STATUS: &str = "status";

/// The fields that must come for a partner to be compared with the words and to have a rank.
pub fn needed() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().chain([STATUS])
}

/// A search: every word must match.
#[derive(Debug)]
pub struct Question {
    pub words: Vec<SearchWord>,
    /// Where among them that is for which the API is asked, the first of the longest: it says most.
    asked: usize,
    spelling: Spelling,
}

impl Question {
    /// The question that the words make, if there is one.
    pub fn new(words: Vec<SearchWord>) -> Option<Self> {
        let (asked, _) = words.iter().enumerate().rev().max_by_key(|(_, word)| word.length())?;
        Some(Self { words, asked, spelling: Spelling::Folded })
    }

    /// The same without accents, blanks and punctuation.
    pub fn bare(&self) -> Self {
        let words = self.words.iter().map(|word| SearchWord::new(&word.typed, Spelling::Bare));
        Self { words: words.collect(), asked: self.asked, spelling: Spelling::Bare }
    }

    /// The word that the API is asked for.
    pub fn asked(&self) -> &SearchWord {
        &self.words[self.asked]
    }

    /// The fields that may hold that word, and the condition that they do.
    pub fn conditions(&self) -> impl Iterator<Item = (&'static str, String)> {
        let asked = self.asked();
        let fields = FIELDS.into_iter().filter(|field| *field != SID || asked.may_be_of_sid());
        fields.map(|field| (field, asked.condition(field)))
    }

    /// The partner as a hit, if every word occurs in one of its fields.
    pub fn find_in(&self, partner: &str) -> Option<Hit> {
        let mut values = [const { None }; FIELDS.len()];
        let mut status = None;
        // Of a key that appears twice the last counts.
        for (key, value) in raw::members(partner) {
            let key = raw::text(key);
            match FIELDS.iter().position(|field| *field == key) {
                Some(at) => values[at] = Some(value).filter(|value| raw::is_set(value)).map(raw::text),
                None if key == STATUS => status = Some(raw::text(value)),
                None => {}
            }
        }
        let texts = values.each_ref().map(|value| value.as_deref().map(|text| Text::new(text, self.spelling)));
        let (fit, fields) = self.fit(&texts)?;
        let value =
            |wanted: &str| FIELDS.iter().position(|field| *field == wanted).and_then(|at| values[at].as_deref());
        let is_inactive = !status.is_some_and(|status| status.eq_ignore_ascii_case("active"));
        let name = value(NAME).map(folded).unwrap_or_default();
        let rank = (fit, is_inactive, name, value(SID).unwrap_or_default().to_owned());
        Some(Hit { partner: partner.to_owned(), fields, rank })
    }

    /// How well all words fit these texts of the fields, and the fields that hold one.
    fn fit(&self, texts: &[Option<Text>; FIELDS.len()]) -> Option<(Fit, Vec<&'static str>)> {
        let mut is_in = [false; FIELDS.len()];
        let mut worst = Fit::Equal;
        for word in &self.words {
            let mut best: Option<Fit> = None;
            for ((found, text), field) in is_in.iter_mut().zip(texts).zip(FIELDS) {
                let text = text.as_ref().filter(|_| field != SID || word.may_be_of_sid());
                if let Some(fit) = text.and_then(|text| word.fit(text)) {
                    *found = true;
                    best = Some(best.map_or(fit, |best| best.min(fit)));
                }
            }
            worst = worst.max(best?);
        }
        let fields = FIELDS.into_iter().zip(is_in).filter(|(_, found)| *found).map(|(field, _)| field);
        Some((worst, fields.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::matching::Filter;
    use crate::source::sandbox;

    fn question(words: &[&str]) -> Question {
        Question::new(words.iter().map(|word| SearchWord::read(word).expect(word)).collect()).expect("a word")
    }

    fn found(words: &[&str], partner: &str) -> Option<Vec<&'static str>> {
        question(words).find_in(partner).map(|found| found.fields)
    }

    const PARTNER: &str = r#"{"partner_sid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","display_id":"CX123","name":"Yara Garner",
        "company_name":"Lantern Hill","owner_email":"y@lantern.example","phonenumber":"15035550100","city":"Oslo","tech_email":null}"#;

    #[test]
    fn every_word_must_occur_in_whatever_field() {
        for (words, expected) in [
            (&["garner", "503555"][..], Some(vec!["name", "phonenumber"])),
            (&["LANTERN"], Some(vec!["company_name", "owner_email"])),
            (&["lantern hill"], Some(vec!["company_name"])),
            (&["garner", "garner"], Some(vec!["name"])),
            (&["garner", "nobody"], None),
            (&["oslo"], None),
            (&["null"], None),
            (&["3f2"], None),
            (&["3f25"], Some(vec!["partner_sid"])),
            (&["4f89-11D3"], Some(vec!["partner_sid"])),
            (&["3F2504E0-4F89-11D3-9A0C-0305E82C3301"], Some(vec!["partner_sid"])),
        ] {
            assert_eq!(found(words, PARTNER), expected, "{words:?}");
        }
    }

    #[test]
    fn the_api_is_asked_for_the_longest_word_in_each_field_that_may_hold_it() {
        let asked = |words: &[&str]| {
            let question = question(words);
            (question.asked().typed.clone(), question.conditions().count())
        };
        assert_eq!(asked(&["ab", "abcd", "wxyz"]), ("abcd".to_owned(), 9));
        assert_eq!(asked(&["ab", "garner"]), ("garner".to_owned(), 8));
        assert_eq!(asked(&["503", "abc"]).1, 8);
    }

    #[test]
    fn the_best_come_first_then_the_active_then_by_name() {
        let partner = |sid: &str, name: &str, company: &str, status: &str| {
            format!(r#"{{"partner_sid":"{sid}","name":"{name}","company_name":"{company}","status":"{status}"}}"#)
        };
        let partners = [
            partner("9", "Zed", "Acme", "suspended"),
            partner("8", "Acme", "Big Acme", "active"),
            partner("7", "Acme Ltd", "-", "Active"),
            partner("6", "acme zoo", "-", "active"),
            partner("5", "Acme A", "-", "closed"),
            partner("4", "The Acme", "-", "active"),
            partner("3", "Macmer", "Pacmen", "active"),
            partner("2", "Macmer", "Pacmen", "active"),
        ];
        let question = question(&["acme"]);
        let mut ranks: Vec<_> =
            partners.iter().filter_map(|partner| question.find_in(partner)).map(|found| found.rank).collect();
        ranks.sort();
        assert_eq!(ranks.iter().map(|rank| &*rank.3).collect::<String>(), "89765423");
    }

    #[test]
    fn a_partner_is_found_by_any_three_letters_of_its_name_email_or_number() {
        let partners = sandbox::partners(sandbox::COUNT);
        for partner in partners.iter().take(10) {
            for field in ["name", "company_name", "owner_email", "tech_email", "phonenumber"] {
                let Some(text) = raw::lookup(partner, [field]).filter(|value| raw::is_set(value)) else { continue };
                let letters: Vec<char> = raw::text(text).chars().collect();
                for letters in letters.windows(3).filter(|letters| letters.iter().all(|c| c.is_alphanumeric())) {
                    let word: String = letters.iter().collect();
                    let question = question(&[&word]);
                    let (_, condition) = question.conditions().find(|(of, _)| *of == field).expect("a condition");
                    let filter = Filter::read(&condition).expect(&word);
                    assert!(filter.matches(partner), "the API does not find {word} in {partner}");
                    assert!(question.find_in(partner).is_some(), "{word} is not found in {partner}");
                }
            }
        }
    }
}
