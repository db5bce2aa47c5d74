//! What parts of the output look like where there are colors. Nothing is shown by a color alone.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

/// The name of a column or a field.
pub const NAME: Style = Style::new().bold();

/// In place of a value that is not there.
pub const ABSENT: Style = Style::new().dimmed();

/// What is not the result itself.
pub const ASIDE: Style = Style::new().dimmed();

/// The look of a partner's status, or of how bad its state is; the API's list of them is open, and an unknown one has
/// none.
pub fn of_status(status: &str) -> Style {
    let color = match status {
        "active" => AnsiColor::Green,
        "unverified" | "pending" | "warning" => AnsiColor::Yellow,
        "suspended" | "disabled" | "closed" | "deleted" | "critical" => AnsiColor::Red,
        _ => return Style::new(),
    };
    Style::new().fg_color(Some(color.into()))
}

/// The text in that look, if `colored` at all.
pub fn painted(text: &str, style: Style, colored: bool) -> Cow<'_, str> {
    if !colored || style.is_plain() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{style}{text}{style:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_a_look_is_painted_and_only_where_there_are_colors() {
        assert_eq!(painted("active", of_status("active"), true), "\u{1b}[32mactive\u{1b}[0m");
        assert_eq!(painted("active", of_status("active"), false), "active");
        assert_eq!(painted("on holiday", of_status("on holiday"), true), "on holiday");
    }
}
