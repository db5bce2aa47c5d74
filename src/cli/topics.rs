//! What several commands have in common, written once for `carrierx help TOPIC` and for a page of the manual.

use crate::api::filter::OPERATORS;
use crate::settings::ROWS;

/// A subject with a page of its own.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    pub name: &'static str,
    /// The section of the manual that its page belongs to.
    pub section: &'static str,
    pub about: &'static str,
    blocks: fn() -> Vec<Block>,
}

/// A part of a topic.
#[derive(Debug)]
pub enum Block {
    Heading(&'static str),
    Paragraph(String),
    /// A term and its meaning.
    Item(String, String),
    /// Lines that are shown as they are.
    Lines(&'static str),
}

pub const TOPICS: [Topic; 3] = [
    Topic { name: "filters", section: "7", about: "Filter partners: operators, values, examples", blocks: filters },
    Topic { name: "config", section: "5", about: "Configuration: file, keys, precedence, tokens", blocks: config },
    Topic {
        name: "monitoring",
        section: "7",
        about: "Monitor partners: Nagios, Icinga 2, cron, systemd, Prometheus",
        blocks: monitoring,
    },
];

/// The names of the topics, and what each is about.
pub fn with_pages() -> Vec<(&'static str, &'static str)> {
    TOPICS.iter().map(|topic| (topic.name, topic.about)).collect()
}

/// The columns that a line of text has at most.
const WIDTH: usize = 80;

/// The columns before the meaning of a term.
const INDENT: usize = 18;

impl Topic {
    pub fn named(name: &str) -> Option<Self> {
        TOPICS.into_iter().find(|topic| topic.name == name)
    }

    pub fn blocks(self) -> Vec<Block> {
        (self.blocks)()
    }

    /// The topic as text for a terminal, with the headings marked by `mark`.
    pub fn text(self, mark: impl Fn(&str) -> String) -> String {
        let mut text = self.about.to_owned();
        let mut before = None;
        for block in self.blocks() {
            let is_tight =
                matches!((&before, &block), (Some(Block::Heading(_)), _) | (Some(Block::Item(..)), Block::Item(..)));
            text.push_str(if is_tight { "\n" } else { "\n\n" });
            match &block {
                Block::Heading(heading) => text.push_str(&mark(&format!("{heading}:"))),
                Block::Paragraph(words) => text.push_str(&wrapped("", 0, words)),
                Block::Item(term, meaning) => text.push_str(&wrapped(&format!("  {term}"), INDENT, meaning)),
                Block::Lines(lines) => text.push_str(lines),
            }
            before = Some(block);
        }
        text
    }
}

/// The words in lines of the width, indented; the first one begins with a term.
fn wrapped(term: &str, indent: usize, words: &str) -> String {
    let mut text = term.to_owned();
    let mut column = term.chars().count();
    for word in words.split_whitespace() {
        let length = word.chars().count();
        let gap = match column {
            column if column < indent => indent - column,
            column if column == indent => 0,
            column if column + 1 + length <= WIDTH => 1,
            _ => {
                text.push('\n');
                column = 0;
                indent
            }
        };
        text.extend(std::iter::repeat_n(' ', gap));
        text.push_str(word);
        column += gap + length;
    }
    text
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(text.to_owned())
}

fn item(term: &str, meaning: &str) -> Block {
    Block::Item(term.to_owned(), meaning.to_owned())
}

fn filters() -> Vec<Block> {
    let mut blocks = vec![
        paragraph(
            "A filter is one or more conditions, FIELD OPERATOR VALUE, joined by `and`. The option --filter can be \
             repeated; all of its conditions must match. `carrierx partners fields` lists the fields. Dots reach into \
             objects and into arrays of objects: callbacks.sms.",
        ),
        Block::Heading("Operators"),
    ];
    blocks.extend(OPERATORS.map(|operator| item(operator.name, operator.meaning)));
    blocks.extend([
        paragraph(
            "Operators can be typed in any case. CarrierX does not publish the full list, so other words are sent as \
             they are. The sandbox also knows `in` and `null`.",
        ),
        Block::Heading("Values"),
        item("text", "Quote values that contain spaces, with \" or '. Use the other kind for the shell."),
        item("numbers", "Digits with a point, such as 10.50; no currency, no thousands separators."),
        item("timestamps", "UTC, such as 2024-05-20T18:32:37.000Z. The sandbox also takes a prefix: 2024-06."),
        item("null", "`eq null` matches a missing value, `ne null` any value. Other comparisons never match null."),
        item(
            "like",
            "% stands for any characters. A pattern without % matches only the value itself. To search several fields at \
             once, use `carrierx partners find WORD`.",
        ),
        Block::Heading("Mistakes"),
        paragraph(
            "A filter that the API is known not to understand is refused before it is sent, with the mistake marked and \
             a fix: `or` between conditions, a leading `not`, parentheses for grouping, symbols such as = and <, functions, \
             and quotes that are not closed. Expressions in CarrierX's documentation are URL-encoded: replace each + or \
             %20 with a space. --raw-filter sends an expression unchecked.",
        ),
        Block::Heading("Examples"),
        Block::Lines(
            "  carrierx partners list -f 'balance ge -100 and balance lt 10'
  carrierx partners list -f 'company_name eq \"Misty Vole Telecom\"'
  carrierx partners list -f 'owner_email like \"%.org\"'
  carrierx partners list -f 'status ne active' -f 'country_code in (USA,MEX)'
  carrierx partners list -f 'company_name eq null'
  carrierx partners list -f 'date_created ge 2024-06-01T00:00:00.000Z'",
        ),
    ]);
    blocks
}

fn config() -> Vec<Block> {
    let mut blocks = vec![
        paragraph(
            "The configuration file is TOML. Every setting is optional, and so is the file. It is \
             $XDG_CONFIG_HOME/carrierx/config.toml, which is ~/.config/carrierx/config.toml by default, and on macOS \
             ~/Library/Application Support/carrierx/config.toml. --config or CARRIERX_CONFIG names another.",
        ),
        paragraph(
            "`carrierx config path` prints its path, `carrierx config init` creates it with every setting commented out, \
             and `carrierx config show` shows every value and where it comes from.",
        ),
        Block::Heading("Keys"),
        item(
            "token",
            "The security token. Or: token_file, a file that contains it; or token_command, a command that prints it.",
        ),
        item("default_profile", "Profile to use unless --profile or CARRIERX_PROFILE names one."),
    ];
    blocks.extend(ROWS.iter().map(|row| item(row.key, row.meaning)));
    blocks.extend([
        paragraph(
            "Every key but default_profile (use CARRIERX_PROFILE) has an environment variable, CARRIERX_ followed by the \
             key in capitals, such as CARRIERX_TIMEOUT. Relative paths in the file start at its folder; ~/ is the home directory.",
        ),
        Block::Heading("Profiles"),
        paragraph(
            "Each table [profiles.NAME] can set the same keys, except default_profile. A profile inherits every setting \
             from the top level of the file except the token.",
        ),
        Block::Lines(
            "  default_profile = \"production\"

  [profiles.production]
  token_command = [\"pass\", \"show\", \"carrierx\"]

  [profiles.test]
  token_file = \"~/.secrets/carrierx-test\"
  limit = 10",
        ),
        Block::Heading("Precedence"),
        paragraph(
            "Option > environment > profile > top level of the file > default. If an option is repeated, the last one \
             counts. Empty variables count as unset. A token in CARRIERX_TOKEN or CARRIERX_TOKEN_FILE is overridden only \
             by the token of a profile selected with --profile.",
        ),
        Block::Heading("Security"),
        paragraph(
            "A file that contains a token must be readable only by its owner, and a file with a token or a base_url \
             writable only by its owner. A token from the file is sent only to the base_url of the same profile or level, \
             to the default, or to a --base-url on the command line, never to CARRIERX_BASE_URL.",
        ),
    ]);
    blocks
}

fn monitoring() -> Vec<Block> {
    vec![
        paragraph(
            "`carrierx partners check` follows the rules for monitoring plugins. Its exit status is 0 (OK), 1 (WARNING), 2 \
             (CRITICAL) or 3 (UNKNOWN: any error, nobody checked, or a list that may be incomplete). The first line of a \
             table contains no text from the API.",
        ),
        Block::Heading("Reasons"),
        item("spend", "Spending today, as a percentage of daily_spending_limit: --warn and --crit."),
        item("owed", "Debt (a negative balance), as a percentage of spending_limit: --warn and --crit."),
        item("balance", "A balance below --warn-balance or --crit-balance."),
        item(
            "recharge",
            "With --recharge: a prepay balance below the partner's own charge_at. Always WARNING. With --recharge 2h, only \
             if the snapshots of the last two hours show that, and the one before them.",
        ),
        item(
            "runway",
            "A balance that ends within --runway-warn or --runway-crit, at the rate of the last seven days: what it fell \
             between snapshots, by the time in which it did not rise. It takes a snapshot at least every \
             other day (`carrierx partners snapshot`). Prepay partners with a charge_at recharge by themselves and have no \
             runway. Partners without a rate are counted in a note; if no partner has one, the result is UNKNOWN.",
        ),
        paragraph(
            "Several reasons are joined by +. A limit that is null, zero or negative is no limit. Partners with a missing \
             or invalid amount are reported as not judged. If nothing worse is found, they make the result UNKNOWN; \
             exclude them with -f.",
        ),
        Block::Heading("Performance data"),
        Block::Lines("  critical=2;;0;0 warning=3;0;;0 checked=250;;;0 unjudged=0;;;0 time=0.412s;;;0"),
        paragraph(
            "The fields are value;warning;critical;minimum. One partner is enough for WARNING or CRITICAL, so those counts \
             carry the threshold 0. `time` is the duration of the whole check. Labels are the same in every run.",
        ),
        Block::Heading("Only what changed"),
        paragraph(
            "With --state FILE, only partners that changed since the last run with FILE are printed; with --quiet, nothing \
             is printed if there are none. The first line and the exit status are always those of all partners. The column \
             `change` is new, worse, better, recovered or gone: a partner that is gone is no longer in the list, because \
             it was deleted or the filter no longer matches it. What counts is the level, not the reason. A partner that \
             could not be judged keeps its earlier level unless it got worse.",
        ),
        paragraph(
            "FILE is JSON with a version number, readable and writable only by its owner, and replaced atomically once \
             everything is printed. It is left alone if the result is UNKNOWN. A run with other thresholds, another \
             filter, profile or API starts over, with a note. A file that is damaged, of another version, of another user, \
             writable by others, or larger than 64 MiB makes the result UNKNOWN; delete it to start over.",
        ),
        Block::Heading("Cron"),
        Block::Lines("  */15 * * * * carrierx partners check --quiet -o table --state ~/check.state"),
        paragraph("Cron sends a mail when something is printed: a change, a warning, or an error."),
        Block::Heading("Nagios"),
        Block::Lines(
            "  define command {
    command_name  check_carrierx
    command_line  /usr/bin/carrierx partners check -o table --max-time 50s \\
                  -w $ARG1$ -c $ARG2$ --crit-balance $ARG3$
  }",
        ),
        paragraph(
            "--max-time makes the result UNKNOWN before Nagios kills the command after 60 seconds. The token is in the \
             configuration file of the user that Nagios runs as.",
        ),
        Block::Heading("Icinga 2"),
        Block::Lines(
            "  object CheckCommand \"carrierx\" {
    command = [ \"/usr/bin/carrierx\", \"partners\", \"check\", \"-o\", \"table\" ]
    arguments = {
      \"--max-time\" = \"50s\"
      \"--warn\" = \"$carrierx_warn$\"
      \"--crit\" = \"$carrierx_crit$\"
      \"--crit-balance\" = \"$carrierx_crit_balance$\"
    }
  }",
        ),
        Block::Heading("systemd"),
        paragraph("carrierx-check.service; the token is a credential that only this service can read:"),
        Block::Lines(
            "  [Unit]
  Description=Check CarrierX partners

  [Service]
  Type=oneshot
  DynamicUser=yes
  StateDirectory=carrierx
  LoadCredential=token:/etc/carrierx/token
  Environment=CARRIERX_TOKEN_FILE=%d/token
  ExecStart=/usr/bin/carrierx partners check -o table --state %S/carrierx/check",
        ),
        paragraph("carrierx-check.timer; OnFailure= in the service can notify somebody:"),
        Block::Lines(
            "  [Timer]
  OnCalendar=*:0/15

  [Install]
  WantedBy=timers.target",
        ),
        Block::Heading("Prometheus"),
        Block::Lines("  */5 * * * * carrierx partners check -o prometheus --force --to DIR/cx.prom"),
        paragraph(
            "-o prometheus writes metrics for the textfile collector of node_exporter. DIR is the folder of its option \
             --collector.textfile.directory (Debian: /var/lib/prometheus/node-exporter). If the result is UNKNOWN, the file \
             is left alone, so alert on the age of carrierx_check_time_seconds, too.",
        ),
        Block::Lines(
            "  carrierx_check_time_seconds            when the partners were checked
  carrierx_check_partners{level}         ok, warning, critical, unjudged
  carrierx_partner_level                 0 is OK, 1 WARNING, 2 CRITICAL
  carrierx_partner_balance
  carrierx_partner_daily_spent_amount
  carrierx_partner_daily_spending_limit
  carrierx_partner_spending_limit
  carrierx_partner_charge_at",
        ),
        paragraph(
            "Partners have the labels partner_sid and display_id. Amounts have the digits that the API sent. There is no \
             sample of an amount that is null or not a decimal, nor of the level of a partner that could not be judged.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_fits_80_columns() {
        for topic in TOPICS {
            for line in topic.text(str::to_owned).lines() {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", topic.name);
            }
        }
    }

    #[test]
    fn words_are_wrapped_under_the_meaning_of_a_term() {
        assert_eq!(wrapped("  eq", 6, "a b"), "  eq  a b");
        let text = wrapped("  eq", INDENT, &"word ".repeat(20));
        let lines: Vec<_> = text.lines().collect();
        assert!(lines.len() == 2 && lines[1].starts_with(&format!("{}word", " ".repeat(INDENT))), "{text}");
    }
}
