//! `carrierx partners ...`

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::{OUTPUT, PAGING, QUERY};
use crate::values::{Amount, FieldName, Order, PageSize, Parallel, Percent};

/// What can be asked about partners.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the partners that match a query
    ///
    /// The oldest come first, at most 100 of them unless --limit or --all says otherwise. A list that is cut says so on
    /// stderr, and so does one that may not be whole.
    List(ListArgs),

    /// Show single partners, by SID, display ID or login
    ///
    /// One partner is shown with all its fields, one a line; several make a table. Those that do not exist are named at
    /// the end, with status 6.
    Get(GetArgs),

    /// Count the partners that match a query
    ///
    /// Prints one number: the total that the API reports, or, if it reports none or its own page contradicts it, the
    /// partners counted page by page. If some may be missing, it prints nothing and ends with status 10.
    Count(CountArgs),

    /// Draw who belongs to whom, with the sums of each branch
    ///
    /// Each partner stands under its parent, by name (the company's where it has none); a branch tells how many are
    /// below its beginning, and what their balances and today's spending sum up to, exactly, its beginning included. A
    /// sum marked * lacks an amount that is no decimal or too long. A root marked by an arrow has a parent that this
    /// token does not see; parents in a loop are told, and the loop is cut. With --filter, those above a match stand in
    /// parentheses and are not counted.
    ///
    /// JSON has objects with their children in them, to 100 levels; the other formats have rows with depth and path.
    /// Both tell in left_out how many amounts the sums lack, in parent_visible whether the parent is among the
    /// partners, and with --filter in matches whether the partner counts.
    Tree(TreeArgs),

    /// Tell who is near a limit, for monitoring
    ///
    /// A partner is told if what it spent today is at or over a share of its daily limit, or its balance below an
    /// amount; the worst come first. A limit that is null, zero or negative is no limit. The first line and the exit
    /// status are what monitoring systems read: 0 is OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, which any error is. Formats
    /// other than the table have the rows alone; with --quiet a table of nobody is nothing at all.
    Check(CheckArgs),

    /// The fields of a partner: name, type, what they mean
    Fields,
}

/// Which fields of a partner are shown.
#[derive(Debug, Args)]
pub(crate) struct FieldArgs {
    /// Only these fields, in this order
    ///
    /// Dots reach into objects, such as callbacks.sms. `carrierx partners fields` lists the names.
    #[arg(short = 'F', long, value_name = "A,B", value_delimiter = ',', help_heading = OUTPUT)]
    pub(crate) fields: Vec<FieldName>,

    /// All fields but these
    #[arg(short = 'X', long, value_name = "A,B", value_delimiter = ',', conflicts_with = "fields",
          help_heading = OUTPUT)]
    pub(crate) exclude_fields: Vec<FieldName>,
}

impl FieldArgs {
    /// The fields of `--fields`, if it was given.
    pub(crate) fn only(&self) -> Option<Vec<FieldName>> {
        (!self.fields.is_empty()).then(|| self.fields.clone())
    }
}

/// How rows are written.
#[derive(Debug, Args)]
pub(crate) struct RowArgs {
    /// No header line in tables, CSV and TSV
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) no_header: bool,

    /// An apostrophe before text that looks like a formula
    ///
    /// In CSV and TSV, for spreadsheets, which would run it.
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) formula_guard: bool,

    /// Whether the request is shown instead.
    #[command(flatten)]
    pub(crate) request: RequestArgs,
}

/// Whether the request is shown instead of its result.
#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// Print a curl command instead of asking
    ///
    /// It works when pasted; the token stays in $CARRIERX_TOKEN. Of several pages, the first is shown.
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) dry_run: bool,
}

/// Which partners are shown, and how.
#[derive(Debug, Args)]
#[command(after_help = GET_EXAMPLES)]
pub(crate) struct GetArgs {
    /// SIDs, display IDs (CX and digits) or logins; `-` reads them from stdin, one a line
    ///
    /// An ID given twice is shown once. If no partner has a login of 20 or more letters, digits, dots, underscores and
    /// dashes, it is looked up as a SID.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,

    /// Which fields are shown.
    #[command(flatten)]
    pub(crate) fields: FieldArgs,

    /// How rows are written.
    #[command(flatten)]
    pub(crate) rows: RowArgs,
}

/// Which partners a command is about.
#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only partners that match, such as 'balance lt 10'
    ///
    /// FIELD OPERATOR VALUE, joined by `and`. The operators are eq, ne, gt, ge, lt, le, like (with % as wildcard) and
    /// whatever else the API knows; repeat the option to join conditions. A value of several words stands in quotes: 'company_name eq "Acme Telecom"'. Dots
    /// reach into objects: 'callbacks.sms ne ""'.
    #[arg(short, long, value_name = "EXPR", help_heading = QUERY)]
    pub(crate) filter: Vec<String>,

    /// A filter that is sent unchecked
    #[arg(long, value_name = "EXPR", conflicts_with = "filter", help_heading = QUERY)]
    pub(crate) raw_filter: Option<String>,
}

/// Which part of the hierarchy is shown, and how.
#[derive(Debug, Args)]
#[command(after_help = TREE_EXAMPLES)]
pub(crate) struct TreeArgs {
    /// Which partners count.
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// Only this partner and all below it
    ///
    /// A SID, a display ID (CX and digits) or a login.
    #[arg(long, value_name = "ID", help_heading = QUERY)]
    pub(crate) root: Option<String>,

    /// Only N levels below the roots
    ///
    /// The sums hold what is deeper, too.
    #[arg(long, value_name = "N", value_parser = depth, allow_negative_numbers = true, help_heading = QUERY)]
    pub(crate) depth: Option<usize>,

    /// Draw with the characters |, - and `
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) ascii: bool,

    /// How rows are written.
    #[command(flatten)]
    pub(crate) rows: RowArgs,
}

const TREE_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners tree --depth 1
  carrierx partners tree --root CX26419753
  carrierx partners tree -f 'status eq suspended'
  carrierx partners tree -o csv > hierarchy.csv";

/// From where on partners are told, and how.
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct CheckArgs {
    /// Which partners are checked.
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// Spent share of the daily limit that is a WARNING, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Percent::whole(80), allow_hyphen_values = true,
          help_heading = THRESHOLDS)]
    pub(crate) warn: Percent,

    /// Spent share of the daily limit that is CRITICAL, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Percent::whole(95), allow_hyphen_values = true,
          help_heading = THRESHOLDS)]
    pub(crate) crit: Percent,

    /// A balance below AMOUNT is CRITICAL
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, help_heading = THRESHOLDS)]
    pub(crate) min_balance: Option<Amount>,

    /// OK if no partner matches (else UNKNOWN)
    #[arg(long, help_heading = THRESHOLDS)]
    pub(crate) allow_none: bool,

    /// Draw bars with the characters # and -
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) ascii: bool,

    /// How rows are written.
    #[command(flatten)]
    pub(crate) rows: RowArgs,
}

const THRESHOLDS: &str = "Thresholds";

const CHECK_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners check
  carrierx partners check --warn 70 --crit 90 --min-balance 10
  carrierx partners check -f 'payment_type eq prepay' -o json
  carrierx partners check --quiet --min-balance 0";

/// What is counted.
#[derive(Debug, Args)]
#[command(after_help = COUNT_EXAMPLES)]
pub(crate) struct CountArgs {
    /// Which partners match.
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// Whether the request is shown instead.
    #[command(flatten)]
    pub(crate) request: RequestArgs,
}

/// The query of a list, and what becomes of its rows.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES, group = ArgGroup::new("files").args(["to", "receipt"]).multiple(true))]
pub(crate) struct ListArgs {
    /// Which partners match.
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// Order, such as balance:desc [default: date_created:asc]
    ///
    /// FIELD, FIELD:asc, FIELD:desc, or `none` to leave it to the server.
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true, help_heading = QUERY)]
    pub(crate) order: Option<Order>,

    /// At most N partners in all [default: 100]
    ///
    /// In as many pages as that takes.
    #[arg(short, long, value_name = "N", value_parser = limit, allow_negative_numbers = true, help_heading = PAGING)]
    pub(crate) limit: Option<NonZeroU64>,

    /// Every partner that matches
    #[arg(short, long, conflicts_with = "limit", help_heading = PAGING)]
    pub(crate) all: bool,

    /// Skip the first N partners
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, help_heading = PAGING)]
    pub(crate) offset: u64,

    /// Partners per request, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = PageSize::MAX, allow_negative_numbers = true, help_heading = PAGING)]
    pub(crate) page_size: PageSize,

    /// Pages requested at a time, 1 to 16 [default: 4]
    ///
    /// Used once the API has told the total.
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = PAGING)]
    pub(crate) parallel: Option<Parallel>,

    /// Which fields are shown.
    #[command(flatten)]
    pub(crate) fields: FieldArgs,

    /// How rows are written.
    #[command(flatten)]
    pub(crate) rows: RowArgs,

    /// Write to FILE atomically
    ///
    /// The ending of its name (.csv, .tsv, .json, .jsonl, .ndjson, .txt) gives the format unless -o does; a name
    /// without such an ending needs -o. Devices and descriptors (/dev/fd/3, - for stdout) are written directly.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) to: Option<PathBuf>,

    /// Replace the files of --to and --receipt if they exist
    ///
    /// Owner, group, mode and access list stay as far as the system permits.
    #[arg(long, requires = "files", help_heading = OUTPUT)]
    pub(crate) force: bool,

    /// The page object as the API sent it, with -o json
    ///
    /// For lists of one page.
    #[arg(long, conflicts_with_all = ["all", "fields", "exclude_fields"], help_heading = OUTPUT)]
    pub(crate) envelope: bool,

    /// End with status 10 unless the list is complete
    ///
    /// It is when every partner that matches came, each once, and nothing that the API said contradicts that. Implies
    /// --all if there is no --limit.
    #[arg(long, help_heading = COMPLETENESS)]
    pub(crate) require_complete: bool,

    /// Write the facts of the list to FILE, as JSON
    ///
    /// rows, pages, total, has_more, repeated, bytes, seconds, query, complete, version, base_url, profile, started,
    /// finished, file and sha256 (of the file that --to wrote); also if the list is incomplete. FILE is written as
    /// --to writes: one that exists needs --force, and - is stdout.
    #[arg(long, value_name = "FILE", help_heading = COMPLETENESS)]
    pub(crate) receipt: Option<PathBuf>,
}

const COMPLETENESS: &str = "Completeness";

const GET_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners get CX15650613
  carrierx partners get ivory0000 CX15650613 -F display_id,balance
  carrierx partners list -F partner_sid --no-header -o tsv |
    carrierx partners get - -o csv";

const COUNT_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners count
  carrierx partners count -f 'status eq suspended'";

const LIST_EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners list -f 'company_name like \"%acme%\"'
  carrierx partners list -f 'status eq active' -f 'balance lt 10' -F login
  carrierx partners list --order balance:asc -l 5
  carrierx partners list --all -o csv > partners.csv
  carrierx partners list --all --require-complete --to partners.csv --force
  carrierx partners list -F partner_sid,callbacks.sms -o jsonl";

fn depth(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "write a whole number of levels; 0 shows the roots alone".to_owned())
}

fn limit(text: &str) -> Result<NonZeroU64, String> {
    text.parse().map_err(|_| "write a whole number of 1 or more; --all lists every partner".to_owned())
}
