//! Edits the text of the configuration file: comments and order are kept.

use toml_edit::{DocumentMut, Item, Key, Table, Value, value};

use crate::values::Token;

/// The keys that set a token.
const TOKEN_KEYS: [&str; 3] = ["token", "token_file", "token_command"];

/// The text with the token in place of whatever set one, at the top level or in a profile, which is created if there is
/// none.
pub fn with_token(text: &str, profile: Option<&str>, token: &Token) -> Result<String, &'static str> {
    edited(text, |document| insert(document, profile, token))
}

fn insert(document: &mut DocumentMut, profile: Option<&str>, token: &Token) -> Result<(), &'static str> {
    let section = match profile {
        None => document.as_table_mut(),
        Some(name) => {
            let implicit = || {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            };
            let profiles = document.entry("profiles").or_insert_with(implicit);
            let profiles = profiles.as_table_mut().ok_or(INLINE)?;
            profiles.entry(name).or_insert_with(|| Item::Table(Table::new())).as_table_mut().ok_or(INLINE)?
        }
    };
    if TOKEN_KEYS.iter().any(|key| section.contains_key(key)) {
        replace(section, token);
    } else {
        section.insert("token", value(token.expose()));
    }
    Ok(())
}

/// Writes the token where another one stood, with the comments around it.
fn replace(section: &mut Table, token: &Token) {
    let names: Vec<String> = section.iter().map(|(name, _)| name.to_owned()).collect();
    // Removing and inserting every entry is the only way to keep the order.
    let entries: Vec<(Key, Item)> = names.iter().filter_map(|name| section.remove_entry(name)).collect();
    for (key, item) in entries {
        if !TOKEN_KEYS.contains(&key.get()) {
            section.insert_formatted(&key, item);
            continue;
        }
        let mut new = Value::from(token.expose());
        if let Some(old) = item.as_value() {
            *new.decor_mut() = old.decor().clone();
        }
        section.insert_formatted(&Key::new("token").with_leaf_decor(key.leaf_decor().clone()), Item::Value(new));
    }
}

/// The text without anything that sets a token, at the top level or in a profile.
pub fn without_token(text: &str, profile: Option<&str>) -> Result<String, &'static str> {
    edited(text, |document| take_out(document, profile))
}

fn take_out(document: &mut DocumentMut, profile: Option<&str>) -> Result<(), &'static str> {
    let section = match profile {
        None => Some(document.as_table_mut()),
        Some(name) => match document.get_mut("profiles").and_then(|profiles| profiles.get_mut(name)) {
            Some(section) if !section.is_none() => Some(section.as_table_mut().ok_or(INLINE)?),
            _ => None,
        },
    };
    let orphans = section.map(remove).unwrap_or_default();
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    document.set_trailing(format!("{orphans}{trailing}"));
    Ok(())
}

/// Removes what sets a token. The comments above it are moved to what follows, or returned if nothing follows.
fn remove(section: &mut Table) -> String {
    let names: Vec<String> = section.iter().map(|(name, _)| name.to_owned()).collect();
    let Some(at) = names.iter().position(|name| TOKEN_KEYS.contains(&name.as_str())) else { return String::new() };
    let Some((key, _)) = section.remove_entry(&names[at]) else { return String::new() };
    let above = key.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let next = names.get(at + 1).filter(|next| section.get(next).is_some_and(Item::is_value));
    let Some(mut next) = next.and_then(|next| section.key_mut(next)) else { return above.to_owned() };
    let decor = next.leaf_decor_mut();
    let before = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let prefix = format!("{above}{before}");
    decor.set_prefix(prefix);
    String::new()
}

/// Profiles written as `profiles = { ... }` in one line have no place for a line of their own.
const INLINE: &str = "the profile stands in one line; write it as [profiles.NAME] with its settings below";

/// The byte order mark that some editors put before the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The edited text, with its byte order mark and line endings as before.
fn edited(text: &str, edit: impl FnOnce(&mut DocumentMut) -> Result<(), &'static str>) -> Result<String, &'static str> {
    let plain = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut document: DocumentMut = plain.parse().map_err(|_| "it is not TOML")?;
    edit(&mut document)?;
    let mark = &text[..text.len() - plain.len()];
    Ok(format!("{mark}{}", with_line_ends_of(plain, &document.to_string())))
}

/// The new text, in which the lines before and after the change end as they did, and those of the change as the first.
fn with_line_ends_of(old: &str, new: &str) -> String {
    let words = |line: &str| line.trim_end_matches(['\r', '\n']).to_owned();
    let (old, new): (Vec<_>, Vec<_>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let usual = if old.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let same = |(old, new): &(&&str, &&str)| words(old) == words(new);
    let before = old.iter().zip(&new).take_while(same).count();
    let after = old[before..].iter().rev().zip(new[before..].iter().rev()).take_while(same).count();
    let lines = new.iter().enumerate().map(|(at, line)| {
        let kept = match at {
            _ if at < before => Some(old[at]),
            _ if at >= new.len() - after => Some(old[at + old.len() - new.len()]),
            _ => None,
        };
        let end = kept.map(|kept| &kept[words(kept).len()..]).filter(|end| !end.is_empty() || at + 1 == new.len());
        words(line) + end.unwrap_or(usual)
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        "new".parse().expect("a token")
    }

    #[test]
    fn a_token_replaces_what_stood_there_and_comments_and_order_stay() {
        let text = "# mine\nlimit = 5 # five\ntoken_command = ['x']\norder = 'name'\n\n[profiles.test]\nlimit = 1\n";
        assert_eq!(
            with_token(text, None, &token()).as_deref(),
            Ok("# mine\nlimit = 5 # five\ntoken = \"new\"\norder = 'name'\n\n[profiles.test]\nlimit = 1\n")
        );
        assert_eq!(with_token("", None, &token()).as_deref(), Ok("token = \"new\"\n"));
        assert_eq!(with_token("token = 'old' # why\n", None, &token()).as_deref(), Ok("token = \"new\" # why\n"));
    }

    #[test]
    fn byte_order_mark_and_line_ends_stay() {
        assert_eq!(
            with_token("\u{feff}# mine\r\nlimit = 5\r\n\r\n[profiles.p]\r\n", None, &token()).as_deref(),
            Ok("\u{feff}# mine\r\nlimit = 5\r\ntoken = \"new\"\r\n\r\n[profiles.p]\r\n")
        );
        assert_eq!(
            with_token("a = 1\r\ntoken = 'old' # why\r\nb = 2\nc = 3", None, &token()).as_deref(),
            Ok("a = 1\r\ntoken = \"new\" # why\r\nb = 2\nc = 3")
        );
        assert_eq!(
            without_token("\u{feff}limit = 5\r\ntoken = 'a'\r\n# end\r\n", None).as_deref(),
            Ok("\u{feff}limit = 5\r\n# end\r\n")
        );
        assert_eq!(with_token("limit = 5", None, &token()).as_deref(), Ok("limit = 5\ntoken = \"new\"\n"));
    }

    #[test]
    fn a_profile_that_is_not_there_is_made() {
        let text = "limit = 5\n";
        assert_eq!(
            with_token(text, Some("a b"), &token()).as_deref(),
            Ok("limit = 5\n\n[profiles.\"a b\"]\ntoken = \"new\"\n")
        );
    }

    #[test]
    fn without_a_token_all_else_stays() {
        let text = "# mine\ntoken = 'a'\nlimit = 5\n[profiles.p]\n# why\ntoken_file = 'x'\nlimit = 1\n";
        let top = without_token(text, None).expect("TOML");
        assert_eq!(top, "# mine\nlimit = 5\n[profiles.p]\n# why\ntoken_file = 'x'\nlimit = 1\n");
        assert_eq!(without_token("# mine\ntoken = 'a'\n", None).as_deref(), Ok("# mine\n"));
        let profile = without_token(text, Some("p")).expect("TOML");
        assert_eq!(profile, "# mine\ntoken = 'a'\nlimit = 5\n[profiles.p]\n# why\nlimit = 1\n");
        assert_eq!(without_token(text, Some("none")).as_deref(), Ok(text));
    }
}
