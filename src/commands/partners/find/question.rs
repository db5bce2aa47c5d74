//! The words of a search, the requests that they make, and which partners they mean.

use std::borrow::Cow;

use crate::api::field::FieldType;
use crate::api::partner::{PARTNERS, SID};
use crate::raw;

use super::word::{Fit, Text, Word, folded};

/// The fields that are searched, in the order in which they are named; each is a request.
const FIELDS: [&str; 8] =
    ["display_id", "login", "name", "company_name", "owner_email", "billing_email", "tech_email", PHONE_NUMBER];

const PHONE_NUMBER: &str = "phonenumber";

/// What somebody looks for.
#[derive(Debug)]
pub struct Question {
    /// What the words may mean, first what they more likely do. Every word of one of them must occur.
    readings: Vec<Reading>,
    /// The word that the API is asked for.
    asked: Word,
}

#[derive(Debug)]
struct Reading {
    words: Vec<Word>,
    /// All of them in a row.
    phrase: Word,
}

/// What a partner has of a question.
#[derive(Debug, PartialEq, Eq)]
pub struct Match {
    /// The place of the reading that it is one of.
    pub reading: usize,
    /// The fields in which a word occurs.
    pub fields: Vec<&'static str>,
    pub rank: Rank,
}

/// The place of a partner among those that match, best first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    fit: Fit,
    is_inactive: bool,
    name: String,
    sid: String,
}

impl Question {
    /// The question that the words make: each must occur. Numbers in a row are the pieces of one number, or else
    /// words like all others.
    ///
    /// There is at least one word.
    pub fn new(words: Vec<Word>) -> Option<Self> {
        let mut distinct: Vec<Word> = Vec::new();
        for word in &words {
            if !distinct.contains(word) {
                distinct.push(word.clone());
            }
        }
        // The first of the longest: it says most.
        let asked = distinct.iter().rev().max_by_key(|word| word.length())?.clone();
        let pieces = words.chunk_by(|one, next| one.is_number() && next.is_number());
        let pieced: Vec<_> = pieces.map(Word::joined).collect();
        let phrase = Word::joined(&words);
        let mut readings = Vec::new();
        if pieced.len() < words.len() {
            readings.push(Reading { words: pieced, phrase: phrase.clone() });
        }
        readings.push(Reading { words: distinct, phrase });
        Some(Self { readings, asked })
    }

    /// The word that the API is asked for.
    pub fn asked(&self) -> &Word {
        &self.asked
    }

    pub fn readings(&self) -> usize {
        self.readings.len()
    }

    /// The fields that the API is asked for the word in. What could be a SID is too long for a phone number.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        let other = if self.asked.may_be_sid() { SID } else { PHONE_NUMBER };
        FIELDS.into_iter().map(move |field| if field == PHONE_NUMBER { other } else { field })
    }

    /// The condition that a field holds the word.
    pub fn condition(&self, field: &str) -> String {
        let kind = PARTNERS.field(field).map(|field| field.kind);
        self.asked.condition(field, kind == Some(FieldType::PhoneNumber))
    }

    /// Whether a partner contradicts the condition: another text stands in the field. An absent field contradicts
    /// nothing.
    pub fn is_contradicted_by(&self, partner: &str, field: &str) -> bool {
        let value = raw::lookup(partner, [field]);
        value.is_some_and(|value| value == "null" || self.asked.fit(&Text::new(&raw::text(value))).is_none())
    }

    /// What the partner has of the question, if every word occurs in one of its fields.
    pub fn find_in(&self, partner: &str) -> Option<Match> {
        let values = Values::of(partner);
        self.readings.iter().enumerate().find_map(|(at, reading)| {
            let (fit, fields) = reading.find_in(&values)?;
            Some(Match { reading: at, fields, rank: values.rank(fit) })
        })
    }
}

impl Reading {
    fn find_in(&self, values: &Values) -> Option<(Fit, Vec<&'static str>)> {
        let mut is_in = [false; FIELDS.len() + 1];
        let mut worst = Fit::Equal;
        for word in &self.words {
            let mut best: Option<Fit> = None;
            for ((found, text), name) in is_in.iter_mut().zip(&values.texts).zip(names()) {
                let text = text.as_ref().filter(|_| name != SID || word.may_be_sid());
                if let Some(fit) = text.and_then(|text| word.fit(text)) {
                    *found = true;
                    best = Some(best.map_or(fit, |best| best.min(fit)));
                }
            }
            worst = worst.max(best?);
        }
        let phrase = values.texts.iter().flatten().filter_map(|text| self.phrase.fit(text)).min();
        let fields = names().zip(is_in).filter(|(_, found)| *found).map(|(name, _)| name);
        Some((phrase.map_or(worst, |phrase| phrase.min(worst)), fields.collect()))
    }
}

/// The names of all fields that words are looked for in.
fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().chain([SID])
}

/// The fields that must come for a partner to be compared with the words and to have a rank.
pub fn needed() -> impl Iterator<Item = &'static str> {
    names().chain([STATUS])
}

const STATUS: &str = "status";

/// What is searched of a partner.
struct Values<'p> {
    /// By the places of the names.
    texts: Vec<Option<Text>>,
    status: Cow<'p, str>,
    name: Cow<'p, str>,
    sid: Cow<'p, str>,
}

impl<'p> Values<'p> {
    fn of(partner: &'p str) -> Self {
        let mut values = [None; FIELDS.len() + 1];
        let mut status = None;
        for (key, value) in raw::members(partner) {
            let key = raw::text(key);
            // Of a key that stands twice the last counts.
            if let Some(at) = names().position(|name| name == key) {
                values[at] = Some(value);
            } else if key == STATUS {
                status = Some(value);
            }
        }
        let text = |value: Option<&'p str>| value.filter(|value| raw::is_set(value)).map(raw::text);
        let named = |wanted: &str| names().zip(values).find(|(name, _)| *name == wanted).and_then(|(_, value)| value);
        Self {
            texts: values.map(|value| text(value).map(|text| Text::new(&text))).into(),
            status: text(status).unwrap_or_default(),
            name: text(named("name")).unwrap_or_default(),
            sid: text(named(SID)).unwrap_or_default(),
        }
    }

    fn rank(&self, fit: Fit) -> Rank {
        let is_inactive = !self.status.eq_ignore_ascii_case("active");
        Rank { fit, is_inactive, name: folded(&self.name), sid: self.sid.clone().into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::matching::Filter;
    use crate::source::sandbox;

    fn question(words: &[&str]) -> Question {
        Question::new(words.iter().map(|word| Word::read(word).expect(word)).collect()).expect("a word")
    }

    fn found(words: &[&str], partner: &str) -> Option<(usize, Vec<&'static str>)> {
        question(words).find_in(partner).map(|found| (found.reading, found.fields))
    }

    const PARTNER: &str = r#"{"partner_sid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","display_id":"CX123","name":"Yara Garner",
        "company_name":"Lantern Hill","owner_email":"y@lantern.example","phonenumber":"15035550100","city":"Oslo","tech_email":null}"#;

    #[test]
    fn every_word_must_occur_in_whatever_field() {
        for (words, expected) in [
            (&["garner", "503555"][..], Some((0, vec!["name", "phonenumber"]))),
            (&["LANTERN"], Some((0, vec!["company_name", "owner_email"]))),
            (&["lantern hill"], Some((0, vec!["company_name"]))),
            (&["garner", "garner"], Some((0, vec!["name"]))),
            (&["garner", "nobody"], None),
            (&["oslo"], None),
            (&["null"], None),
            (&["3f2504e0"], None),
            (&["3F2504E0-4F89-11D3-9A0C-0305E82C3301"], Some((0, vec!["partner_sid"]))),
        ] {
            assert_eq!(found(words, PARTNER), expected, "{words:?}");
        }
    }

    #[test]
    fn numbers_in_a_row_are_one_number_first_and_words_of_their_own_then() {
        assert_eq!(found(&["503", "555", "0100"], PARTNER), Some((0, vec!["phonenumber"])));
        assert_eq!(found(&["garner", "503", "555"], PARTNER), Some((0, vec!["name", "phonenumber"])));
        assert_eq!(found(&["123", "503"], PARTNER), Some((1, vec!["display_id", "phonenumber"])));
    }

    #[test]
    fn the_api_is_asked_for_the_longest_word_in_eight_fields_at_most() {
        let asked = |words: &[&str]| {
            let question = question(words);
            (question.asked().typed.clone(), question.fields().collect::<Vec<_>>())
        };
        assert_eq!(asked(&["ab", "abcd", "wxyz"]), ("abcd".to_owned(), FIELDS.to_vec()));
        let (word, fields) = asked(&["ab", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]);
        assert_eq!((word.len(), fields.len(), fields[7]), (36, 8, SID));
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
        assert_eq!(ranks.iter().map(|rank| &*rank.sid).collect::<String>(), "89765423");
    }

    #[test]
    fn words_in_a_row_are_better_than_words_apart() {
        let question = question(&["yara", "garner"]);
        let fit = |partner: &str| question.find_in(partner).expect("a match").rank.fit;
        assert_eq!(fit(r#"{"name":"Yara Garner"}"#), Fit::Equal);
        assert_eq!(fit(r#"{"name":"Garner, Yara"}"#), Fit::WordBegins);
    }

    #[test]
    fn a_row_without_the_word_in_the_field_contradicts_the_condition() {
        let contradicts = |field| question(&["garner"]).is_contradicted_by(PARTNER, field);
        assert_eq!(["name", "login", "tech_email", "company_name"].map(contradicts), [false, false, true, true]);
    }

    #[test]
    fn every_partner_of_the_sandbox_is_found_by_any_three_letters_of_its_name_email_or_number() {
        let partners = sandbox::partners(sandbox::PARTNERS);
        for partner in partners.iter() {
            for field in ["name", "company_name", "owner_email", "tech_email", "phonenumber"] {
                let Some(text) = raw::lookup(partner, [field]).filter(|value| raw::is_set(value)) else { continue };
                let letters: Vec<char> = raw::text(text).chars().collect();
                for letters in letters.windows(3).filter(|letters| letters.iter().all(|c| c.is_alphanumeric())) {
                    let word: String = letters.iter().collect();
                    let question = question(&[&word]);
                    let filter = Filter::read(&question.condition(field)).expect(&word);
                    assert!(filter.matches(partner), "the API does not find {word} in {partner}");
                    assert!(question.find_in(partner).is_some(), "{word} is not found in {partner}");
                }
            }
        }
    }
}
