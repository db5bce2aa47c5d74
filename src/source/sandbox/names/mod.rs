//! The words that the sample partners are named with, a line each. Everybody and everything here is made up.

use std::sync::LazyLock;

pub const ROOT: &str = "Lantern Hill Wholesale Communications";

/// What a company is in law.
pub const FORMS: [&str; 8] = ["", " Inc.", " LLC", " Ltd.", ", Inc.", " Co.", " Group", " B.V."];

/// The lines of a text file.
type Words = LazyLock<Vec<&'static str>>;

macro_rules! words {
    ($file:literal) => {
        LazyLock::new(|| include_str!($file).lines().collect())
    };
}

/// The companies of the resellers.
pub static RESELLERS: Words = words!("resellers.txt");

/// Companies whose names are hard to print, to quote or to distinguish.
pub static NOTABLE_COMPANIES: Words = words!("notable_companies.txt");

/// The first word of all other companies, and of every login.
pub static ADJECTIVES: Words = words!("adjectives.txt");

/// The second word of a company.
pub static ANIMALS: Words = words!("animals.txt");
pub static TRADES: Words = words!("trades.txt");
pub static FIRST_NAMES: Words = words!("first_names.txt");
pub static LAST_NAMES: Words = words!("last_names.txt");

/// People whose names are more than ASCII letters.
pub static NOTABLE_PEOPLE: Words = words!("notable_people.txt");

/// The API scopes that a partner may have.
pub static SCOPES: Words = words!("scopes.txt");

/// The events that a partner may be called back for.
pub static CALLBACKS: Words = words!("callbacks.txt");

#[derive(Debug, Clone, Copy)]
pub struct Town {
    /// A street, without a house number.
    pub street: &'static str,
    pub city: &'static str,
    /// The state, in countries whose addresses have one.
    pub state: Option<&'static str>,
    pub zip: &'static str,
    /// The country, ISO 3166-1 alpha-3.
    pub country: &'static str,
}

/// Towns in many countries, most of them in the USA.
pub static TOWNS: LazyLock<Vec<Town>> = LazyLock::new(|| {
    let town = |line: &'static str| {
        let mut cells = line.split('|');
        let mut cell = || cells.next().unwrap_or_default();
        let (street, city, state, zip, country) = (cell(), cell(), cell(), cell(), cell());
        Town { street, city, state: Some(state).filter(|state| !state.is_empty()), zip, country }
    };
    include_str!("towns.txt").lines().map(town).collect()
});
