//! Whether to try again, and when.
//!
//! What is done after a failure is a table of its own, without a clock; chance and the waiting itself come from
//! outside.

use std::time::{Duration, SystemTime};

use crate::error::{Exchange, Failure, Kind, MORE_TIME};
use crate::values::Deadline;

/// The longest wait that a server may ask for; beyond it, or beyond the deadline, the run ends and says how long to
/// wait.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The wait before the second attempt, at most; each further one may be twice as long as that before.
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// What to do after an attempt that failed.
#[derive(Debug, PartialEq, Eq)]
enum Decision {
    /// Try again after this wait.
    Again(Duration),
    GiveUp,
    /// Report that the deadline leaves no time for it.
    OutOfTime,
    /// Report that the server wants a longer wait than is reasonable.
    TooLong(Duration),
}

/// Makes attempts until one succeeds, one fails for good, or `retries` have followed the first.
///
/// `attempt` learns which one it is; `wait` learns how long to wait and after which failure, and returns when that is
/// over, false if nobody waits any more; `chance` gives numbers from 0 to 1, which keep many clients from coming back
/// all at once.
pub fn run<T>(
    retries: u32,
    deadline: Option<Deadline>,
    mut attempt: impl FnMut(u32) -> Result<T, Failure>,
    mut wait: impl FnMut(Duration, &Failure) -> bool,
    chance: impl Fn() -> f64,
) -> Result<T, Failure> {
    let left = || deadline.map_or(Duration::MAX, Deadline::left);
    let mut attempts = 0;
    loop {
        attempts += 1;
        let mut failure = match attempt(attempts) {
            Ok(result) => return Ok(result),
            Err(failure) => failure,
        };
        let mut decision = decide(&failure, attempts, retries, left(), chance());
        if let Decision::Again(time) = decision
            && wait(time, &failure)
        {
            if !left().is_zero() {
                continue;
            }
            // What failed says more than that no time was left for another attempt.
            decision = Decision::OutOfTime;
        }
        if attempts > 1 {
            failure.message.push_str(&format!(", after {attempts} attempts"));
        }
        return Err(match (decision, deadline) {
            (Decision::TooLong(wait), _) => Failure { kind: Kind::RateLimited, ..failure }
                .hint(format!("retry after {} seconds, as requested by the server", wait.as_secs())),
            (Decision::OutOfTime, Some(deadline)) => {
                let message = format!("timed out after --max-time {deadline}: {}", failure.message);
                Failure { kind: Kind::Network, message, ..failure }.hint(MORE_TIME)
            }
            _ => failure,
        });
    }
}

fn decide(failure: &Failure, attempts: u32, retries: u32, left: Duration, chance: f64) -> Decision {
    let Some(Exchange { is_retryable: true, retry_after, .. }) = failure.exchange else { return Decision::GiveUp };
    match retry_after {
        Some(asked) if asked > MAX_WAIT || asked >= left => Decision::TooLong(asked),
        _ if left.is_zero() => Decision::OutOfTime,
        _ if attempts > retries => Decision::GiveUp,
        Some(asked) => Decision::Again(asked),
        None => match backoff(attempts, chance) {
            wait if wait >= left => Decision::OutOfTime,
            wait => Decision::Again(wait),
        },
    }
}

/// Between half of and the whole wait that doubles with every attempt.
fn backoff(attempts: u32, chance: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << (attempts - 1).min(16));
    doubled.min(MAX_WAIT).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

/// Whether a request that was answered with this status may succeed another time.
pub fn is_retryable(status: u16) -> bool {
    // Those from 520 on come from a content network that could not reach the server behind it.
    matches!(status, 408 | 409 | 425 | 429 | 500 | 502..=504 | 520..=527)
}

/// Reads a `Retry-After` header, which has seconds or a date. No time at all, or a date that has passed, says nothing.
///
/// `now` is the moment by the server's own clock, if it sent that.
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        value.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wait).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests;
