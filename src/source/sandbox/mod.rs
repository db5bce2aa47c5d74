//! The made-up partners of the sandbox: a company group, the same on every run, with the documentation's partner among
//! them, so that everything can be tried without an account.

pub mod documented;
mod names;
pub mod past;
mod profile;
mod random;
mod timeline;
mod tree;

use crate::partners::List;

/// The token that the served sandbox accepts. It opens nothing else, so it need not be secret.
pub const TOKEN: &str = "sandbox";

/// How many partners `--sandbox` has.
pub const PARTNERS: usize = 250;

/// Makes `count` partners, oldest first: the documentation's own, and others around it that form one tree.
pub fn partners(count: usize) -> List {
    let others = count.saturating_sub(1);
    let parents = tree::parents(others);
    let made = |number: usize| {
        let parent_sid = match number {
            0 => profile::BEYOND_THE_ROOT.to_owned(),
            _ => profile::sid(parents[number]),
        };
        profile::text(number, &parent_sid, &timeline::moment(number, others))
    };
    let is_earlier = |number: &usize| timeline::moment(*number, others).as_str() < documented::DATE_CREATED;
    let earlier = (0..others).take_while(is_earlier).count();
    let documented = std::iter::once(documented::TEXT.to_owned()).take(count);
    (0..earlier).map(made).chain(documented).chain((earlier..others).map(made)).collect()
}

#[cfg(test)]
mod tests;
