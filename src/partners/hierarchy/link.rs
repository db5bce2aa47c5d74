//! Loops among parents: found, and cut.

/// In place of a parent where there is none that is visible.
pub const NONE: u32 = u32::MAX;

/// Takes the parent from one member of every loop, the root or the one that came first, and returns the cycles.
pub fn cut_loops(parents: &mut [u32], root: Option<u32>) -> Vec<Vec<u32>> {
    /// Not yet seen; seen from this very beginning; or known to lead to a root.
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Now,
        Before,
    }
    let mut seen = vec![Seen::Not; parents.len()];
    let mut loops = Vec::new();
    for start in 0..parents.len() as u32 {
        let mut at = start;
        while at != NONE && seen[at as usize] == Seen::Not {
            seen[at as usize] = Seen::Now;
            at = parents[at as usize];
        }
        let meets_itself = at != NONE && seen[at as usize] == Seen::Now;
        let mut way = start;
        while way != NONE && seen[way as usize] == Seen::Now {
            seen[way as usize] = Seen::Before;
            way = parents[way as usize];
        }
        if meets_itself {
            let above = |number: &u32| Some(parents[*number as usize]).filter(|parent| *parent != at);
            let mut members: Vec<u32> = std::iter::successors(Some(at), above).collect();
            let rank = |number: &u32| (Some(*number) != root, *number);
            let first = members.iter().enumerate().min_by_key(|(_, number)| rank(number)).map_or(0, |(place, _)| place);
            members.rotate_left(first);
            parents[members[0] as usize] = NONE;
            loops.push(members);
        }
    }
    loops.sort_unstable_by_key(|members| members[0]);
    loops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_cut_once_and_everything_else_stays() {
        for (before, after, loops) in [
            (vec![NONE, 0, 1], vec![NONE, 0, 1], vec![]),
            (vec![0], vec![NONE], vec![vec![0]]),
            (vec![1, 2, 0, 0], vec![NONE, 2, 0, 0], vec![vec![0, 1, 2]]),
            (vec![1, 2, 1, NONE, 4], vec![1, NONE, 1, NONE, NONE], vec![vec![1, 2], vec![4]]),
            (vec![3, 2, 1, 0], vec![NONE, NONE, 1, 0], vec![vec![0, 3], vec![1, 2]]),
        ] {
            let mut parents = before.clone();
            assert_eq!(cut_loops(&mut parents, None), loops, "{before:?}");
            assert_eq!(parents, after, "{before:?}");
        }
    }
}
