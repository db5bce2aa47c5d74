//! One GET: the token, the time limit and the size limit of a request, and what is said when no answer comes.

use std::env;
use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Url, blocking};
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::values::{BaseUrl, Deadline, TimeLimit};

use super::ahead::Wait;
use super::answer::Answer;
use super::buffers::{Buffers, read_over};
use super::credentials::Credentials;
use super::page::Page;
use super::proxy::Proxy;
use super::query::{FieldSelection, PageRequest};
use super::tls::{self, Authority};
use super::{address, retry};

/// The largest answer that is read, in bytes after decompression. A page of 1,000 partners has about 2 MB.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// Redirects within the API's own origin that one request follows.
const MAX_REDIRECTS: usize = 5;

/// How requests are made.
pub struct Conduct {
    /// The longest that one attempt may take, from its first to its last byte.
    pub timeout: TimeLimit,
    /// When all requests together must have ended, waits included.
    pub deadline: Option<Deadline>,
    /// How many attempts may follow one that may succeed another time.
    pub retries: u32,
    /// Certificate authorities that are trusted beside those of the system.
    pub authorities: Vec<Authority>,
    /// Is told of every attempt in one line as it ends; from any thread.
    pub trace: Option<fn(&str)>,
}

/// A connection to the API. Making one is cheap until the first request.
pub struct Client {
    http: blocking::Client,
    base_url: BaseUrl,
    proxy: Option<Proxy>,
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
    ///
    /// # Errors
    /// When the system gives no thread or TLS cannot be set up.
    pub fn new(base_url: BaseUrl, credentials: Credentials, conduct: Conduct) -> Result<Self, Failure> {
        let Conduct { timeout, deadline, retries, authorities, trace } = conduct;
        let unready = |error: &(dyn Error + 'static)| {
            Failure::new(Kind::Other, format!("no HTTP client can be made: {}", cause(error)))
        };
        let mut builder = blocking::Client::builder()
            .user_agent(concat!("carrierx/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls::config(authorities).map_err(|error| unready(&error))?)
            .redirect(Policy::custom(stay_at_origin))
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
        let mut authorization = HeaderValue::from_str(&bearer)
            .map_err(|_| Failure::new(Kind::Config, "the token cannot stand in a header"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            http,
            base_url,
            proxy,
            credentials,
            authorization,
            timeout,
            deadline,
            retries,
            trace,
            buffers: Arc::default(),
        })
    }

    /// Which API this speaks to.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// Where the token came from, in words.
    pub fn token_source(&self) -> &str {
        &self.credentials.source
    }

    /// A page of partners. `on_wait` is told of every wait before another attempt as it begins.
    ///
    /// # Errors
    /// When no answer comes, or one that is no page.
    pub fn page(&self, request: &PageRequest, on_wait: &dyn Fn(Wait)) -> Result<Page, Failure> {
        let url = address::of_page(&self.base_url, request);
        let page = self.try_repeatedly(|attempt| self.get(&url, attempt)?.into_page(&self.credentials), on_wait)?;
        Ok(page.recycled_by(&self.buffers))
    }

    /// What the API has at the address of the partner with that SID, as the text that came; none if it has nothing.
    ///
    /// # Errors
    /// When no answer comes, or one that is no object.
    pub fn partner(
        &self,
        sid: &str,
        fields: &FieldSelection,
        on_wait: &dyn Fn(Wait),
    ) -> Result<Option<String>, Failure> {
        let url = address::of_partner(&self.base_url, sid, fields);
        self.try_repeatedly(|attempt| self.get(&url, attempt)?.into_partner(&self.credentials), on_wait)
    }

    /// What the API says of the token, as the text that came. It is asked once, as not every API has an answer.
    ///
    /// # Errors
    /// When no answer comes, or one that is no object.
    pub fn whoami(&self) -> Result<Option<String>, Failure> {
        self.get(&address::of_whoami(&self.base_url), 1)?.into_partner(&self.credentials)
    }

    fn try_repeatedly<T>(
        &self,
        try_once: impl Fn(u32) -> Result<T, Failure>,
        on_wait: &dyn Fn(Wait),
    ) -> Result<T, Failure> {
        let mut attempt = 0;
        let try_next = || {
            attempt += 1;
            try_once(attempt)
        };
        let left = || self.deadline.map_or(Duration::MAX, Deadline::left);
        let mut is_over = false;
        let wait = |time: Duration, failure: &Failure| {
            is_over = time >= left();
            if !is_over {
                on_wait(Wait { until: Instant::now() + time, status: failure.status });
                thread::sleep(time);
            }
            !is_over
        };
        let ended = retry::run(self.retries, try_next, wait, chance);
        ended.map_err(|failure| match self.deadline {
            Some(deadline) if failure.retryable && (is_over || left().is_zero()) => {
                let message = format!("not finished within --max-time {deadline}: {}", failure.message);
                Failure { kind: Kind::Network, message, ..failure }.hint("allow more time with --max-time")
            }
            _ => failure,
        })
    }

    /// Makes one attempt, and tells of it.
    fn get(&self, url: &Url, attempt: u32) -> Result<Answer, Failure> {
        let began = Instant::now();
        let answer = self.exchange(url.clone());
        if let Some(trace) = self.trace {
            let outcome = match &answer {
                Ok(answer) => format!("{}, {} bytes", answer.status.as_u16(), answer.body.len()),
                Err(_) => "no answer".to_owned(),
            };
            let token = &self.credentials.token;
            let milliseconds = began.elapsed().as_millis();
            trace(&token.redact(&format!("GET {url}: {outcome}, {milliseconds} ms, attempt {attempt}")));
        }
        answer
    }

    fn exchange(&self, url: Url) -> Result<Answer, Failure> {
        let mut asked = url.clone();
        asked.set_query(None);
        let from = asked.to_string();
        let left = self.deadline.map_or(Duration::MAX, Deadline::left);
        if left.is_zero() {
            return Err(Failure::new(Kind::Network, format!("no time left to ask {from}")).retryable());
        }
        let mut response = self
            .http
            .get(url)
            .header(AUTHORIZATION, &self.authorization)
            .header(ACCEPT, "application/json")
            // Set on the request, the limit spans connecting, waiting and reading; set on the client, it would start
            // anew with every read.
            .timeout(left.min(self.timeout.into()))
            .send()
            .map_err(|error| self.no_answer("no answer from", &asked, &error))?;
        let header = |name: HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let (status, content_type, location) = (response.status(), header(CONTENT_TYPE), header(LOCATION));
        let retry_after = header(RETRY_AFTER);
        let mut body = self.buffers.take();
        let expected = response.content_length().unwrap_or(0).min(MAX_BODY);
        read_over(&mut body, &mut response, expected, MAX_BODY)
            .map_err(|error| self.no_answer("the answer broke off that came from", &asked, &error))?;
        if body.len() as u64 > MAX_BODY {
            let message = format!("{from}: the answer is larger than {} MiB", MAX_BODY >> 20);
            return Err(Failure::new(Kind::Server, message).hint("ask for less at a time with --page-size or --fields"));
        }
        let retry_after = retry_after.and_then(|value| retry::parse_retry_after(&value, SystemTime::now()));
        Ok(Answer { from, status, content_type, location, retry_after, body })
    }

    /// The failure to get a whole answer; `what` says how far it came.
    fn no_answer(&self, what: &str, asked: &Url, error: &(dyn Error + 'static)) -> Failure {
        let from = match &self.proxy {
            Some(proxy) => format!("{asked}, through the proxy {proxy}"),
            None => asked.to_string(),
        };
        let failure = |problem: &str| Failure::new(Kind::Network, format!("{what} {from}: {problem}"));
        if is_timeout(error) {
            // At the deadline, that is what is reported.
            let is_over = self.deadline.is_some_and(|deadline| deadline.left().is_zero());
            let limit = if is_over { "in time".to_owned() } else { format!("within {}", self.timeout) };
            return Failure::new(Kind::Network, format!("no whole answer from {from} {limit}"))
                .retryable()
                .hint("allow it more time with --timeout, or look at the network");
        }
        let tls_error = chain(error).find_map(|error| error.downcast_ref::<rustls::Error>());
        if let Some((problem, hint)) = tls_error.and_then(tls::certificate_problem) {
            // It will not be a better one in a second.
            return failure(&problem).hint(hint);
        }
        let cause = cause(error);
        let Some(variable) = self.proxy.as_ref().map(Proxy::variable) else {
            return failure(&cause).retryable().hint("look at the network, the proxy settings and the base URL");
        };
        // The words of the HTTP library, which gives no other sign.
        if cause.contains("proxy authorization required") {
            let failure = failure("the proxy requires authentication (407)");
            return Failure { status: Some(407), ..failure }.hint(format!(
                "set {variable} to SCHEME://USER:PASSWORD@HOST:PORT, special characters percent-encoded"
            ));
        }
        if cause.contains("tunnel error: unsuccessful") {
            return failure("the proxy refused to connect")
                .retryable()
                .hint("ask the proxy's administrator to allow this host, or list it in NO_PROXY to bypass the proxy");
        }
        failure(&cause).retryable().hint(format!("check the proxy in {variable}, and the network behind it"))
    }
}

/// A number from 0 to 1 that differs from process to process and from call to call.
fn chance() -> f64 {
    let number = RandomState::new().hash_one(Instant::now());
    number as f64 / u64::MAX as f64
}

/// Follows redirects within the origin that was asked; the token goes nowhere else.
fn stay_at_origin(attempt: Attempt) -> reqwest::redirect::Action {
    let same = attempt.previous().first().is_some_and(|asked| asked.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
}

/// The error and what caused it, outermost first.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| below(*error))
}

fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    // An error of reading wraps the client's error without calling it its source.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| {
        error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
            || error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    })
}

/// The innermost cause, which is what a person can act on.
fn cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
