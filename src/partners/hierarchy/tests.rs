use super::*;

/// A partner whose name is its SID, with a balance.
fn partner(sid: &str, parent: Option<&str>, balance: &str) -> String {
    let parent = parent.map_or("null".to_owned(), |parent| format!("\"{parent}\""));
    format!(r#"{{"partner_sid":"{sid}","parent_sid":{parent},"name":"{sid}","balance":{balance}}}"#)
}

fn list(partners: &[(&str, Option<&str>, &str)]) -> List {
    partners.iter().map(|(sid, parent, balance)| partner(sid, *parent, balance)).collect()
}

fn whole(partners: &[(&str, Option<&str>, &str)]) -> Hierarchy {
    Hierarchy::new(list(partners), None, None).expect("a hierarchy")
}

fn branch(partners: &[(&str, Option<&str>, &str)], root: &str) -> Option<Hierarchy> {
    Hierarchy::new(list(partners), None, Some(&Sid::of(root)))
}

fn name(hierarchy: &Hierarchy, number: usize) -> String {
    raw::text(raw::lookup(hierarchy.partner(number), ["name"]).expect("a name")).into_owned()
}

/// Each partner as its depth, name, count and sum.
fn drawn(hierarchy: &Hierarchy, depth: Option<usize>) -> Vec<String> {
    let line = |visit: Visit| {
        let branch = hierarchy.branch(visit.number);
        let name = name(hierarchy, visit.number);
        format!("{}{name} {} {}", " ".repeat(visit.depth), branch.below, branch.balance.amount)
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
    let hierarchy = whole(&FAMILY);
    let lines = ["a 4 98.105", " b 2 1.105", "  d 1 0.005", "   e 0 0.005", " C 0 -3", "f 0 7"];
    assert_eq!(drawn(&hierarchy, None), lines);
    assert_eq!(drawn(&hierarchy, Some(1)), [lines[0], lines[1], lines[4], lines[5]]);
    assert_eq!([2, 5, 0].map(|number| hierarchy.parent_is_visible(number)), [Some(false), None, Some(true)]);
}

#[test]
fn partners_without_a_name_come_last_and_one_called_null_does_not() {
    let partner = |(sid, name): (&str, &str)| format!(r#"{{"partner_sid":"{sid}","company_name":"","name":{name}}}"#);
    let list = [("1", "null"), ("2", "\"\""), ("3", "\"Null\""), ("4", "\"z\"")].map(partner).iter().collect();
    let hierarchy = Hierarchy::new(list, None, None).expect("a hierarchy");
    assert_eq!(hierarchy.walk(None).map(|visit| visit.number).collect::<Vec<_>>(), [2, 3, 0, 1]);
}

#[test]
fn one_branch_can_be_shown_alone() {
    let hierarchy = branch(&FAMILY, "b").expect("a branch");
    assert_eq!(drawn(&hierarchy, None), ["b 2 1.105", " d 1 0.005", "  e 0 0.005"]);
    assert_eq!(hierarchy.parent_is_visible(1), Some(true));
    assert!(branch(&FAMILY, "x").is_none());
}

#[test]
fn a_filter_keeps_ancestors_that_do_not_count() {
    let matching = ["b", "e", "gone"].map(|sid| Some(Sid::of(sid))).into();
    let hierarchy = Hierarchy::new(list(&FAMILY), Some(matching), None).expect("a hierarchy");
    assert_eq!(drawn(&hierarchy, None), ["a 2 1.105", " b 1 1.105", "  d 1 0.005", "   e 0 0.005"]);
    assert!(hierarchy.is_match(1) && !hierarchy.is_match(2));
    assert_eq!(hierarchy.unmatched(), 1);
}

#[test]
fn a_partner_that_comes_twice_counts_once() {
    let hierarchy = whole(&[("a", None, "1"), ("b", Some("a"), "2"), ("b", Some("a"), "2"), ("a", None, "1")]);
    assert_eq!(drawn(&hierarchy, None), ["a 1 3", " b 0 2"]);
}

#[test]
fn a_loop_is_told_and_shown_once() {
    let hierarchy =
        whole(&[("z", Some("y"), "1"), ("x", Some("z"), "2"), ("y", Some("x"), "4"), ("s", Some("s"), "8")]);
    assert_eq!(drawn(&hierarchy, None), ["s 0 8", "z 2 7", " x 1 6", "  y 0 4"]);
    let names = |members: &Vec<usize>| members.iter().map(|number| name(&hierarchy, *number)).collect::<String>();
    assert_eq!(hierarchy.loops().iter().map(names).collect::<Vec<_>>(), ["zyx", "s"]);
}

#[test]
fn loops_are_cut_once_and_everything_else_stays() {
    for (before, after, loops) in [
        (vec![None, Some(0), Some(1)], vec![None, Some(0), Some(1)], vec![]),
        (vec![Some(1), Some(2), Some(0), Some(0)], vec![None, Some(2), Some(0), Some(0)], vec![vec![0, 1, 2]]),
        (
            vec![Some(1), Some(2), Some(1), None, Some(4)],
            vec![Some(1), None, Some(1), None, None],
            vec![vec![1, 2], vec![4]],
        ),
        (vec![Some(3), Some(2), Some(1), Some(0)], vec![None, None, Some(1), Some(0)], vec![vec![0, 3], vec![1, 2]]),
    ] {
        let mut parents = before.clone();
        assert_eq!(cut_loops(&mut parents, None), loops, "{before:?}");
        assert_eq!(parents, after, "{before:?}");
    }
}

#[test]
fn a_root_in_a_loop_has_all_others_of_the_loop_below_it() {
    let hierarchy = branch(&[("z", Some("y"), "1"), ("x", Some("z"), "2"), ("y", Some("x"), "4")], "x");
    assert_eq!(drawn(&hierarchy.expect("a branch"), None), ["x 2 7", " y 1 5", "  z 0 1"]);
}

#[test]
fn what_cannot_be_summed_exactly_is_left_out_and_told() {
    let hierarchy = whole(&[("a", None, "1"), ("b", Some("a"), "\"0.000000001\""), ("c", Some("b"), "\"n/a\"")]);
    let sum = |number| hierarchy.branch(number).balance;
    assert_eq!((sum(0).left_out, sum(1).left_out, sum(2).left_out), (2, 2, 1));
    assert_eq!(sum(0).amount.to_string(), "1");
    assert_eq!((hierarchy.left_out(), hierarchy.unsummable()), (2, &[1, 2][..]));
}

#[test]
fn a_long_chain_is_no_burden() {
    let partner = |number: i32| partner(&format!("{number}"), Some(&format!("{}", number - 1)), "\"0.01\"");
    let hierarchy = Hierarchy::new((0..5_000).map(partner).collect(), None, None).expect("a hierarchy");
    let branch = hierarchy.branch(0);
    assert_eq!((branch.below, branch.balance.amount.to_string().as_str()), (4_999, "50.00"));
    assert_eq!(hierarchy.walk(None).last().map(|visit| visit.depth), Some(4_999));
}
