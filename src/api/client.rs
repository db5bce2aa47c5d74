//! One GET: the token, the time limit and the size limit of a request, and why no answer comes.

use std::env;
use std::error::Error as StdError;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufReader, Read};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{StatusCode, Url, blocking};
use zeroize::Zeroizing;

use crate::values::{BaseUrl, Deadline, TimeLimit};

use super::answer::{Answer, redacted_url};
use super::buffers::{Buffers, read_over};
use super::credentials::Credentials;
use super::decoding::{Encoding, Gunzip};
use super::error::{Error, NoResponse, Route};
use super::page::Page;
use super::prefetch::{Wait, Wanted};
use super::proxy::Proxy;
use super::query::{FieldSelection, PageRequest};
use super::resolver::Resolver;
use super::source::Source;
use super::tls::{self, Authority};
use super::{address, redirect, retry};

/// The largest answer that is read, in bytes after decompression. A page of 1,000 partners has about 2 MB.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// What is read of an answer that is an error, in bytes after decompression. Its words are few.
const MAX_ERROR: u64 = 64 * 1024;

/// Header lines that an answer may have; the HTTP library bounds their size.
const MAX_HEADERS: usize = 1000;

pub struct ClientOptions {
    /// The longest that one attempt may take, from its first to its last byte.
    pub timeout: TimeLimit,
    /// When all requests together must have ended, waits included.
    pub deadline: Option<Deadline>,
    /// How many attempts may follow one that may succeed another time.
    pub retries: u32,
    /// Certificate authorities that are trusted beside those of the system.
    pub authorities: Vec<Authority>,
    /// Receives a line about every attempt as it ends, from any thread.
    pub trace: Option<fn(&str)>,
}

/// A connection to the API. Making one is cheap until the first request.
pub struct Client {
    http: blocking::Client,
    base_url: BaseUrl,
    proxy: Option<Arc<Proxy>>,
    credentials: Credentials,
    authorization: HeaderValue,
    timeout: TimeLimit,
    deadline: Option<Deadline>,
    retries: u32,
    trace: Option<fn(&str)>,
    buffers: Arc<Buffers>,
}

impl Client {
    /// A client that speaks to the API at `base_url`.
    pub fn new(base_url: BaseUrl, credentials: Credentials, conduct: ClientOptions) -> Result<Self, Error> {
        let ClientOptions { timeout, deadline, retries, authorities, trace } = conduct;
        let unready = |error: &(dyn StdError + 'static)| Error::Setup(cause(error));
        let mut builder = blocking::Client::builder()
            .user_agent(concat!("carrierx/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls::config(authorities).map_err(|error| unready(&error))?)
            .redirect(Policy::custom(keep_the_question))
            .http1_max_headers(MAX_HEADERS)
            .dns_resolver(Arc::new(Resolver))
            .retry(reqwest::retry::never())
            .timeout(None)
            // Whoever answers for the name `localhost`, the request stays on this machine.
            .resolve_to_addrs(
                "localhost",
                &[(Ipv4Addr::LOCALHOST, 0).into(), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))],
            );
        // The one answer of `proxy` holds, for requests and for messages; redirects stay at the origin.
        let proxy = if base_url.is_loopback() {
            None
        } else {
            Proxy::on_the_way_to(&base_url.join(&[]), |name| env::var_os(name))?
        };
        builder = builder.no_proxy();
        if let Some(proxy) = &proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.url().clone()).map_err(|error| unready(&error))?);
        }
        let http = builder.build().map_err(|error| unready(&error))?;
        let bearer = Zeroizing::new(format!("Bearer {}", credentials.token.expose()));
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| Error::UnsendableToken)?;
        authorization.set_sensitive(true);
        Ok(Self {
            http,
            base_url,
            proxy: proxy.map(Arc::new),
            credentials,
            authorization,
            timeout,
            deadline,
            retries,
            trace,
            buffers: Arc::default(),
        })
    }

    fn try_repeatedly<T>(
        &self,
        try_once: impl Fn(u32) -> Result<T, Error>,
        on_wait: &dyn Fn(Wait),
        wanted: &Wanted,
    ) -> Result<T, Error> {
        let mut attempt = 0;
        let try_next = || {
            attempt += 1;
            try_once(attempt)
        };
        let left = || self.deadline.map_or(Duration::MAX, Deadline::left);
        let mut is_over = false;
        let wait = |time: Duration, error: &Error| {
            is_over = time >= left();
            if is_over {
                return false;
            }
            let until = Instant::now() + time;
            on_wait(Wait { until, status: error.status() });
            wanted.is_so_until(until)
        };
        let ended = retry::run(self.retries, try_next, wait, chance);
        ended.map_err(|error| match self.deadline {
            Some(deadline) if error.is_retryable() && (is_over || left().is_zero()) => {
                Error::OutOfTime { deadline, last: Box::new(error) }
            }
            _ => error,
        })
    }

    /// Makes one attempt, and traces it.
    fn get(&self, url: &Url, attempt: u32) -> Result<Answer, Error> {
        let began = Instant::now();
        let answer = self.exchange(url.clone());
        if let Some(trace) = self.trace {
            let outcome = match &answer {
                Ok(answer) => format!("{}, {} bytes", answer.status.as_u16(), answer.body.len()),
                Err(_) => "no answer".to_owned(),
            };
            let token = &self.credentials.token;
            let milliseconds = began.elapsed().as_millis();
            let url = token.redact(url.as_str());
            trace(&format!("GET {url}: {outcome}, {milliseconds} ms, attempt {attempt}"));
        }
        answer
    }

    fn exchange(&self, asked: Url) -> Result<Answer, Error> {
        address::check_length(&asked)?;
        let url = redacted_url(&asked, &self.credentials);
        let left = self.deadline.map_or(Duration::MAX, Deadline::left);
        if left.is_zero() {
            return Err(Error::NoTimeLeft { url });
        }
        let mut response = self
            .http
            .get(asked.clone())
            .header(AUTHORIZATION, &self.authorization)
            .header(ACCEPT, "application/json")
            // Inflated here rather than by the HTTP library: servers send more forms of it than that reads.
            .header(ACCEPT_ENCODING, "gzip")
            // Set on the request, the limit spans connecting, waiting and reading; set on the client, it would start
            // anew with every read.
            .timeout(left.min(self.timeout.into()))
            .send()
            .map_err(|error| self.no_answer(Stage::Request, &url, &error))?;
        let header = |name: HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        // A clock that differs from the server's would make a date of something else.
        let sent = header(DATE).and_then(|date| httpdate::parse_http_date(&date).ok()).unwrap_or_else(SystemTime::now);
        let challenge = header(WWW_AUTHENTICATE);
        let scheme = challenge.and_then(|value| value.split_whitespace().next().map(str::to_owned));
        let mut answer = Answer {
            url: response.url().clone(),
            asked,
            status: response.status(),
            content_type: header(CONTENT_TYPE),
            challenge: scheme,
            location: header(LOCATION),
            retry_after: header(RETRY_AFTER).and_then(|value| retry::parse_retry_after(&value, sent)),
            body: Vec::new(),
            is_whole: true,
        };
        let encoding = Encoding::of(response.headers().get_all(CONTENT_ENCODING).iter().map(HeaderValue::as_bytes));
        let expected = response.content_length().unwrap_or(0).min(MAX_BODY);
        let mut inflated;
        let reader: &mut dyn Read = match &encoding {
            Encoding::Plain => &mut response,
            Encoding::Gzip => {
                inflated = Gunzip::new(BufReader::new(response));
                &mut inflated
            }
            Encoding::Other(_) => &mut io::empty(),
        };
        if answer.status != StatusCode::OK {
            // Whatever becomes of its body, the status came.
            let read = read_over(&mut answer.body, reader, expected.min(MAX_ERROR), MAX_ERROR - 1);
            answer.is_whole = read.is_ok();
            return Ok(answer);
        }
        if let Encoding::Other(name) = encoding {
            return Err(Error::UnknownEncoding { url, encoding: self.credentials.token.redact(&name) });
        }
        answer.body = self.buffers.take();
        read_over(&mut answer.body, reader, expected, MAX_BODY)
            .map_err(|error| self.no_answer(Stage::Response, &url, &error))?;
        if answer.body.len() as u64 > MAX_BODY {
            return Err(Error::TooLarge { url, max: MAX_BODY });
        }
        Ok(answer)
    }

    /// Why the response is missing or cut off.
    fn no_answer(&self, stage: Stage, url: &str, error: &(dyn StdError + 'static)) -> Error {
        let route = Route { url: url.to_owned(), proxy: self.proxy.clone() };
        if is_timeout(error) {
            // At the deadline, that is what is reported.
            let is_over = self.deadline.is_some_and(|deadline| deadline.left().is_zero());
            let limit = (!is_over).then_some(self.timeout);
            return Error::NoResponse { route, problem: NoResponse::TimedOut { limit } };
        }
        let tls_error = chain(error).find_map(|error| error.downcast_ref::<rustls::Error>());
        if let Some(problem) = tls_error.and_then(tls::problem) {
            return Error::NoResponse { route, problem: NoResponse::Tls(problem) };
        }
        let cause = cause(error);
        let problem = match stage {
            // The words of the HTTP library, which gives no other sign.
            Stage::Request if route.proxy.is_some() && cause.contains("proxy authorization required") => {
                NoResponse::ProxyAuthentication
            }
            Stage::Request if route.proxy.is_some() && cause.contains("tunnel error: unsuccessful") => {
                NoResponse::ProxyRefused
            }
            Stage::Request => NoResponse::Failed { cause },
            Stage::Response if is_undecodable(error) => NoResponse::Undecodable { cause },
            Stage::Response => NoResponse::CutOff { cause },
        };
        Error::NoResponse { route, problem }
    }
}

impl Source for Client {
    fn page_while(&self, wanted: &Wanted, request: &PageRequest, on_wait: &dyn Fn(Wait)) -> Result<Page, Error> {
        let url = address::of_page(&self.base_url, request);
        let try_once = |attempt| self.get(&url, attempt)?.into_page(&self.credentials);
        Ok(self.try_repeatedly(try_once, on_wait, wanted)?.redacted(&self.credentials.token).recycled_by(&self.buffers))
    }

    fn partner(&self, sid: &str, fields: &FieldSelection, on_wait: &dyn Fn(Wait)) -> Result<Option<String>, Error> {
        let url = address::of_one(&self.base_url, sid, fields);
        let try_once = |attempt| self.get(&url, attempt)?.into_partner(&self.credentials);
        self.try_repeatedly(try_once, on_wait, &Wanted::default())
    }

    /// It is asked once, as not every API has an answer.
    fn whoami(&self) -> Result<Option<String>, Error> {
        self.get(&address::of_whoami(&self.base_url), 1)?.into_partner(&self.credentials)
    }

    fn token_source(&self) -> &str {
        &self.credentials.source
    }

    fn base_url(&self) -> Option<&BaseUrl> {
        Some(&self.base_url)
    }

    fn redact(&self, text: &str) -> String {
        self.credentials.token.redact(text)
    }
}

/// A number from 0 to 1 that differs from process to process and from call to call.
fn chance() -> f64 {
    let number = RandomState::new().hash_one(Instant::now());
    number as f64 / u64::MAX as f64
}

/// Follows redirects that lead to the answer to the same question; see [`redirect::check`].
fn keep_the_question(attempt: Attempt) -> reqwest::redirect::Action {
    let asked = attempt.previous().first().unwrap_or(attempt.url());
    match redirect::check(asked, attempt.url(), attempt.previous().len()) {
        Ok(()) => attempt.follow(),
        Err(_) => attempt.stop(),
    }
}

/// How far a request came.
#[derive(Clone, Copy)]
enum Stage {
    Request,
    /// The head of an answer came.
    Response,
}

/// The error and what caused it, outermost first.
fn chain<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| below(*error))
}

fn below<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    // An error of reading wraps the client's error without calling it its source.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Whether the bytes came, and are none that can be inflated.
fn is_undecodable(error: &(dyn StdError + 'static)) -> bool {
    chain(error).all(|error| !error.is::<reqwest::Error>())
        && error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() != io::ErrorKind::UnexpectedEof)
}

fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
            || error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    })
}

/// The innermost cause, which is what a person can act on.
fn cause(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
