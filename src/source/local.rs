//! A list that answers in place of the API, in the process: the sample, a saved list, a moment of the history.

use crate::api::page::Page;
use crate::api::prefetch::{Wait, Wanted};
use crate::api::query::{FieldSelection, PageRequest, Query};
use crate::api::source::Source;
use crate::error::{Failure, Kind};

use super::service::{Parameters, Service};

/// Partners of a list in memory.
pub struct Local {
    /// What the list is called in sentences.
    name: String,
    service: Service,
}

impl Local {
    pub fn new(name: String, service: Service) -> Self {
        Self { name, service }
    }
}

impl Source for Local {
    fn page_while(&self, _: &Wanted, request: &PageRequest, _: &dyn Fn(Wait)) -> Result<Page, Failure> {
        // Whole partners are as good as some of their fields, and are there already.
        let query = Query { fields: FieldSelection::Everything, ..(*request.query).clone() };
        let request = PageRequest { query: query.into(), ..request.clone() };
        let parameters = request.parameters().into_iter().map(|(name, value)| (name.into(), value.into()));
        let unanswerable = |problem| {
            let hint = "fix the filter or the order; see `carrierx help filters`";
            let advice = request.query.advice();
            Failure::new(Kind::Usage, problem).hint(advice.unwrap_or_else(|| hint.to_owned()))
        };
        let body = self.service.page(&Parameters(parameters.collect()), "").map_err(unanswerable)?;
        Page::parse(body.into_bytes())
            .map_err(|problem| unanswerable(format!("{} cannot be read: {problem}", self.name)))
    }

    fn partner(&self, sid: &str, _: &FieldSelection, _: &dyn Fn(Wait)) -> Result<Option<String>, Failure> {
        Ok(self.service.partner(sid, &Parameters(Vec::new())))
    }

    fn whoami(&self) -> Result<Option<String>, Failure> {
        Ok(self.service.whoami())
    }

    fn token_source(&self) -> &str {
        &self.name
    }

    fn missing(&self, filter: Option<&str>, order: Option<&str>) -> Vec<String> {
        self.service.missing(filter, order)
    }
}
