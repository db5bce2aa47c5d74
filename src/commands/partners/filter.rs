//! The filter of a command: every `--filter` checked, then joined.

use crate::api::filter;
use crate::cli::partners::FilterArgs;
use crate::error::{Excerpt, Failure, Kind};
use crate::output::notices::Notices;

/// What to send for the options of a command.
pub fn expression(args: &FilterArgs, notices: &Notices) -> Result<Option<String>, Failure> {
    match &args.raw_filter {
        Some(raw) => Ok(Some(raw.clone())),
        None => checked(&args.filter, notices),
    }
}

/// The expression to send, exactly as typed; several are joined by `and`.
///
/// What will hardly mean what was meant is worth a warning only, as the API may know more than this program.
fn checked(expressions: &[String], notices: &Notices) -> Result<Option<String>, Failure> {
    for expression in expressions {
        let conditions = filter::parse(expression).map_err(|mistake| {
            let place = Excerpt { text: expression.clone(), span: mistake.span, remedy: mistake.remedy };
            Failure::new(Kind::Usage, mistake.problem).at(place)
        })?;
        for condition in conditions {
            if let Some(warning) = filter::warning(&condition) {
                notices.warn(&warning);
            }
        }
    }
    Ok((!expressions.is_empty()).then(|| expressions.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expressions: &[&str]) -> (Result<Option<String>, Failure>, String) {
        let mut said = Vec::new();
        let expressions: Vec<_> = expressions.iter().map(|expression| (*expression).to_owned()).collect();
        let result = checked(&expressions, &Notices::new(&mut said, false, false));
        (result, String::from_utf8(said).expect("UTF-8"))
    }

    #[test]
    fn several_filters_are_joined_by_and_as_typed() {
        let (result, said) = check(&["status  eq 'x'", "balance LT 10"]);
        assert_eq!(result.expect("a filter").as_deref(), Some("status  eq 'x' and balance LT 10"));
        assert_eq!(said, "");
        assert_eq!(check(&[]).0.expect("no filter"), None);
    }

    #[test]
    fn an_unknown_field_is_a_warning_with_the_known_one() {
        let (result, said) = check(&["balanse lt 10"]);
        assert!(result.is_ok());
        assert_eq!(
            said,
            "warning: the filter names `balanse`, which is not a documented field; did you mean `balance`?\n"
        );
        assert_eq!(check(&["callbacks.anything eq x"]).1, "");
    }

    #[test]
    fn the_place_of_a_mistake_is_in_the_filter_that_has_it() {
        let failure = check(&["status eq active", "balance < 10"]).0.expect_err("a mistake");
        let place = failure.place.expect("a place");
        assert_eq!((failure.kind, &place.text[place.span], &*place.remedy), (Kind::Usage, "<", "use `lt`"));
    }
}
