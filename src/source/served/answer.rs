//! What is answered to a request: who may ask, what there is, and how a refusal looks. No sockets, no clock.

use std::borrow::Cow;

use serde_json::json;

use crate::api::partner::PARTNERS;

use super::BASE_PATH;
use super::listing::LastListing;
use super::page::page;
use super::params::ListParams;
use super::partners::Partners;
use super::projection::Projection;

/// The parts of an HTTP request that the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The method, in capitals.
    pub method: &'r str,
    /// The path from the root of the server.
    pub path: &'r str,
    /// What follows the `?`, as it was sent; empty if there is none.
    pub query: &'r str,
    /// The `Authorization` header.
    pub authorization: Option<&'r str>,
    /// Where the API is served, for links to the next page.
    pub base_url: &'r str,
}

/// An HTTP answer, whose body is always JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub body: String,
}

/// Why a request gets no result: status and message.
struct Refusal(u16, String);

impl Refusal {
    fn new(status: u16, message: &str) -> Self {
        Self(status, message.to_owned())
    }
}

impl From<Refusal> for Reply {
    fn from(Refusal(status, message): Refusal) -> Self {
        Self { status, body: json!({"errors": [{"message": message, "status": status}]}).to_string() }
    }
}

/// What can be asked for.
enum Endpoint<'r> {
    List,
    Single { sid: &'r str },
    Whoami,
}

/// The partners, and who may ask for them.
#[derive(Debug)]
pub struct Service {
    partners: Partners,
    token: Cow<'static, str>,
    listing: LastListing,
}

impl Service {
    /// Answers about these partners to whoever sends the token.
    pub fn new(partners: Partners, token: impl Into<Cow<'static, str>>) -> Self {
        Self { partners, token: token.into(), listing: LastListing::default() }
    }

    /// The answer to a request.
    pub fn answer(&self, request: &Request) -> Reply {
        match self.result(request) {
            Ok(body) => Reply { status: 200, body },
            Err(refusal) => refusal.into(),
        }
    }

    fn result(&self, request: &Request) -> Result<String, Refusal> {
        self.authorize(request)?;
        let endpoint = endpoint(request.path).ok_or_else(|| Refusal::new(404, "Not Found"))?;
        if request.method != "GET" {
            return Err(Refusal::new(405, "Method Not Allowed"));
        }
        let query = ListParams::read(request.query);
        match endpoint {
            Endpoint::List => {
                let url = format!("{}/partners", request.base_url);
                page(&self.partners, &self.listing, &query, &url).map_err(|problem| Refusal(400, problem))
            }
            Endpoint::Single { sid } => {
                let place = self.partners.place(sid).ok_or_else(|| Refusal::new(404, "Cannot find item by SID"))?;
                let projection = Projection::read(query.get("include_fields"), query.get("exclude_fields"));
                Ok(projection.of(self.partners.at(place)).into_owned())
            }
            Endpoint::Whoami => {
                let owner = self.partners.owner().ok_or_else(|| Refusal::new(404, "Not Found"))?;
                Ok(json!({PARTNERS.key: owner}).to_string())
            }
        }
    }

    fn authorize(&self, request: &Request) -> Result<(), Refusal> {
        let header = request.authorization.ok_or_else(|| Refusal::new(401, "Unauthorized"))?;
        match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && token.trim() == self.token => Ok(()),
            _ => Err(Refusal::new(401, "Bad credentials")),
        }
    }
}

fn endpoint(path: &str) -> Option<Endpoint<'_>> {
    match path.strip_prefix(BASE_PATH)?.split('/').collect::<Vec<_>>()[..] {
        ["", "partners"] => Some(Endpoint::List),
        ["", "partners", sid] if !sid.is_empty() => Some(Endpoint::Single { sid }),
        ["", "oauth", "whoami"] => Some(Endpoint::Whoami),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
