//! What parts of the output look like where there are colors. Nothing is shown by a color alone.

/// The look of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// The name of a column or a field.
    Name,
    /// What is not the result itself, or stands for a value that is not there.
    Aside,
    Good,
    Doubtful,
    Bad,
}

/// Each look, the character that stands for it within a table, and the code that a terminal takes.
///
/// The characters have no width, and no text that came has them, as they are invisible and so escaped in it.
const LOOKS: [(Paint, char, &str); 5] = [
    (Paint::Name, '\u{e0002}', "\x1b[1m"),
    (Paint::Aside, '\u{e0003}', "\x1b[2m"),
    (Paint::Good, '\u{e0004}', "\x1b[32m"),
    (Paint::Doubtful, '\u{e0005}', "\x1b[33m"),
    (Paint::Bad, '\u{e0006}', "\x1b[31m"),
];

/// Stands where a look ends.
const END: char = '\u{e0001}';

/// The look of a partner's status, or of how bad its state is; the API's list of them is open, and an unknown one has
/// none.
pub fn of_status(status: &str) -> Option<Paint> {
    match status {
        "active" => Some(Paint::Good),
        "unverified" | "pending" | "warning" => Some(Paint::Doubtful),
        "suspended" | "disabled" | "closed" | "deleted" | "critical" => Some(Paint::Bad),
        _ => None,
    }
}

/// The text between the marks of a look.
pub fn marked(text: &str, paint: Paint) -> String {
    let mark = LOOKS.iter().find(|(look, ..)| *look == paint).map_or(END, |(_, mark, _)| *mark);
    format!("{mark}{text}{END}")
}

/// The text with codes in place of marks, or without both. A look ends at the latest where a text was cut.
pub fn resolved(text: &str, colored: bool) -> String {
    let (mut out, mut is_open) = (String::with_capacity(text.len() + 16), false);
    for c in text.chars() {
        match LOOKS.iter().find(|(_, mark, _)| *mark == c) {
            Some((.., code)) if colored => {
                out.push_str(code);
                is_open = true;
            }
            None if c != END => out.push(c),
            _ => {}
        }
        if is_open && matches!(c, END | '…') {
            out.push_str("\x1b[0m");
            is_open = false;
        }
    }
    out
}

/// The text in that look, if `colored` at all.
pub fn painted(text: &str, paint: Paint, colored: bool) -> String {
    resolved(&marked(text, paint), colored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_ends_where_its_text_does_or_was_cut_and_is_nothing_without_colors() {
        assert_eq!(painted("active", Paint::Good, true), "\u{1b}[32mactive\u{1b}[0m");
        assert_eq!(painted("active", Paint::Good, false), "active");
        let cut = format!("{} x", marked("a name", Paint::Name).replace(" name\u{e0001}", "…"));
        assert_eq!(resolved(&cut, true), "\u{1b}[1ma…\u{1b}[0m x");
        assert_eq!(of_status("on holiday"), None);
    }
}
