//! The parameters of the list request, and how they are encoded.

use std::sync::Arc;

use crate::values::{FieldName, Order};

use super::filter::{self, Condition};

/// What is listed, which of it is wanted, in which order, and what of each; the same for every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Conditions in the API's filter language, sent as they are.
    pub filter: Option<String>,
    /// The order of the list.
    pub order: Order,
    /// What of each partner the server should send. It may ignore this, so it only saves bytes.
    pub fields: FieldSelection,
}

impl Query {
    /// The conditions of the filter that what comes can be compared with.
    pub fn equalities(&self) -> Vec<Condition> {
        self.filter.as_deref().map(filter::equalities).unwrap_or_default()
    }

    /// What to change about it if the API rejects it.
    pub fn advice(&self) -> Option<String> {
        let of_order = |field: &str| format!("the API may be unable to order by `{field}`; use --order none");
        let of_filter = self.filter.as_deref().and_then(filter::for_rejected);
        of_filter.or_else(|| self.order.path().filter(|_| self.filter.is_none()).map(of_order))
    }

    /// The same, also asking for the fields by which partners are compared with the filter.
    pub fn with_compared_fields(mut self) -> Self {
        for condition in self.equalities() {
            self.fields = self.fields.with(&condition.field);
        }
        self
    }
}

/// The requested fields of each partner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FieldSelection {
    #[default]
    Everything,
    Only(Vec<FieldName>),
    Except(Vec<FieldName>),
}

impl FieldSelection {
    /// These fields.
    pub fn only(names: &[&str]) -> Self {
        Self::Only(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// The same, and this field, too.
    pub fn with(&self, field: &str) -> Self {
        match self {
            Self::Only(fields) if !fields.iter().any(|name| name.as_str() == field) => {
                Self::Only(fields.iter().cloned().chain(field.parse()).collect())
            }
            Self::Except(fields) => {
                let others: Vec<_> = fields.iter().filter(|name| name.first() != field).cloned().collect();
                if others.is_empty() { Self::Everything } else { Self::Except(others) }
            }
            _ => self.clone(),
        }
    }

    /// The parameter that asks for it, not yet percent-encoded.
    pub fn parameter(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Everything => None,
            Self::Only(fields) => Some(("include_fields", comma_separated(fields))),
            Self::Except(fields) => Some(("exclude_fields", comma_separated(fields))),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    Offset(u64),
    /// After the partner that this cursor of the server names.
    After(String),
}

/// One request for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    pub query: Arc<Query>,
    pub position: Position,
    /// The most partners that the page may have.
    pub limit: u64,
}

impl PageRequest {
    /// The parameters of the query string, not yet percent-encoded. `limit` is always among them, as the server's own
    /// default is not certain.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("limit", self.limit.to_string())];
        parameters.push(match &self.position {
            Position::Offset(offset) => ("offset", offset.to_string()),
            Position::After(cursor) => ("after", cursor.clone()),
        });
        if let Order::By { field, direction } = &self.query.order {
            let direction = direction.map_or(String::new(), |direction| format!(" {direction}"));
            parameters.push(("order", format!("{field}{direction}")));
        }
        if let Some(filter) = &self.query.filter {
            parameters.push(("filter", filter.clone()));
        }
        parameters.extend(self.query.fields.parameter());
        parameters
    }
}

fn comma_separated(fields: &[FieldName]) -> String {
    fields.iter().map(FieldName::as_str).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[&str]) -> Vec<FieldName> {
        names.iter().map(|name| name.parse().expect(name)).collect()
    }

    #[test]
    fn a_plain_request_has_limit_offset_and_order() {
        let query = Query { filter: None, order: Order::oldest_first(), fields: FieldSelection::Everything };
        let request = PageRequest { query: query.into(), position: Position::Offset(0), limit: 100 };
        let expected = [("limit", "100"), ("offset", "0"), ("order", "date_created asc")];
        assert_eq!(request.parameters(), expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn the_fields_that_the_filter_compares_are_asked_for() {
        let asked = |filter: &str, selection| {
            let query = Query { filter: Some(filter.to_owned()), order: Order::Server, fields: selection };
            query.with_compared_fields().fields
        };
        let only = |names: &[&str]| FieldSelection::Only(fields(names));
        let except = |names: &[&str]| FieldSelection::Except(fields(names));
        let filter = "status eq active and balance lt 5";
        assert_eq!(asked(filter, only(&["name"])), only(&["name", "status"]));
        assert_eq!(asked(filter, only(&["status"])), only(&["status"]));
        assert_eq!(asked(filter, except(&["status", "acls"])), except(&["acls"]));
        assert_eq!(asked(filter, except(&["status"])), FieldSelection::Everything);
        assert_eq!(asked("status ne active", only(&["name"])), only(&["name"]));
    }

    #[test]
    fn a_cursor_takes_the_place_of_the_offset() {
        let query = Query {
            filter: Some("status eq active".to_owned()),
            order: Order::Server,
            fields: FieldSelection::Only(fields(&["name", "callbacks.sms"])),
        };
        let request = PageRequest { query: query.into(), position: Position::After("abc".to_owned()), limit: 1 };
        let expected = [
            ("limit", "1"),
            ("after", "abc"),
            ("filter", "status eq active"),
            ("include_fields", "name,callbacks.sms"),
        ];
        assert_eq!(request.parameters(), expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn an_order_without_direction_leaves_it_to_the_server() {
        let order = "shuffle".parse().expect("an order");
        let query = Query { filter: None, order, fields: FieldSelection::Except(fields(&["acls"])) };
        let parameters = PageRequest { query: query.into(), position: Position::Offset(5), limit: 1 }.parameters();
        assert!(parameters.contains(&("order", "shuffle".to_owned())));
        assert!(parameters.contains(&("exclude_fields", "acls".to_owned())));
    }
}
