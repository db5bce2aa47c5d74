//! `carrierx partners ...`

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::{OUTPUT, PAGING, QUERY};
use crate::values::{Age, Amount, FieldChoice, FieldName, GroupKey, Order, PageSize, Parallel, Percent, When};

#[derive(Debug, Subcommand)]
pub enum PartnersCommand {
    /// List partners that match a query
    ///
    /// Lists the oldest partners first, 100 at most unless --limit or --all is given. A truncated list always says so
    /// on stderr, and so does a list that may be incomplete.
    #[command(alias = "ls")]
    List(ListArgs),

    /// Show partners by SID, display ID or login
    ///
    /// A single partner is shown with all fields, one per line; several are shown as a table. On a terminal, a single
    /// partner fits one screen: lists and objects are abbreviated, and fields that are not set are only listed. For
    /// everything, use -o json or a pipe. Partners that do not exist are reported at the end, with status 6.
    #[command(alias = "show")]
    Get(GetArgs),

    /// Search partners by name, login, email, phone number or ID
    ///
    /// Searches display_id, login, name, company_name, owner_email, billing_email, tech_email, phonenumber and
    /// partner_sid (at least four characters of it). Every word must match in one of them; case is ignored. In a
    /// number, anything between the digits is ignored; with a country code, its last ten digits are enough.
    ///
    /// carrierx asks the API for the longest word (one request per field, up to 1,000 partners each) and searches the
    /// results for the others. If nothing matches, it searches all partners without accents, spaces and punctuation.
    /// The best matches come first: exact, then at the beginning, then at the beginning of a word; then active
    /// partners; then by name. The column match shows the fields in which words were found.
    Find(FindArgs),

    /// Count partners that match a query, or add up their amounts by group
    ///
    /// Prints the total that the API reports. If it reports none, or one that contradicts its own page, the partners
    /// are counted page by page. If some may be missing, nothing is printed, and the status is 10.
    Count(CountArgs),

    /// Show the partner hierarchy with the totals of each branch
    ///
    /// Each partner is listed under its parent by company name, or by name if it has none. Each branch shows how many
    /// partners are below it (below) and the exact total balance and spending of the whole branch, its top included. A
    /// total marked * leaves out amounts that are invalid or too long. An arrow marks a root whose parent is not
    /// visible to the token. Cycles are reported and broken. With --filter, parents of matching partners are shown in
    /// parentheses and not counted.
    ///
    /// JSON nests children in their parents; the other formats have one row per partner, with depth and path. A
    /// hierarchy of more than 100 levels is refused. In all of them, left_out is the number of amounts missing from the
    /// totals, parent_visible whether the parent is among the partners, and, with --filter, matches whether the partner
    /// itself matches.
    Tree(TreeArgs),

    /// Report partners near a limit (for monitoring)
    ///
    /// Reports partners that are near a limit or low on balance, worst first. The first line and the exit status follow
    /// the monitoring plugin guidelines: 0 is OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (any error). Formats other than the
    /// table contain only the rows; -o prometheus has metrics of every partner for the textfile collector of
    /// node_exporter. With --quiet, nothing is printed when all is well. On a wide terminal, with a history, rows show
    /// the balance of the last 30 nights.
    Check(CheckArgs),

    /// Show what changed between two lists
    ///
    /// Compares a saved list with a newer one, or with the API, by SID and field by field. Decimals of equal value are
    /// equal, and so are null and absent; arrays of strings are compared as sets (+added -removed), objects field by
    /// field. If a list may be incomplete, missing partners are not reported as removed, and the status is 10.
    ///
    /// JSON has one object per partner, with the whole partner as `record` if it was added or removed; the other
    /// formats have one row per field. A list saved as CSV or TSV is compared cell by cell, without null and types, and
    /// a field for which it has no column is not compared. A filter applies to both lists.
    Diff(DiffArgs),

    /// Save a snapshot of all partners to the history
    ///
    /// Fetches every field of every partner and adds what changed to the history: a SQLite file that --at, `partners
    /// history`, `partners diff` and your own SQL can read (see `carrierx help output`). It is set with --history,
    /// CARRIERX_HISTORY or the key `history`; there is no default. Only its owner can read it (on Unix). An incomplete
    /// list is not saved (status 10). Snapshots that run at the same time wait for each other.
    Snapshot(SnapshotArgs),

    /// Show what changed, and when
    ///
    /// Compares each snapshot with the one before, field by field as `partners diff` does. Only the history is read: no
    /// token, no network.
    ///
    /// JSON has one object per partner and snapshot, with raw values. Partners have their current names.
    History(HistoryArgs),

    /// List the fields of a partner: name, type, meaning
    ///
    /// These are the documented fields. No host is contacted.
    Fields(FieldsArgs),
}

#[derive(Debug, Args)]
pub struct FieldsArgs {
    /// Names of fields [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    #[command(flatten)]
    pub cells: CellArgs,
}

#[derive(Debug, Args)]
pub struct FieldArgs {
    /// Fields to show, in this order; +A adds A
    ///
    /// Dots reach into objects, as in callbacks.sms. With + before each name, the fields are added to those shown by
    /// default. For the names, run `carrierx partners fields`.
    #[arg(short = 'F', long, value_name = "A,B", value_delimiter = ',', help_heading = OUTPUT)]
    pub fields: Vec<FieldChoice>,

    /// Fields to exclude from the defaults
    #[arg(short = 'X', long, value_name = "A,B", value_delimiter = ',', conflicts_with = "fields",
          help_heading = OUTPUT)]
    pub exclude_fields: Vec<FieldName>,
}

impl FieldArgs {
    /// The fields that `--fields` names in place of the default ones.
    pub fn only(&self) -> Option<Vec<FieldName>> {
        let adds = self.fields.iter().all(|choice| choice.is_added);
        (!adds).then(|| self.named())
    }

    /// The fields that `--fields` adds to the default ones.
    pub fn added(&self) -> Vec<FieldName> {
        if self.only().is_some() { Vec::new() } else { self.named() }
    }

    fn named(&self) -> Vec<FieldName> {
        self.fields.iter().map(|choice| choice.name.clone()).collect()
    }
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("files").args(["to"]).multiple(true))]
pub struct CellArgs {
    /// Omit the header line (table, CSV, TSV)
    #[arg(long, help_heading = OUTPUT)]
    pub no_header: bool,

    /// Prefix formula-like CSV and TSV cells with '
    #[arg(long, help_heading = OUTPUT)]
    pub formula_guard: bool,

    /// Write to FILE atomically
    ///
    /// The format is taken from -o, or else from the extension: .csv, .tsv, .json, .jsonl, .ndjson, .txt, .md,
    /// .markdown or .xlsx. With .gz after it, the file is compressed. Devices and pipes are written directly; `-` is
    /// stdout.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT, value_parser = super::file())]
    pub to: Option<PathBuf>,

    /// Replace existing files
    #[arg(long, requires = "files", help_heading = OUTPUT)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct RowArgs {
    #[command(flatten)]
    pub cells: CellArgs,

    #[command(flatten)]
    pub request: RequestArgs,
}

#[derive(Debug, Args)]
pub struct RequestArgs {
    /// Print a curl command and send nothing
    ///
    /// The command reads the token from $CARRIERX_TOKEN and requests the first page.
    #[arg(long, help_heading = OUTPUT, display_order = LAST)]
    pub dry_run: bool,
}

/// The place in the help of an option that several commands have, after all of their own.
const LAST: usize = 900;

#[derive(Debug, Args)]
#[command(after_long_help = GET_EXAMPLES)]
pub struct GetArgs {
    /// SIDs, display IDs or logins; `-` reads them from stdin
    ///
    /// A display ID is CX and digits. On stdin, each line is one ID. A repeated ID is shown once. If an ID looks like a
    /// login and no partner has it, it is looked up as a SID, provided it has 20 or more letters, digits, dots,
    /// underscores and dashes.
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,

    #[command(flatten)]
    pub fields: FieldArgs,

    #[command(flatten)]
    pub rows: RowArgs,
}

#[derive(Debug, Args)]
pub struct FilterArgs {
    /// Filter, such as 'balance lt 10'
    ///
    /// Conditions are FIELD OPERATOR VALUE, joined by `and`, or by repeating the option. For operators, quotes and
    /// wildcards, run `carrierx help filters`.
    #[arg(short, long, value_name = "EXPR", help_heading = QUERY)]
    pub filter: Vec<String>,

    /// Filter to send unchecked
    #[arg(long, value_name = "EXPR", conflicts_with = "filter", help_heading = QUERY)]
    pub raw_filter: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_long_help = TREE_EXAMPLES)]
pub struct TreeArgs {
    #[command(flatten)]
    pub filter: FilterArgs,

    /// Top of the branch to show (SID, display ID, login)
    #[arg(long, value_name = "ID", help_heading = QUERY)]
    pub root: Option<String>,

    /// Number of levels to show below the roots
    ///
    /// The totals still include every level.
    #[arg(long, value_name = "N", value_parser = depth, allow_negative_numbers = true, help_heading = QUERY)]
    pub depth: Option<usize>,

    #[command(flatten)]
    pub rows: RowArgs,
}

const TREE_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners tree --depth 1
  carrierx partners tree --root CX26419753
  carrierx partners tree -f 'status ne active'
  carrierx partners tree -o csv > hierarchy.csv";

#[derive(Debug, Args)]
#[command(after_long_help = CHECK_EXAMPLES)]
pub struct CheckArgs {
    #[command(flatten)]
    pub filter: FilterArgs,

    /// Percentage of a limit for WARNING [default: 80]
    ///
    /// Two limits are watched: the daily limit, by what the partner spent today (reason spend), and the credit limit
    /// (spending_limit), by a negative balance (reason owed).
    #[arg(short, long, value_name = "PERCENT", default_value_t = Percent::whole(80), hide_default_value = true, allow_hyphen_values = true,
          help_heading = THRESHOLDS)]
    pub warn: Percent,

    /// Percentage of a limit for CRITICAL [default: 95]
    #[arg(short, long, value_name = "PERCENT", default_value_t = Percent::whole(95), hide_default_value = true, allow_hyphen_values = true,
          help_heading = THRESHOLDS)]
    pub crit: Percent,

    /// Balance below which a partner is WARNING
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, help_heading = THRESHOLDS)]
    pub warn_balance: Option<Amount>,

    /// Balance below which a partner is CRITICAL
    ///
    /// Alias: --min-balance.
    #[arg(long, alias = "min-balance", value_name = "AMOUNT", allow_hyphen_values = true, help_heading = THRESHOLDS)]
    pub crit_balance: Option<Amount>,

    /// Warn of prepay balances below their own charge_at
    ///
    /// The automatic recharge is overdue (reason recharge, WARNING).
    #[arg(long, help_heading = THRESHOLDS)]
    pub recharge: bool,

    /// Balance runs out within AGE (7d, 48h): WARNING
    ///
    /// At the average rate of the last seven days, from the history (reason runway).
    #[arg(long, value_name = "AGE", help_heading = THRESHOLDS)]
    pub runway_warn: Option<Age>,

    /// Balance runs out within AGE: CRITICAL
    #[arg(long, value_name = "AGE", help_heading = THRESHOLDS)]
    pub runway_crit: Option<Age>,

    /// Report OK, not UNKNOWN, if no partner matches
    #[arg(long, help_heading = THRESHOLDS)]
    pub allow_none: bool,

    /// Print only what changed since the last run
    ///
    /// A column `change` is new, worse, better, recovered or gone. The first line and the exit status are still those
    /// of all partners. The first run creates FILE. For details, run `carrierx help monitoring`.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT, value_parser = super::file())]
    pub state: Option<PathBuf>,

    /// Name of the check in metrics [default: profile and filter]
    ///
    /// The label `check` of every series of -o prometheus, which distinguishes the checks on one machine.
    #[arg(long, hide_short_help = true, help_heading = OUTPUT)]
    pub name: Option<String>,

    #[command(flatten)]
    pub rows: RowArgs,
}

const THRESHOLDS: &str = "Thresholds";

const CHECK_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners check
  carrierx partners check -w 70 -c 90 --crit-balance 10
  carrierx partners check --quiet --state check.state --crit-balance 0
  carrierx partners check -o prometheus --to carrierx.prom --force";

#[derive(Debug, Args)]
#[command(after_long_help = FIND_EXAMPLES)]
pub struct FindArgs {
    /// Parts of names, logins, email addresses, numbers or IDs
    ///
    /// Every word must match, in any field. Quote words to search for the exact phrase: 'lantern hill'.
    #[arg(required = true, value_name = "WORD")]
    pub words: Vec<String>,

    #[command(flatten)]
    pub filter: FilterArgs,

    /// Maximum number of partners [default: 20]
    #[arg(short, long, value_name = "N", value_parser = found, allow_negative_numbers = true, help_heading = PAGING)]
    pub limit: Option<NonZeroU64>,

    /// Parallel requests (1 to 16) [default: 8]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = PAGING)]
    pub parallel: Option<Parallel>,

    #[command(flatten)]
    pub fields: FieldArgs,

    #[command(flatten)]
    pub rows: RowArgs,
}

const FIND_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners find garner
  carrierx partners find garner 503555
  carrierx partners find '(844) 844-0707' -f 'status eq active'
  carrierx partners find lantern -F display_id,owner_email -o csv";

#[derive(Debug, Args)]
#[command(after_long_help = COUNT_EXAMPLES)]
pub struct CountArgs {
    #[command(flatten)]
    pub filter: FilterArgs,

    /// Fields to group by, one row per group
    ///
    /// Groups are sorted by the first sum, largest first; without --sum, by number of partners. `date_created:month`
    /// groups by the month (or :year, :day) of a timestamp; dots reach into objects. Partners without a value form one
    /// group.
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = OUTPUT)]
    pub by: Vec<GroupKey>,

    /// Decimal fields to add up, exactly
    ///
    /// An amount that is not a decimal or has too many digits is left out: the sum is marked * in a table, and a
    /// column left_out counts such amounts.
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = OUTPUT)]
    pub sum: Vec<FieldName>,

    #[command(flatten)]
    pub rows: RowArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = DIFF_EXAMPLES)]
pub struct DiffArgs {
    /// Saved list or time to compare with; `-` is stdin
    ///
    /// A file that `partners list` wrote as JSON, JSON Lines, CSV or TSV, compressed by gzip or not; or a time in the
    /// history, as with --at: `last`, 7d, 1mo, 2026-10, 2026-11-01. A name with a slash or a known extension is a file.
    #[arg(value_name = "OLD", value_parser = super::file())]
    pub old: PathBuf,

    /// Newer list or time [default: the API, or --from]
    #[arg(value_name = "NEW", value_parser = super::file())]
    pub new: Option<PathBuf>,

    #[command(flatten)]
    pub filter: FilterArgs,

    #[command(flatten)]
    pub fields: FieldArgs,

    /// Show each change of balance and daily spending
    ///
    /// They change constantly, so by default only their total change is reported.
    #[arg(long, help_heading = OUTPUT)]
    pub amounts: bool,

    /// Exit with status 11 if there is a difference
    #[arg(long, help_heading = OUTPUT)]
    pub exit_code: bool,

    #[command(flatten)]
    pub rows: RowArgs,
}

const DIFF_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners list --all --to monday.jsonl.gz
  carrierx partners diff monday.jsonl.gz
  carrierx partners diff monday.jsonl.gz -F status,daily_spending_limit
  carrierx partners list --all --to friday.csv
  carrierx partners diff monday.jsonl.gz friday.csv --amounts -o csv > week.csv

With a history (see `carrierx partners snapshot --help`):
  carrierx partners diff 7d last --amounts -o csv > week.csv";

#[derive(Debug, Args)]
#[command(after_long_help = SNAPSHOT_EXAMPLES)]
pub struct SnapshotArgs {
    /// Delete snapshots older than AGE, such as 400d or 1y
    #[arg(long, value_name = "AGE")]
    pub keep: Option<Age>,

    #[command(flatten)]
    pub request: RequestArgs,
}

const SNAPSHOT_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners snapshot --history ~/partners.db
  carrierx config show    # which file is set

Crontab that saves a snapshot every night, then mails the changes (`history` is
set in the configuration):
  0 2 * * *  carrierx partners snapshot --keep 1y --quiet
  0 3 * * *  carrierx partners history --since last --quiet";

#[derive(Debug, Args)]
#[command(after_long_help = HISTORY_EXAMPLES)]
pub struct HistoryArgs {
    /// SIDs, display IDs or logins; `-` reads them from stdin
    ///
    /// A partner is found by any display ID or login that it has ever had. Without an ID, changes of all partners
    /// are shown.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,

    /// Only changes seen since: 30d, 2026-11-01, last
    ///
    /// An age (24h, 7d, 1mo, 1y), a month or day (from its beginning, UTC), RFC 3339 (2026-11-01T02:00:00Z), or `last`
    /// for the last snapshot.
    #[arg(long, value_name = "TIME", help_heading = QUERY)]
    pub since: Option<When>,

    /// Only changes seen until: 7d, 2026-11-30
    ///
    /// Same format as --since; a month or a date means its end.
    #[arg(long, value_name = "TIME", help_heading = QUERY)]
    pub until: Option<When>,

    #[command(flatten)]
    pub fields: FieldArgs,

    /// Show each change of balance and daily spending
    ///
    /// They change constantly, so by default they are only counted.
    #[arg(long, help_heading = OUTPUT)]
    pub amounts: bool,

    #[command(flatten)]
    pub cells: CellArgs,
}

const HISTORY_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners history CX15650613 --since 30d
  carrierx partners history --since 7d -F daily_spending_limit,available_scopes
  carrierx partners history --since 7d --until 2d --amounts -o csv
  carrierx partners list --at 7d -f 'balance lt 10'";

#[derive(Debug, Args)]
#[command(after_long_help = LIST_EXAMPLES)]
pub struct ListArgs {
    #[command(flatten)]
    pub filter: FilterArgs,

    /// Sort order [default: date_created:asc]
    ///
    /// FIELD, FIELD:asc, FIELD:desc, or `none` for the server's own order.
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true, help_heading = QUERY)]
    pub order: Option<Order>,

    /// Maximum number of partners [default: 100]
    #[arg(short, long, value_name = "N", value_parser = limit, allow_negative_numbers = true, help_heading = PAGING)]
    pub limit: Option<NonZeroU64>,

    /// List all matching partners
    #[arg(short, long, conflicts_with = "limit", help_heading = PAGING)]
    pub all: bool,

    /// Skip the first N partners [default: 0]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, allow_negative_numbers = true,
          help_heading = PAGING)]
    pub offset: u64,

    /// Partners per request (1 to 1000) [default: 1000]
    #[arg(long, value_name = "N", default_value_t = PageSize::MAX, hide_default_value = true, allow_negative_numbers = true,
          help_heading = PAGING)]
    pub page_size: PageSize,

    /// Parallel requests (1 to 16) [default: 8]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = PAGING)]
    pub parallel: Option<Parallel>,

    #[command(flatten)]
    pub fields: FieldArgs,

    #[command(flatten)]
    pub rows: RowArgs,

    /// Fail with status 10 unless the list is complete
    ///
    /// A list is complete if every matching partner was received exactly once and nothing that the API reported
    /// contradicts that. Implies --all unless --limit is given.
    #[arg(long, help_heading = OUTPUT)]
    pub require_complete: bool,

    /// Write a JSON receipt (counts, times, SHA-256)
    ///
    /// Contains the query, counts, times, and the SHA-256 of the --to file. It is written even if the list is
    /// incomplete, and overwrites only with --force.
    #[arg(long, value_name = "FILE", group = "files", help_heading = OUTPUT, value_parser = super::file())]
    pub receipt: Option<PathBuf>,
}

const GET_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners get CX15650613
  carrierx partners get ivory0000 CX15650613 -F display_id,balance
  carrierx partners list -F partner_sid --no-header -o tsv |
    carrierx partners get - -o csv";

const COUNT_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners count
  carrierx partners count -f 'status ne active'
  carrierx partners count --by status --sum balance
  carrierx partners count --by date_created:month,payment_type -o csv";

const LIST_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners list -f 'company_name like \"%acme%\"'
  carrierx partners list -f 'status eq active' -f 'balance lt 10' -F login
  carrierx partners list --order balance:asc -l 5
  carrierx partners list --all --require-complete --to partners.csv --force";

fn depth(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "write a whole number of levels; 0 shows the roots alone".to_owned())
}

fn found(text: &str) -> Result<NonZeroU64, String> {
    text.parse().map_err(|_| "write a whole number of 1 or more".to_owned())
}

fn limit(text: &str) -> Result<NonZeroU64, String> {
    text.parse().map_err(|_| "write a whole number of 1 or more; --all lists every partner".to_owned())
}
