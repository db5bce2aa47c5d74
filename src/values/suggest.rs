//! "Did you mean": the known name closest to a mistyped one.

/// The similarity, from 0 to 1 (Jaro-Winkler), from which a name is suggested.
const ALIKE: f64 = 0.8;

/// The candidate closest to `word`, if one is close at all; letter case does not count.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// What to type in place of an unknown name: the closest known one, else any of them.
pub fn hint(word: &str, known: &[&str]) -> String {
    match closest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("available: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, hint};

    #[test]
    fn offers_the_closest_candidate_or_none() {
        assert_eq!(closest("outptu", ["order", "output"]), Some("output"));
        assert_eq!(closest("NAME", ["name", "login"]), Some("name"));
        assert_eq!(closest("xyz", ["name", "login"]), None);
        assert_eq!(hint("nmae", &["name", "login"]), "did you mean `name`?");
        assert_eq!(hint("xyz", &["name", "login"]), "available: name, login");
    }
}
