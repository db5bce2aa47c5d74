//! The made-up partners of the sandbox: a company group, the same on every run, with the documentation's partner among
//! them. [`served`](crate::source::served) answers about them as the real API would, so that everything can be tried without an
//! account.

pub mod documented;
mod names;
pub mod past;
mod profile;
mod random;
mod timeline;
mod tree;

use std::borrow::Cow;
use std::time::Duration;

use crate::source::served::{Partners, ServeOptions};

/// The token that the sandbox accepts. It opens nothing else, so it need not be secret.
pub const TOKEN: &str = "sandbox";

/// How many partners `--sandbox` has.
pub const PARTNERS: usize = 250;

/// How `--sandbox` is served.
pub const OPTIONS: ServeOptions =
    ServeOptions { token: Cow::Borrowed(TOKEN), port: 0, latency: Duration::ZERO, gzip: false };

/// Makes `count` partners, oldest first: the documentation's own, and others around it that form one tree.
pub fn partners(count: usize) -> Partners {
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
    Partners::new((0..earlier).map(made).chain(documented).chain((earlier..others).map(made)))
}

#[cfg(test)]
mod tests;
