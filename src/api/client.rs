//! One GET: the token, the time limit and the size limit of a request, and why no answer comes.

use std::env;
use std::error::Error as StdError;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::mem::{self, ManuallyDrop};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use flate2::read::MultiGzDecoder;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::redirect::Policy;
use reqwest::{Certificate, StatusCode, Url, blocking};
use zeroize::Zeroizing;

use crate::error::{Exchange, Failure, Kind};
use crate::values::{BaseUrl, Deadline, TimeLimit, Token};

use super::answer::{Answer, without_query};
use super::buffers::{Buffers, read_over};
use super::failures::{NO_RESPONSE, invalid};
use super::page::Page;
use super::prefetch::{Wait, Wanted};
use super::proxy::{self, Proxy};
use super::query::{FieldSelection, PageRequest};
use super::source::Source;
use super::{address, retry, tls};

/// The largest answer that is read, in bytes after decompression. A page of 1,000 partners has about 2 MB.
const MAX_BODY: u64 = 64 << 20;

/// The same for each partner that is asked for. Many look-ups at a time wait for no share of memory, as all their
/// partners are kept until the last one came.
const MAX_PARTNER: u64 = 8 << 20;

/// What is read of an answer that is an error, in bytes after decompression. Its words are few.
const MAX_ERROR: u64 = 64 * 1024;

/// Header lines that an answer may have; the HTTP library bounds their size.
const MAX_HEADERS: usize = 1000;

/// A token, and where it was found, for the message when it is refused.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub token: Token,
    /// Where it was found, such as `CARRIERX_TOKEN`.
    pub source: String,
}

pub struct ClientOptions {
    /// The longest that one attempt may take, from its first to its last byte.
    pub timeout: TimeLimit,
    /// When all requests together must have ended, waits included.
    pub deadline: Option<Deadline>,
    /// How many attempts may follow one that may succeed another time.
    pub retries: u32,
    /// Certificate authorities that are trusted beside those of the system.
    pub authorities: Vec<Certificate>,
    /// Receives a line about every attempt as it ends, from any thread.
    pub trace: Option<fn(&str)>,
}

/// A connection to the API. Making one is cheap until the first request.
pub struct Client {
    /// Never dropped: it would wait for the system's resolver, which cannot be interrupted, long after the time limit.
    http: ManuallyDrop<blocking::Client>,
    base_url: BaseUrl,
    proxy: Option<Proxy>,
    credentials: Credentials,
    authorization: HeaderValue,
    options: ClientOptions,
    buffers: Arc<Buffers>,
}

impl Client {
    /// A client that speaks to the API at `base_url`.
    pub fn new(base_url: BaseUrl, credentials: Credentials, mut options: ClientOptions) -> Result<Self, Failure> {
        // If only https fails here, there is no CA certificate to trust.
        let unready = |error: reqwest::Error| match tls_error(&error) {
            Some(rustls::Error::General(_)) => tls::no_authorities(),
            _ => Failure::new(Kind::Other, format!("cannot set up the HTTP client: {}", cause(&error)))
                .hint("check the system's limits on threads and memory"),
        };
        _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = blocking::Client::builder()
            .user_agent(concat!("carrierx/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .http1_max_headers(MAX_HEADERS)
            .retry(reqwest::retry::never())
            .timeout(None)
            // Whoever answers for the name `localhost`, the request stays on this machine.
            .resolve_to_addrs(
                "localhost",
                &[(Ipv4Addr::LOCALHOST, 0).into(), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))],
            )
            .no_proxy();
        let url = base_url.join(&[]);
        builder = match url.scheme() {
            "https" => builder.tls_certs_merge(mem::take(&mut options.authorities)),
            // On the way to this machine no certificate is read, and none need be there.
            _ => builder.tls_certs_only([]),
        };
        // The one answer of `proxy` holds, for requests and for messages.
        let proxy = match Proxy::on_the_way_to(&url, |name| env::var_os(name))? {
            _ if base_url.is_loopback() => None,
            None => Proxy::of_the_system(&url),
            proxy => proxy,
        };
        if let Some(Proxy { url, .. }) = &proxy {
            builder = builder.proxy(reqwest::Proxy::all(url.clone()).map_err(unready)?);
        }
        let http = ManuallyDrop::new(builder.build().map_err(unready)?);
        let bearer = Zeroizing::new(format!("Bearer {}", credentials.token.expose()));
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| {
            Failure::new(Kind::Config, "the token is not valid: it has a character that HTTP headers cannot have")
                .hint("copy the token again from the portal, Account > Security Tokens, without quotes or spaces")
        })?;
        authorization.set_sensitive(true);
        Ok(Self { http, base_url, proxy, credentials, authorization, options, buffers: Arc::default() })
    }

    fn try_repeatedly<T>(
        &self,
        try_once: impl Fn(u32) -> Result<T, Failure>,
        on_wait: &dyn Fn(Wait),
        wanted: &Wanted,
    ) -> Result<T, Failure> {
        let wait = |time: Duration, error: &Failure| {
            let until = Instant::now() + time;
            on_wait(Wait { until, status: error.status() });
            wanted.is_so_until(until)
        };
        retry::run(self.options.retries, self.options.deadline, try_once, wait, chance)
    }

    /// Makes one attempt at an answer with so many partners, and traces it.
    fn get(&self, url: &Url, partners: u64, attempt: u32, wanted: &Wanted) -> Result<Answer, Failure> {
        let began = Instant::now();
        let answer = self.exchange(url, MAX_BODY.min(partners.saturating_mul(MAX_PARTNER)), wanted);
        if let Some(trace) = self.options.trace {
            let outcome = match &answer {
                Ok(answer) => format!("{}, {} bytes", answer.status.as_u16(), answer.body.len()),
                Err(_) => "no answer".to_owned(),
            };
            let milliseconds = began.elapsed().as_millis();
            trace(&format!("GET {url}: {outcome}, {milliseconds} ms, attempt {attempt}"));
        }
        answer
    }

    fn exchange(&self, url: &Url, bound: u64, wanted: &Wanted) -> Result<Answer, Failure> {
        address::check_length(url)?;
        let left = self.options.deadline.map_or(Duration::MAX, Deadline::left);
        if left.is_zero() {
            let message = format!("no time left for a request to {}", without_query(url));
            return Err(Failure::new(Kind::Network, message).of(NO_RESPONSE));
        }
        let response = self
            .http
            .get(url.clone())
            .header(AUTHORIZATION, &self.authorization)
            .header(ACCEPT, "application/json")
            // Inflated here, under the bound of the body.
            .header(ACCEPT_ENCODING, "gzip")
            // Set on the request, the limit spans connecting, waiting and reading; set on the client, it would start
            // anew with every read.
            .timeout(left.min(self.options.timeout.into()))
            .send()
            .map_err(|error| self.no_answer(url, &error))?;
        let answer = head(url, &response);
        self.with_body(answer, response, bound, wanted)
    }

    fn with_body(
        &self,
        mut answer: Answer,
        response: blocking::Response,
        bound: u64,
        wanted: &Wanted,
    ) -> Result<Answer, Failure> {
        let expected = response.content_length().unwrap_or(0).min(bound);
        let encoding = response.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes).unwrap_or_default();
        let mut reader: Box<dyn Read> = match encoding.eq_ignore_ascii_case(b"gzip") {
            true => Box::new(MultiGzDecoder::new(response)),
            false => Box::new(response),
        };
        if answer.status != StatusCode::OK {
            // Whatever becomes of its body, the status came.
            let read = read_over(&mut answer.body, &mut *reader, expected.min(MAX_ERROR), MAX_ERROR - 1, |_| Ok(()));
            answer.is_whole = read.is_ok();
            return Ok(answer);
        }
        let (body, mut share) = self.buffers.take();
        answer.body = body;
        read_over(&mut answer.body, &mut *reader, expected, bound, |bytes| share.grow(bytes, wanted))
            .map_err(|error| self.no_answer(&answer.url, &error))?;
        if answer.body.len() as u64 > bound {
            let message =
                format!("the response from {} is larger than {} MiB", without_query(&answer.url), bound >> 20);
            return Err(invalid(message, "request fewer partners or fields at a time"));
        }
        answer.share = Some(share);
        Ok(answer)
    }

    /// Why the response is missing, or cut off if it was its body that could not be read.
    fn no_answer(&self, url: &Url, error: &(dyn StdError + 'static)) -> Failure {
        let url = without_query(url);
        let (to, check) = match &self.proxy {
            Some(proxy) => (
                format!("{url} through the proxy {proxy}"),
                format!("check the proxy in {}, and the network behind it", proxy.source),
            ),
            None => (url, "check the network, the proxy settings and the base URL".to_owned()),
        };
        let no_response = |problem: &str, hint: &str| {
            Failure::new(Kind::Network, format!("request to {to} {problem}")).hint(hint).of(NO_RESPONSE)
        };
        if is_timeout(error) {
            // At the deadline, that is what is reported.
            let is_over = self.options.deadline.is_some_and(|deadline| deadline.left().is_zero());
            let after = if is_over { String::new() } else { format!(" after {}", self.options.timeout) };
            let hint = "allow more time with --timeout, or check the network";
            return no_response(&format!("timed out{after}"), hint);
        }
        if let Some((problem, hint)) = tls_error(error).and_then(tls::problem) {
            // A certificate will not be a better one in a second.
            return no_response(&format!("failed: {problem}"), &hint).of(Exchange::default());
        }
        let cause = cause(error);
        if error.is::<io::Error>() {
            let message = format!("the response from {to} was cut off or damaged: {cause}");
            return Failure::new(Kind::Network, message).hint(check).of(NO_RESPONSE);
        }
        match &self.proxy {
            // The words of the HTTP library, which gives no other sign.
            Some(proxy) if cause.contains("proxy authorization required") => {
                let hint = format!("set {} to {}", proxy.source, proxy::WITH_CREDENTIALS);
                no_response("failed: the proxy requires authentication (407)", &hint)
                    .of(Exchange { status: Some(407), ..Exchange::default() })
            }
            Some(_) if cause.contains("tunnel error: unsuccessful") => no_response(
                "failed: the proxy refused to connect",
                "ask the proxy's administrator to allow this host, or list it in NO_PROXY to bypass the proxy",
            ),
            _ => no_response(&format!("failed: {cause}"), &check),
        }
    }
}

impl Source for Client {
    fn page_while(&self, wanted: &Wanted, request: &PageRequest, on_wait: &dyn Fn(Wait)) -> Result<Page, Failure> {
        let url = address::of_page(&self.base_url, request);
        let try_once = |attempt| self.get(&url, request.limit, attempt, wanted)?.into_page(&self.credentials.source);
        self.try_repeatedly(try_once, on_wait, wanted)
    }

    fn partner(&self, sid: &str, fields: &FieldSelection, on_wait: &dyn Fn(Wait)) -> Result<Option<String>, Failure> {
        let url = address::of_one(&self.base_url, sid, fields);
        let wanted = Wanted::default();
        let try_once = |attempt| self.get(&url, 1, attempt, &wanted)?.into_partner(&self.credentials.source);
        self.try_repeatedly(try_once, on_wait, &wanted)
    }

    /// It is asked once, as not every API has an answer.
    fn whoami(&self) -> Result<Option<String>, Failure> {
        self.get(&address::of_whoami(&self.base_url), 1, 1, &Wanted::default())?.into_partner(&self.credentials.source)
    }

    fn token_source(&self) -> &str {
        &self.credentials.source
    }

    fn base_url(&self) -> Option<&BaseUrl> {
        Some(&self.base_url)
    }
}

/// An answer without its body.
fn head(url: &Url, response: &blocking::Response) -> Answer {
    let header = |name: HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    // A clock that differs from the server's would make a date of something else.
    let sent = header(DATE).and_then(|date| httpdate::parse_http_date(&date).ok()).unwrap_or_else(SystemTime::now);
    let challenge = header(WWW_AUTHENTICATE);
    Answer {
        url: url.clone(),
        status: response.status(),
        content_type: header(CONTENT_TYPE),
        challenge: challenge.and_then(|value| value.split_whitespace().next().map(str::to_owned)),
        location: header(LOCATION),
        retry_after: header(RETRY_AFTER).and_then(|value| retry::parse_retry_after(&value, sent)),
        body: Vec::new(),
        share: None,
        is_whole: true,
    }
}

/// A number from 0 to 1 that differs from process to process and from call to call.
fn chance() -> f64 {
    let number = RandomState::new().hash_one(Instant::now());
    number as f64 / u64::MAX as f64
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

fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
            || error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    })
}

/// What was wrong with the secure connection.
fn tls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The innermost cause, which is what a person can act on.
fn cause(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
