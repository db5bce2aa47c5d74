//! `partners tree`: who belongs to whom, and what each branch sums up to.

mod rows;

use std::io::Write;

use crate::api::{FieldSelection, PARTNERS, PartnerId, lookup};
use crate::cli::partners::TreeArgs;
use crate::commands::{Connection, Context, Session};
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::{Notices, quoted, secrets};
use crate::partners::hierarchy::{self, FIELDS, Hierarchy};
use crate::partners::{List, Sid};
use crate::raw::{self, Object};
use crate::values::{BaseUrl, FormatKind};

use super::{Job, ids, phrase};

/// How many levels of children may be nested, and named in a path.
const MAX_LEVELS: usize = 100;

/// Runs the command.
pub fn run(args: &TreeArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let job = Job::new(context.options(), &args.rows.cells, Vec::new(), context)?;
    let session = &job.session;
    let notices = session.notices;
    let root = args.root.as_deref().map(ids::understood).transpose()?;
    let sid = FieldSelection::only(&[PARTNERS.key]);
    let matching = session.filter(&args.filter)?;
    let matching = matching.map(|filter| session.query(Some(filter), sid.clone()));
    let all = session.query(None, FieldSelection::only(&FIELDS));
    if args.rows.request.dry_run {
        let addresses = |base: &BaseUrl| {
            let root = root.iter().map(|(_, id)| lookup::address(base, id, &sid));
            let lists = matching.into_iter().chain([all]).flat_map(|query| session.first_page(query, None)(base));
            root.chain(lists).collect()
        };
        return session.show_requests(addresses, stdout);
    }

    let mut sink = job.open(stdout)?;
    let connection = session.connect()?;
    let root = root.map(|(typed, id)| find(session, &connection, &typed, &id, &sid)).transpose()?;
    let gather =
        |query, take: &mut dyn FnMut(Object)| session.each(&connection, query, take).context("cannot draw the tree");
    let (mut sids, mut list) = (matching.as_ref().map(|_| Vec::new()), List::new());
    let mut lists = Vec::new();
    if let Some((query, sids)) = matching.zip(sids.as_mut()) {
        lists.push(gather(query, &mut |partner| sids.push(Sid::of_raw(partner.get(PARTNERS.key))))?);
    }
    lists.push(gather(all, &mut |partner| hierarchy::gather(partner, &mut list))?);
    let hierarchy = Hierarchy::new(list, sids, root.as_ref()).ok_or_else(|| {
        Failure::new(Kind::Rejected, "the root is not in the list of partners")
            .hint("it may have just been created or closed; run it again")
    })?;

    let doubt = lists.iter().try_for_each(|stats| session.refuse_doubts(stats));
    warn_of_oddities(&hierarchy, notices);
    check_depth(&hierarchy, args.depth, job.format.kind())?;
    let written = match job.format.kind() {
        FormatKind::Screen | FormatKind::Markup => rows::draw(&hierarchy, args.depth, &job, &mut sink),
        FormatKind::Document => rows::write_nested(&hierarchy, args.depth, job.format_options(&sink), &mut sink),
        FormatKind::Objects | FormatKind::Columns => {
            rows::write(&hierarchy, args.depth, doubt.is_ok(), &job, &mut sink)
        }
    };
    written.map_err(|error| job.named(error))?;
    // What is drawn on stdout stays, as with a list; a file stays as it was.
    doubt.context("partners may be missing from the tree")?;
    job.commit(sink)
}

/// The SID of the partner that is to be the root.
fn find(
    session: &Session,
    connection: &Connection,
    typed: &str,
    id: &PartnerId,
    fields: &FieldSelection,
) -> error::Result<Sid> {
    let found = lookup::find(&**connection, id, fields, &|wait| session.report_wait(wait));
    let cannot = || format!("cannot look up the partner {}", quoted(typed));
    let missing = || ids::missing(&[secrets::hidden(typed).into_owned()], session.answerer());
    let partner = found.with_context(cannot)?.ok_or_else(missing)?;
    let sid = Sid::of_raw(raw::lookup(&partner, [PARTNERS.key]));
    let without = || {
        Failure::new(Kind::Server, "the API returned it without a partner_sid")
            .hint("use another root, or leave --root out")
    };
    sid.ok_or_else(without).with_context(cannot)
}

/// Refuses to nest objects deeper than readers of JSON go, and to write paths that grow longer with each row.
fn check_depth(hierarchy: &Hierarchy, depth: Option<usize>, kind: FormatKind) -> Result<(), Failure> {
    let deepest = hierarchy.walk(depth).map(|visit| visit.depth).max().unwrap_or_default();
    if deepest <= MAX_LEVELS || matches!(kind, FormatKind::Screen | FormatKind::Markup) {
        return Ok(());
    }
    let message = format!("the tree is {deepest} levels deep; only a table can have more than {MAX_LEVELS}");
    Err(Failure::new(Kind::Other, message).hint(format!("use --depth {MAX_LEVELS}")))
}

/// Says what a reader of the tree would not know, or not believe.
fn warn_of_oddities(hierarchy: &Hierarchy, notices: &Notices) {
    let ids = |numbers: &[usize]| numbers.iter().map(|number| rows::id(hierarchy, *number)).collect::<Vec<_>>();
    for members in hierarchy.loops().iter().take(phrase::MAX_NAMED) {
        let ids = ids(members);
        notices.warn(&format!("parents form a cycle, broken above {}: {}", ids[0], phrase::listed(&ids)));
    }
    let untold = hierarchy.loops().len().saturating_sub(phrase::MAX_NAMED);
    if untold > 0 {
        notices.warn(&format!("{} cut", phrase::counted(untold as u64, "more cycle was", "more cycles were")));
    }
    let amounts = hierarchy.left_out();
    if amounts > 0 {
        notices.warn(&phrase::left_out(amounts, &ids(hierarchy.unsummable())));
    }
    if hierarchy.unmatched() > 0 {
        let partners = phrase::counted(hierarchy.unmatched() as u64, "matching partner was", "matching partners were");
        notices.warn(&format!("{partners} not found by SID in the full list; run the command again"));
    }
}
