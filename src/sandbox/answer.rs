//! What the sandbox answers to a request: who may ask, what there is, and how a refusal looks. No sockets, no clock.

use serde_json::json;

use super::data::Partners;
use super::page::page;
use super::query::ListParams;
use super::selection::Projection;
use super::{BASE_PATH, TOKEN};

/// The parts of an HTTP request that the answer depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'r> {
    /// The method, in capitals.
    pub(crate) method: &'r str,
    /// The path from the root of the server.
    pub(crate) path: &'r str,
    /// What follows the `?`, as it was sent; empty if there is none.
    pub(crate) query: &'r str,
    /// The `Authorization` header.
    pub(crate) authorization: Option<&'r str>,
    /// Where the API is served, for links to the next page.
    pub(crate) base_url: &'r str,
}

/// An HTTP answer, whose body is always JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
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
enum Resource<'r> {
    List,
    Single { sid: &'r str },
    Whoami,
}

/// The answer to a request.
pub(crate) fn answer(partners: &Partners, request: &Request) -> Reply {
    match result(partners, request) {
        Ok(body) => Reply { status: 200, body },
        Err(refusal) => refusal.into(),
    }
}

fn result(partners: &Partners, request: &Request) -> Result<String, Refusal> {
    authorize(request)?;
    let resource = resource(request.path).ok_or_else(|| Refusal::new(404, "Not Found"))?;
    if request.method != "GET" {
        return Err(Refusal::new(405, "Method Not Allowed"));
    }
    let query = ListParams::read(request.query);
    match resource {
        Resource::List => {
            let url = format!("{}/partners", request.base_url);
            page(partners, &query, &url).map_err(|problem| Refusal(400, problem))
        }
        Resource::Single { sid } => {
            let partner = partners.find(sid).ok_or_else(|| Refusal::new(404, "Cannot find item by SID"))?;
            let selection = Projection::read(query.get("include_fields"), query.get("exclude_fields"));
            Ok(selection.of(&partner.text).into_owned())
        }
        Resource::Whoami => {
            let owner = partners.owner().ok_or_else(|| Refusal::new(404, "Not Found"))?;
            Ok(json!({"partner_sid": owner.sid}).to_string())
        }
    }
}

fn authorize(request: &Request) -> Result<(), Refusal> {
    let header = request.authorization.ok_or_else(|| Refusal::new(401, "Unauthorized"))?;
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && token.trim() == TOKEN => Ok(()),
        _ => Err(Refusal::new(401, "Bad credentials")),
    }
}

fn resource(path: &str) -> Option<Resource<'_>> {
    match path.strip_prefix(BASE_PATH)?.split('/').collect::<Vec<_>>()[..] {
        ["", "partners"] => Some(Resource::List),
        ["", "partners", sid] if !sid.is_empty() => Some(Resource::Single { sid }),
        ["", "oauth", "whoami"] => Some(Resource::Whoami),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
