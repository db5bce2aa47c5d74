//! Which fields of a partner are sent: `include_fields` and `exclude_fields`.

use std::borrow::Cow;

use crate::raw;

/// The fields asked for. Names that no partner has are without effect.
#[derive(Debug, Default)]
pub struct Projection<'q> {
    include: Vec<Vec<&'q str>>,
    exclude: Vec<Vec<&'q str>>,
}

impl<'q> Projection<'q> {
    /// Reads the two comma-separated lists; a list without a name in it is as good as none.
    pub fn read(include: Option<&'q str>, exclude: Option<&'q str>) -> Self {
        Self { include: paths(include.unwrap_or_default()), exclude: paths(exclude.unwrap_or_default()) }
    }

    /// The selected part of a partner, in the order of its fields. With nothing selected that is the very same text.
    pub fn of<'p>(&self, partner: &'p str) -> Cow<'p, str> {
        let mut selected = Cow::Borrowed(partner);
        if !self.include.is_empty() {
            selected = raw::only(&selected, &self.include).into();
        }
        if !self.exclude.is_empty() {
            selected = raw::without(&selected, &self.exclude).into();
        }
        selected
    }
}

fn paths(list: &str) -> Vec<Vec<&str>> {
    list.split(',').map(str::trim).filter(|path| !path.is_empty()).map(|path| path.split('.').collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTNER: &str = r#"{"acls":[1],"balance":"4.40","callbacks":{"sms":"a","app":{"x":"b","y":"c"}},"zip":null}"#;

    fn include(list: &str) -> String {
        Projection::read(Some(list), None).of(PARTNER).into_owned()
    }

    fn exclude(list: &str) -> String {
        Projection::read(None, Some(list)).of(PARTNER).into_owned()
    }

    #[test]
    fn included_fields_come_in_the_order_of_the_object() {
        assert_eq!(include("zip, balance"), r#"{"balance":"4.40","zip":null}"#);
    }

    #[test]
    fn dots_reach_into_nested_objects() {
        assert_eq!(include("callbacks.sms"), r#"{"callbacks":{"sms":"a"}}"#);
        assert_eq!(include("callbacks.app.y,callbacks.sms"), r#"{"callbacks":{"sms":"a","app":{"y":"c"}}}"#);
        assert_eq!(include("callbacks.sms,callbacks"), r#"{"callbacks":{"sms":"a","app":{"x":"b","y":"c"}}}"#);
        assert_eq!(
            exclude("callbacks.app.x,acls,zip"),
            r#"{"balance":"4.40","callbacks":{"sms":"a","app":{"y":"c"}}}"#
        );
    }

    #[test]
    fn dots_reach_into_arrays_of_objects() {
        let partner = r#"{"acls":[{"direction":"inbound","x":1},{"x":2}],"zip":null}"#;
        let selected = |include, exclude| Projection::read(include, exclude).of(partner).into_owned();
        assert_eq!(selected(Some("acls.direction"), None), r#"{"acls":[{"direction":"inbound"},{}]}"#);
        assert_eq!(selected(None, Some("acls.x,zip")), r#"{"acls":[{"direction":"inbound"},{}]}"#);
    }

    #[test]
    fn unknown_names_are_ignored() {
        assert_eq!(include("zip,nothing,zip.code"), r#"{"zip":null}"#);
        assert_eq!(include("nothing"), "{}");
        assert_eq!(exclude("nothing,balance.cents"), PARTNER);
    }

    #[test]
    fn both_lists_together_exclude_from_what_is_included() {
        let selection = Projection::read(Some("callbacks,zip"), Some("callbacks.app"));
        assert_eq!(selection.of(PARTNER), r#"{"callbacks":{"sms":"a"},"zip":null}"#);
    }

    #[test]
    fn without_names_the_text_is_passed_on_untouched() {
        assert!(matches!(Projection::default().of(PARTNER), Cow::Borrowed(PARTNER)));
        assert!(matches!(Projection::read(Some(""), Some(" , ")).of(PARTNER), Cow::Borrowed(PARTNER)));
    }
}
