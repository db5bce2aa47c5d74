//! Edits the text of the configuration file: comments and order are kept.

use toml_edit::{DocumentMut, Item, Table, Value};

use crate::values::Token;

use super::file::TOKEN_KEYS;

/// The text with the token in place of whatever set one, at the top level or in a profile, which is created if there is
/// none, and with the base URL that the token is for, if that has to be remembered.
pub fn with_token(
    text: &str,
    profile: Option<&str>,
    token: &Token,
    base_url: Option<&str>,
) -> Result<String, &'static str> {
    edited(text, profile, |section| {
        TOKEN_KEYS.iter().filter(|key| **key != "token").for_each(|key| _ = section.remove(key));
        set(section, "token", token.expose());
        if let Some(base_url) = base_url {
            set(section, "base_url", base_url);
        }
    })
}

/// The text without anything that sets a token, at the top level or in a profile.
pub fn without_token(text: &str, profile: Option<&str>) -> Result<String, &'static str> {
    edited(text, profile, |section| TOKEN_KEYS.iter().for_each(|key| _ = section.remove(key)))
}

/// Writes a value in place of the one that the key has, whose comment stays, or at the end.
fn set(section: &mut Table, key: &str, text: &str) {
    let mut new = Value::from(text);
    if let Some(old) = section.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    section[key] = Item::Value(new);
}

/// Profiles written as `profiles = { ... }` in one line have no place for a line of their own.
const INLINE: &str = "the profile is an inline table; write it as [profiles.NAME] with its settings below";

/// The text with the top level or a profile edited, its line ends as before.
fn edited(text: &str, profile: Option<&str>, edit: impl FnOnce(&mut Table)) -> Result<String, &'static str> {
    let mut document: DocumentMut = text.parse().map_err(|_| "it is not TOML")?;
    edit(match profile {
        None => document.as_table_mut(),
        Some(name) => section(&mut document, name)?,
    });
    let edited = document.to_string();
    // The library writes every line with a line feed alone.
    Ok(if text.contains("\r\n") { edited.replace('\n', "\r\n") } else { edited })
}

/// The table of a profile, created if it does not exist.
fn section<'d>(document: &'d mut DocumentMut, profile: &str) -> Result<&'d mut Table, &'static str> {
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let profiles = document.entry("profiles").or_insert_with(implicit).as_table_mut().ok_or(INLINE)?;
    profiles.entry(profile).or_insert_with(|| Item::Table(Table::new())).as_table_mut().ok_or(INLINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        "new".parse().expect("a token")
    }

    #[test]
    fn a_token_replaces_what_set_one_and_all_else_stays() {
        let text = "# mine\nlimit = 5 # five\ntoken_command = ['x']\norder = 'name'\n\n[profiles.test]\nlimit = 1\n";
        assert_eq!(
            with_token(text, None, &token(), None).as_deref(),
            Ok("# mine\nlimit = 5 # five\norder = 'name'\ntoken = \"new\"\n\n[profiles.test]\nlimit = 1\n")
        );
        assert_eq!(with_token("", None, &token(), None).as_deref(), Ok("token = \"new\"\n"));
        assert_eq!(with_token("token = 'old' # why\n", None, &token(), None).as_deref(), Ok("token = \"new\" # why\n"));
    }

    #[test]
    fn the_address_of_a_token_stands_in_its_section() {
        for (text, profile, expected) in [
            ("", None, "token = \"new\"\nbase_url = \"https://x\"\n"),
            ("base_url = 'y' # old\nlimit = 5\n", None, "base_url = \"https://x\" # old\nlimit = 5\ntoken = \"new\"\n"),
            (
                "base_url = 'y'\n",
                Some("p"),
                "base_url = 'y'\n\n[profiles.p]\ntoken = \"new\"\nbase_url = \"https://x\"\n",
            ),
        ] {
            assert_eq!(with_token(text, profile, &token(), Some("https://x")).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn line_ends_stay_and_a_byte_order_mark_goes() {
        assert_eq!(
            with_token("\u{feff}# mine\r\nlimit = 5\r\n\r\n[profiles.p]\r\n", None, &token(), None).as_deref(),
            Ok("# mine\r\nlimit = 5\r\ntoken = \"new\"\r\n\r\n[profiles.p]\r\n")
        );
        assert_eq!(
            without_token("\u{feff}limit = 5\r\ntoken = 'a'\r\n# end\r\n", None).as_deref(),
            Ok("limit = 5\r\n# end\r\n")
        );
        assert_eq!(with_token("limit = 5", None, &token(), None).as_deref(), Ok("limit = 5\ntoken = \"new\"\n"));
    }

    #[test]
    fn a_profile_that_is_not_there_is_made() {
        let text = "limit = 5\n";
        assert_eq!(
            with_token(text, Some("a b"), &token(), None).as_deref(),
            Ok("limit = 5\n\n[profiles.\"a b\"]\ntoken = \"new\"\n")
        );
    }

    #[test]
    fn without_a_token_all_else_stays() {
        let text = "# mine\nlimit = 5\ntoken = 'a' # why\n[profiles.p]\ntoken_file = 'x'\nlimit = 1 # one\n";
        let top = without_token(text, None).expect("TOML");
        assert_eq!(top, "# mine\nlimit = 5\n[profiles.p]\ntoken_file = 'x'\nlimit = 1 # one\n");
        let profile = without_token(text, Some("p")).expect("TOML");
        assert_eq!(profile, "# mine\nlimit = 5\ntoken = 'a' # why\n[profiles.p]\nlimit = 1 # one\n");
    }
}
