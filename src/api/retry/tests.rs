use std::cell::RefCell;

use super::*;

fn error(retryable: bool, retry_after: Option<u64>) -> Failure {
    let status = Some(if retryable { 503 } else { 400 });
    let retry_after = retry_after.map(Duration::from_secs);
    let exchange = Exchange { status, is_retryable: retryable, retry_after, ..Exchange::default() };
    Failure::new(Kind::Rejected, "refused").of(exchange)
}

#[test]
fn what_is_done_after_a_failure() {
    let again = |milliseconds| Decision::Again(Duration::from_millis(milliseconds));
    for (retryable, retry_after, attempts, retries, expected) in [
        (true, None, 1, 3, again(300)),
        (true, None, 2, 3, again(600)),
        (true, None, 3, 3, again(1200)),
        (true, None, 4, 3, Decision::GiveUp),
        (true, None, 1, 0, Decision::GiveUp),
        (false, None, 1, 3, Decision::GiveUp),
        (true, Some(60), 1, 3, again(60_000)),
        (true, Some(61), 1, 3, Decision::TooLong(Duration::from_secs(61))),
        (true, Some(61), 1, 0, Decision::TooLong(Duration::from_secs(61))),
        (true, Some(5), 4, 3, Decision::GiveUp),
        (false, Some(5), 1, 3, Decision::GiveUp),
        (false, Some(500), 1, 3, Decision::GiveUp),
    ] {
        let error = error(retryable, retry_after);
        let decision = decide(&error, attempts, retries, Duration::MAX, 1.0);
        assert_eq!(decision, expected, "{error:?} {attempts} {retries}");
    }
}

#[test]
fn nothing_is_waited_for_that_the_deadline_would_cut_off() {
    for (retry_after, left, expected) in [
        (Some(50), 51, Decision::Again(Duration::from_secs(50))),
        (Some(50), 50, Decision::TooLong(Duration::from_secs(50))),
        (Some(50), 0, Decision::TooLong(Duration::from_secs(50))),
        (None, 1, Decision::Again(Duration::from_millis(300))),
        (None, 0, Decision::OutOfTime),
    ] {
        let decision = decide(&error(true, retry_after), 1, 3, Duration::from_secs(left), 1.0);
        assert_eq!(decision, expected, "{retry_after:?} {left}");
    }
    assert_eq!(decide(&error(true, None), 3, 3, Duration::from_millis(1200), 1.0), Decision::OutOfTime);
    assert_eq!(decide(&error(true, None), 4, 3, Duration::ZERO, 1.0), Decision::OutOfTime);
    assert_eq!(decide(&error(false, Some(50)), 1, 3, Duration::ZERO, 1.0), Decision::GiveUp);
}

#[test]
fn chance_takes_away_up_to_half_of_a_wait_and_no_wait_is_longer_than_a_minute() {
    assert_eq!(backoff(1, 0.0), Duration::from_millis(150));
    assert_eq!(backoff(1, 0.5), Duration::from_millis(225));
    assert!((1..u32::MAX).step_by(10_000_019).all(|attempts| backoff(attempts, 1.0) <= MAX_WAIT));
}

/// Runs attempts that fail the given number of times, and returns the result and the waits.
fn run_failing(times: usize, retries: u32) -> (Result<usize, Failure>, Vec<u128>) {
    let (count, waits) = (RefCell::new(0), RefCell::new(Vec::new()));
    let attempt = |_| {
        *count.borrow_mut() += 1;
        if *count.borrow() > times { Ok(*count.borrow()) } else { Err(error(true, None)) }
    };
    let wait = |time: Duration, _: &Failure| {
        waits.borrow_mut().push(time.as_millis());
        true
    };
    let result = run(retries, None, attempt, wait, || 1.0);
    (result, waits.take())
}

#[test]
fn attempts_go_on_until_one_succeeds_or_none_is_left() {
    assert!(matches!(run_failing(0, 3), (Ok(1), waits) if waits.is_empty()));
    assert!(matches!(run_failing(2, 3), (Ok(3), waits) if waits == [300, 600]));
    let (result, waits) = run_failing(9, 3);
    assert_eq!(result.expect_err("failures").message, "refused, after 4 attempts");
    assert_eq!(waits, [300, 600, 1200]);
    assert_eq!(run_failing(9, 0).0.expect_err("a failure").message, "refused");
}

#[test]
fn attempts_end_when_nobody_waits_any_more() {
    let result = run(3, None, |_| Err::<(), _>(error(true, None)), |_, _| false, || 1.0);
    assert_eq!(result.expect_err("a failure").message, "refused");
}

#[test]
fn a_server_that_asks_for_more_than_a_minute_ends_the_run() {
    let attempt = |_| Err::<(), _>(error(true, Some(3600)));
    let result = run(3, None, attempt, |_, _| panic!("it waits"), || 1.0);
    let failure = result.expect_err("a failure");
    assert!(failure.kind == Kind::RateLimited && failure.hint.is_some_and(|hint| hint.contains("3600 seconds")));
}

#[test]
fn what_may_pass_is_tried_again_and_a_refusal_is_not() {
    let retried: Vec<u16> = (100..600).filter(|status| is_retryable(*status)).collect();
    let expected = [408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527];
    assert_eq!(retried, expected);
}

#[test]
fn retry_after_is_read_in_both_forms() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (value, seconds) in [
        ("120", Some(120)),
        (" 0 ", None),
        ("000", None),
        ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
        ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10)),
        ("Sun Nov  6 08:49:47 1994", Some(10)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:27 GMT", None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
    ] {
        assert_eq!(parse_retry_after(value, now), seconds.map(Duration::from_secs), "{value:?}");
    }
    assert_eq!(parse_retry_after("99999999999999999999999", now), Some(Duration::MAX));
}
