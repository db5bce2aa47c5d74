use super::*;

#[test]
fn ordinary_text_of_any_script_passes() {
    for text in ["Acme, Inc. \\ \"x\"", "Zażółć Żółw", "東京通信", "شركة", "👩‍💻 👍🏽", "می‌خواهم", "é"]
    {
        assert_eq!(escape(text), text);
    }
}

#[test]
fn control_characters_are_escaped() {
    assert_eq!(escape("a\u{1b}[31mb\u{7}\r\n\t\u{7f}\u{9b}2J"), r"a\u{1b}[31mb\u{7}\r\n\t\u{7f}\u{9b}2J");
    for c in (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
        assert!(!escape(&c.to_string()).contains(c), "{c:?}");
    }
}

#[test]
fn what_turns_or_hides_text_is_escaped() {
    assert_eq!(escape("moc\u{202e}.x"), r"moc\u{202e}.x");
    assert_eq!(escape("ad\u{200b}min\u{feff}"), r"ad\u{200b}min\u{feff}");
    assert_eq!(escape("ad\u{200d}min"), r"ad\u{200d}min");
    assert_eq!(escape("x\u{200d}"), r"x\u{200d}");
    // Not assigned yet, and meant to be invisible.
    assert_eq!(escape("x\u{2065}"), r"x\u{2065}");
}

#[test]
fn nothing_that_is_meant_to_be_invisible_passes_between_letters() {
    let ignorable = ('\0'..=char::MAX).filter(|c| is_ignorable(*c));
    assert_eq!(ignorable.clone().count(), 4174);
    for c in ignorable {
        for text in
            [format!("{c}"), format!("a{c}b"), format!("é{c}é"), format!("1{c}"), format!("😀{c}"), format!("🐶{c}🐱")]
        {
            // Selectors after an emoji, and joiners between two, hide nothing.
            let is_of_emoji = !text.contains(['a', 'é', '1']) && matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}');
            assert!(!escape(&text).contains(c) || is_of_emoji, "{text:?}");
        }
    }
}

#[test]
fn what_is_invisible_stays_where_an_emoji_or_a_script_needs_it() {
    for text in [
        "1\u{fe0f}\u{20e3}",
        "❤\u{fe0f}",
        "❤\u{fe0f}\u{200d}🔥",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦",
        "🕵🏻\u{200d}♂\u{fe0f}",
        "🏳\u{fe0f}\u{200d}🌈",
        "می\u{200c}خواهم",
        "ന\u{d4d}\u{200d}",
        "ක්\u{200d}ෂ",
        "র\u{200d}\u{9cd}য",
        "ه\u{200d}",
        "क्\u{200c}ष",
    ] {
        assert_eq!(escape(text), text, "{text:?}");
        let doubled = text.replace('\u{200d}', "\u{200d}\u{200d}").replace('\u{fe0f}', "\u{fe0f}\u{fe0f}");
        assert!(doubled == text || escape(&doubled).contains("\\u{"), "{text:?}");
    }
    assert_eq!(escape("🏴\u{e0061}\u{e007f}"), r"🏴\u{e0061}\u{e007f}");
}

#[test]
fn a_letter_has_a_few_marks_and_not_thousands() {
    let vietnamese = "Nguye\u{302}\u{303}n";
    assert_eq!(escape(vietnamese), vietnamese);
    let piled = escape(&format!("a{}b", "\u{301}".repeat(5000))).into_owned();
    let most = piled.split(|c| c != '\u{301}').map(|run| run.chars().count()).max();
    assert!(most <= Some(MAX_MARKS) && piled.contains(r"\u{301}"), "{most:?}");
    assert_eq!(escape("\u{301}a"), r"\u{301}a");
    let joined = escape(&format!("क{}", "\u{94d}\u{200d}".repeat(5000))).into_owned();
    let most = joined.split('}').map(|run| run.matches('\u{94d}').count()).max();
    assert!(most <= Some(MAX_MARKS) && escape(&joined) == joined, "{most:?}");
}

#[test]
fn json_is_escaped_by_its_own_escapes_and_means_the_same() {
    let json = "[\n  \"a\u{202e}\u{9b}\u{e0041}é\"\n]";
    let escaped = escape_json(json);
    assert_eq!(escaped, "[\n  \"a\\u202e\\u009b\\udb40\\udc41é\"\n]");
    let values = |text: &str| serde_json::from_str::<Vec<String>>(text).expect("a list");
    assert_eq!(values(&escaped), values(json));
}

#[test]
fn text_is_as_wide_as_terminals_show_it() {
    for (text, columns) in
        [("abc", 3), ("東京", 4), ("e\u{301}", 1), ("👩‍💻", 2), ("🇩🇪", 2), ("", 0), ("កា", 2), ("👍🏽", 2)]
    {
        assert_eq!(width(text), columns, "{text}");
    }
}

#[test]
fn what_is_invisible_before_something_escaped_is_escaped_too() {
    for text in ["👨\u{200d}\u{200b}👩", "ه\u{200d}\u{202e}ب", "می\u{200c}\u{7}خ", "1\u{fe0f}\u{200b}\u{20e3}"]
    {
        let escaped = escape(text).into_owned();
        assert_eq!(escape(&escaped), escaped, "{text:?}");
    }
    assert_eq!(escape("👨\u{200d}\u{200b}👩"), r"👨\u{200d}\u{200b}👩");
}
