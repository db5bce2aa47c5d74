//! The sections of a page that the parser of the command line knows nothing of.

use clap::Command;
use roff::{Inline, Roff, bold, roman};

use crate::api::filter::OPERATORS;
use crate::api::partner::{FIELDS, Field};
use crate::error::Kind;
use crate::settings::ROWS;

/// The environment variables that mean something besides those of settings.
const ENVIRONMENT: [(&str, &str); 10] = [
    ("CARRIERX_TOKEN", "The security token. It beats the one of the configuration, unless --profile is given."),
    ("CARRIERX_TOKEN_FILE", "A file that contains the token, in place of CARRIERX_TOKEN. Setting both is an error."),
    ("CARRIERX_PROFILE", "The profile of the configuration to use, unless --profile names one."),
    ("CARRIERX_CONFIG", "The configuration file, unless --config names one."),
    ("NO_COLOR", "If it is set and not empty, nothing is colored, unless --color or CARRIERX_COLOR says otherwise."),
    ("CLICOLOR, CLICOLOR_FORCE", "CLICOLOR=0 is like --color never, CLICOLOR_FORCE=1 like --color always."),
    ("COLUMNS", "How wide the terminal is, in place of what it tells itself."),
    ("TERM", "If it is dumb, nothing is coloured unless someone says so, and no progress is shown."),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy to use (http, https, socks4, socks4a, socks5 or socks5h) and the hosts to reach without one, also in \
         lower case, as curl reads them. A proxy that cannot be used is an error (status 3). HTTP_PROXY concerns plain http, \
         which is used on this machine alone, and requests to this machine never go to a proxy.",
    ),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "The certificate authorities to trust in place of those of the system."),
];

/// Adds all of them that fit the command.
pub(crate) fn add(command: &Command, page: &mut Roff) {
    let takes = |id: &str| command.get_arguments().any(|argument| argument.get_id() == id);
    if takes("filter") {
        filters(page);
    }
    if takes("fields") || command.get_name() == "fields" {
        fields(page);
    }
    if command.get_name() == "check" {
        exit_status_for_monitoring(page);
    } else {
        exit_status(page);
    }
    environment(page);
    files(page);
    if let Some(text) = command.get_after_help() {
        examples(&text.to_string(), page);
    }
    see_also(command, page);
}

fn heading(name: &str, page: &mut Roff) {
    page.control("SH", [name]);
}

fn paragraph(text: &str, page: &mut Roff) {
    page.control("PP", []);
    page.text([roman(text)]);
}

fn item(name: impl Into<Vec<Inline>>, text: &str, page: &mut Roff) {
    page.control("TP", []);
    page.text(name);
    page.text([roman(text)]);
}

fn filters(page: &mut Roff) {
    heading("FILTERS", page);
    page.text([
        roman("A filter is one or more conditions "),
        bold("FIELD OPERATOR VALUE"),
        roman(" joined by "),
        bold("and"),
        roman(". The operators that are documented are true if the field is, compared to the value,"),
    ]);
    for (name, meaning) in OPERATORS {
        item([bold(name)], meaning, page);
    }
    paragraph(
        "The API may know others, such as in. A value of several words stands in single or double quotes. Dots reach \
         into objects, such as callbacks.sms.",
        page,
    );
    paragraph(
        "What the API does not understand is refused before it is sent, with its place and its remedy: `or` between \
         conditions, a leading `not`, parentheses for grouping, symbols such as = and <, functions, quotes that are not \
         closed. What is understood is sent exactly as it was typed.",
        page,
    );
}

fn fields(page: &mut Roff) {
    heading("FIELDS", page);
    page.text([roman("The documented fields of a partner. The API may send others, which are shown like these.")]);
    for Field { name, kind, nullable, read_only, meaning } in FIELDS {
        let nullable = if nullable { ", may be null" } else { "" };
        let read_only = if read_only { ", read only" } else { "" };
        item([bold(name), roman(format!(" ({}{nullable}{read_only})", kind.name()))], meaning, page);
    }
}

fn exit_status(page: &mut Roff) {
    heading("EXIT STATUS", page);
    item([bold("0")], "Done, also when nothing matched, or the reader of a pipe had enough.", page);
    for kind in Kind::ALL {
        let name = [bold(kind.exit_status().to_string()), roman(format!(" ({})", kind.name()))];
        item(name, kind.meaning(), page);
    }
    paragraph(
        "After Ctrl-C or a signal to terminate the program ends by that signal, which shells show as 130 and 143.",
        page,
    );
}

fn exit_status_for_monitoring(page: &mut Roff) {
    heading("EXIT STATUS", page);
    for (status, meaning) in [
        ("0 (OK)", "No partner is at a threshold."),
        ("1 (WARNING)", "Some are at the first."),
        ("2 (CRITICAL)", "Some are at the second, or low on balance."),
        ("3 (UNKNOWN)", "An error of any kind, a mistyped option too: it is not known how the partners are."),
    ] {
        item([bold(status)], meaning, page);
    }
}

fn environment(page: &mut Roff) {
    heading("ENVIRONMENT", page);
    page.text([roman("A variable that is empty counts as unset.")]);
    for (name, meaning) in ENVIRONMENT {
        item([bold(name)], meaning, page);
    }
    for row in ROWS {
        item([bold(row.variable)], &format!("{} Overridden by {}.", row.meaning, row.option), page);
    }
}

fn files(page: &mut Roff) {
    heading("FILES", page);
    item(
        [bold("~/.config/carrierx/config.toml")],
        "The configuration; under $XDG_CONFIG_HOME if that is set, and on macOS ~/Library/Application \
         Support/carrierx/config.toml. One that contains a token must be readable by its owner only. `carrierx config init` \
         writes one with every setting in comments.",
        page,
    );
    paragraph(
        "The program writes no other files but those of --to and --receipt, and the pages of man --dir. It sends no \
         telemetry, looks for no update, and contacts no host but the API's.",
        page,
    );
}

/// The examples of the help, set as they are, and the paragraphs after them.
fn examples(text: &str, page: &mut Roff) {
    let mut paragraphs = text.split("\n\n");
    heading("EXAMPLES", page);
    let mut lines = paragraphs.next().unwrap_or_default().lines();
    if let Some(note) = lines.next().and_then(|title| title.strip_prefix("Examples (add ")?.strip_suffix("):")) {
        page.text([roman(format!("Add {note}."))]);
        page.control("PP", []);
    }
    page.control("nf", []);
    lines.for_each(|line| _ = page.text([roman(line.strip_prefix("  ").unwrap_or(line))]));
    page.control("fi", []);
    paragraphs.for_each(|text| paragraph(text, page));
}

fn see_also(command: &Command, page: &mut Roff) {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let Some((above, _)) = name.rsplit_once('-') else {
        return;
    };
    heading("SEE ALSO", page);
    let mut names = vec!["carrierx"];
    names.extend(Some(above).filter(|above| *above != "carrierx"));
    let names = names.into_iter().flat_map(|name| [roman(", "), bold(name), roman("(1)")]).skip(1);
    page.text(names.collect::<Vec<_>>());
}
