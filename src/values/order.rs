//! The order of a list.

use std::fmt;
use std::str::FromStr;

/// What a list is ordered by, written `FIELD`, `FIELD:asc`, `FIELD desc`, `FIELD+desc` as in a URL, or `none`.
///
/// Which fields can be ordered by is the server's to say, so no field is refused here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// However the server likes.
    Server,
    /// By a field; without a direction, the server's.
    By {
        /// The field, or the API's word `shuffle`.
        field: String,
        /// Which way, if that was said: the API's word `asc` or `desc`.
        direction: Option<&'static str>,
    },
}

impl Order {
    /// The default: the oldest first.
    ///
    /// Partners made while a list is read then come last, where paging by offset neither skips nor repeats them.
    pub fn oldest_first() -> Self {
        Self::By { field: "date_created".to_owned(), direction: Some("asc") }
    }

    /// The field that it is by, of a path the first part; none where the order is the server's, or chance.
    pub fn field(&self) -> Option<&str> {
        self.path().and_then(|path| path.split('.').next())
    }

    /// The same with its whole path.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::By { field, .. } if field != "shuffle" => Some(field),
            _ => None,
        }
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(field) = text.strip_prefix(['-', '+']) {
            return Err(format!("write `{}:desc` or `{0}:asc` for the direction", field.trim()));
        }
        let (field, direction) = match text.split_once([':', ' ', '\t', '+']) {
            None => (text, None),
            Some((field, direction)) => (field.trim(), Some(direction.trim())),
        };
        let direction = match direction.map(str::to_ascii_lowercase).as_deref() {
            None => None,
            Some("asc") => Some("asc"),
            Some("desc") => Some("desc"),
            Some(other) => return Err(format!("`{other}` is not a direction; write `{field}:asc` or `{field}:desc`")),
        };
        match field {
            "" => Err("the field to order by is missing; write FIELD:asc, FIELD:desc or none".to_owned()),
            "none" if direction.is_none() => Ok(Self::Server),
            "none" => Err("`none` has no direction".to_owned()),
            _ => Ok(Self::By { field: field.to_owned(), direction }),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Server => f.write_str("none"),
            Self::By { field, direction: None } => f.write_str(field),
            Self::By { field, direction: Some(direction) } => write!(f, "{field}:{direction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_told_where_there_is_one() {
        for (order, field) in
            [("balance:asc", Some("balance")), ("callbacks.sms", Some("callbacks")), ("none", None), ("shuffle", None)]
        {
            assert_eq!(order.parse::<Order>().expect(order).field(), field, "{order}");
        }
    }

    #[test]
    fn field_and_direction_are_read_in_every_spelling() {
        let balance = |direction| Ok(Order::By { field: "balance".to_owned(), direction });
        assert_eq!("balance".parse(), balance(None));
        assert_eq!("balance:asc".parse(), balance(Some("asc")));
        assert_eq!("balance DESC".parse(), balance(Some("desc")));
        assert_eq!(" balance  desc ".parse(), balance(Some("desc")));
        assert_eq!("balance+desc".parse(), balance(Some("desc")));
        assert_eq!("none".parse(), Ok(Order::Server));
    }

    #[test]
    fn an_order_that_is_none_is_refused() {
        for text in [
            "",
            ":desc",
            "balance:down",
            "balance:",
            "balance asc desc",
            "none:desc",
            "-balance",
            "+balance",
            "balance+",
        ] {
            assert!(text.parse::<Order>().is_err(), "{text:?}");
        }
    }
}
