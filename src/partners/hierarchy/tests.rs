use super::*;

/// A partner whose name is its SID, with a balance.
fn partner(sid: &str, parent: Option<&str>, balance: &str) -> String {
    let parent = parent.map_or("null".to_owned(), |parent| format!("\"{parent}\""));
    format!(r#"{{"partner_sid":"{sid}","parent_sid":{parent},"name":"{sid}","balance":{balance}}}"#)
}

fn gathered(partners: &[(&str, Option<&str>, &str)]) -> Gathered {
    let mut gathered = Gathered::default();
    partners.iter().for_each(|(sid, parent, balance)| gathered.push(raw::members(&partner(sid, *parent, balance))));
    gathered
}

fn name(hierarchy: &Hierarchy, number: u32) -> String {
    hierarchy.partner(number).called().unwrap_or_default().trim_matches('"').to_owned()
}

/// Each partner as its depth, name, count and sum.
fn drawn(hierarchy: &Hierarchy, depth: Option<usize>) -> Vec<String> {
    let line = |visit: Visit| {
        let totals = hierarchy.totals(visit.number);
        let name = name(hierarchy, visit.number);
        format!("{}{name} {} {}", " ".repeat(visit.depth), totals.below, totals.balance.amount)
    };
    hierarchy.walk(depth).map(line).collect()
}

const FAMILY: [(&str, Option<&str>, &str); 6] = [
    ("d", Some("b"), "null"),
    ("b", Some("a"), "\"1.10\""),
    ("a", Some("beyond"), "100"),
    ("C", Some("a"), "-3"),
    ("e", Some("d"), "\"0.005\""),
    ("f", None, "\"7\""),
];

#[test]
fn children_stand_under_their_parents_by_name_and_branches_sum_up() {
    let hierarchy = gathered(&FAMILY).linked(None).expect("a hierarchy");
    let lines = ["a 4 98.105", " b 2 1.105", "  d 1 0.005", "   e 0 0.005", " C 0 -3", "f 0 7"];
    assert_eq!(drawn(&hierarchy, None), lines);
    assert_eq!(drawn(&hierarchy, Some(1)), [lines[0], lines[1], lines[4], lines[5]]);
    assert!(hierarchy.is_orphan(2) && !hierarchy.is_orphan(5) && !hierarchy.is_orphan(0));
}

#[test]
fn partners_without_a_name_come_last_and_one_called_null_does_not() {
    let mut gathered = Gathered::default();
    for (sid, name) in [("1", "null"), ("2", "\"\""), ("3", "\"Null\""), ("4", "\"z\"")] {
        gathered.push(raw::members(&format!(r#"{{"partner_sid":"{sid}","name":{name}}}"#)));
    }
    assert_eq!(gathered.linked(None).expect("a hierarchy").roots(), [2, 3, 0, 1]);
}

#[test]
fn one_branch_can_be_shown_alone() {
    let hierarchy = gathered(&FAMILY).linked(Some(&Sid::of("b"))).expect("a hierarchy");
    assert_eq!(drawn(&hierarchy, None), ["b 2 1.105", " d 1 0.005", "  e 0 0.005"]);
    assert!(!hierarchy.is_orphan(1));
    assert_eq!(
        ["b", "a"].map(|sid| gathered(&FAMILY)
            .linked(Some(&Sid::of(sid)))
            .map(|part| part.parent_is_visible(part.roots()[0]))),
        [Some(Some(true)), Some(Some(false))]
    );
    assert!(gathered(&FAMILY).linked(Some(&Sid::of("x"))).is_none());
}

#[test]
fn a_filter_keeps_ancestors_that_do_not_count() {
    let mut gathered = gathered(&FAMILY);
    gathered.filter();
    ["b", "e", "gone"].iter().for_each(|sid| gathered.push_match(Some(&format!("\"{sid}\""))));
    let hierarchy = gathered.linked(None).expect("a hierarchy");
    assert_eq!(drawn(&hierarchy, None), ["a 2 1.105", " b 1 1.105", "  d 1 0.005", "   e 0 0.005"]);
    assert!(hierarchy.is_match(1) && !hierarchy.is_match(2));
    assert_eq!(hierarchy.unmatched(), 1);
}

#[test]
fn a_partner_that_comes_twice_counts_once() {
    let hierarchy = gathered(&[("a", None, "1"), ("b", Some("a"), "2"), ("b", Some("a"), "2"), ("a", None, "1")]);
    assert_eq!(drawn(&hierarchy.linked(None).expect("a hierarchy"), None), ["a 1 3", " b 0 2"]);
}

#[test]
fn a_loop_is_told_and_shown_once() {
    let hierarchy =
        gathered(&[("z", Some("y"), "1"), ("x", Some("z"), "2"), ("y", Some("x"), "4"), ("s", Some("s"), "8")]);
    let hierarchy = hierarchy.linked(None).expect("a hierarchy");
    assert_eq!(drawn(&hierarchy, None), ["s 0 8", "z 2 7", " x 1 6", "  y 0 4"]);
    let names: Vec<Vec<String>> = hierarchy
        .loops()
        .iter()
        .map(|members| members.iter().map(|number| name(&hierarchy, *number)).collect())
        .collect();
    assert_eq!(names, [vec!["z", "y", "x"], vec!["s"]]);
}

#[test]
fn a_root_in_a_loop_has_all_others_of_the_loop_below_it() {
    let gathered = gathered(&[("z", Some("y"), "1"), ("x", Some("z"), "2"), ("y", Some("x"), "4")]);
    let hierarchy = gathered.linked(Some(&Sid::of("x"))).expect("a hierarchy");
    assert_eq!(drawn(&hierarchy, None), ["x 2 7", " y 1 5", "  z 0 1"]);
}

#[test]
fn what_cannot_be_summed_exactly_is_left_out_and_told() {
    let hierarchy = gathered(&[("a", None, "1"), ("b", Some("a"), "\"0.000000001\""), ("c", Some("b"), "\"n/a\"")]);
    let hierarchy = hierarchy.linked(None).expect("a hierarchy");
    let sum = |number| hierarchy.totals(number).balance;
    assert_eq!((sum(0).left_out, sum(1).left_out, sum(2).left_out), (2, 2, 1));
    assert_eq!(sum(0).amount.to_string(), "1");
    assert_eq!((hierarchy.left_out(), hierarchy.with_unsummable_amounts()), (2, (2, &[1, 2][..])));
}

#[test]
fn a_long_chain_is_no_burden() {
    let mut gathered = Gathered::default();
    for number in 0..5_000 {
        gathered.push(raw::members(&partner(&format!("{number}"), Some(&format!("{}", number - 1)), "\"0.01\"")));
    }
    let hierarchy = gathered.linked(None).expect("a hierarchy");
    let totals = hierarchy.totals(0);
    assert_eq!((totals.below, totals.balance.amount.to_string().as_str()), (4_999, "50.00"));
    assert_eq!(hierarchy.walk(None).last().map(|visit| visit.depth), Some(4_999));
}
