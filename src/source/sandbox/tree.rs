//! Who belongs to whom: the shape of the sample's hierarchy.

use super::random::Random;

/// How many partners are resellers: right under the root, and parents of many.
pub const RESELLERS: usize = 6;

/// How many levels there are, the root's included.
const LEVELS: u8 = 5;

/// The parent of every partner by number. Partner 0 is the root and stands for its own parent.
///
/// A parent always comes before its children, as it was created before them. The eldest of three random candidates
/// is taken, so that old partners have many children and most have none, as in real life.
pub fn parents(count: usize) -> Vec<usize> {
    let (mut parents, mut levels) = (vec![0], vec![1]);
    for number in 1..count {
        let mut parent = if number <= RESELLERS { 0 } else { eldest_of_three(number) };
        while levels[parent] == LEVELS {
            parent = parents[parent];
        }
        parents.push(parent);
        levels.push(levels[parent] + 1);
    }
    parents
}

fn eldest_of_three(number: usize) -> usize {
    let mut random = Random::new(number as u64);
    let mut candidate = || random.below(number as u64);
    candidate().min(candidate()).min(candidate()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parent_comes_before_its_children() {
        assert!(parents(5000).iter().enumerate().skip(1).all(|(number, parent)| *parent < number));
    }

    #[test]
    fn resellers_are_right_under_the_root() {
        assert_eq!(parents(250)[..=RESELLERS], [0; RESELLERS + 1]);
    }
}
