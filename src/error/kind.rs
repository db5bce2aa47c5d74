//! The kinds of errors, each with an exit status that scripts can rely on.

/// What kind of error ends the program; its number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything that no other kind names, such as a full disk.
    Other = 1,
    /// A bad option, an unknown field, a mistake in a filter; nothing was sent, or nothing printed.
    Usage,
    /// No token, or a configuration that cannot be used.
    Config,
    /// The API refused the token.
    Auth,
    /// The token lacks the scope.
    Forbidden,
    /// The API refused the request itself.
    Rejected,
    /// The API is rate-limiting requests.
    RateLimited,
    /// A server error, or a response that is not what the API promises.
    Server,
    /// No response: name resolution, TLS, proxy, connection, timeout.
    Network,
    /// A list that had to be complete is not.
    Incomplete,
    /// Two lists differ, which is a result and no error; never reported as one.
    Differs,
}

/// Every kind, in the order of the exit statuses: the word that names it to programs, and when the program ends so.
pub const KINDS: [(Kind, &str, &str); 11] = [
    (Kind::Other, "other", "Any other error, such as a full disk, or a file that cannot be written."),
    (Kind::Usage, "usage", "A bad option, an unknown field, a mistake in a filter."),
    (
        Kind::Config,
        "config",
        "No token, a configuration that cannot be used, or a base URL that is not https (or http to localhost).",
    ),
    (Kind::Auth, "auth", "The API refused the token (401)."),
    (Kind::Forbidden, "forbidden", "The token lacks the scope partners.read or partners.manage (403)."),
    (
        Kind::Rejected,
        "rejected",
        "The API rejected the request (400, 404, 422 and other 4xx), or there is no partner with that ID.",
    ),
    (
        Kind::RateLimited,
        "rate-limited",
        "The API still rate-limits requests (429) after the retries, or asks to wait for more than a minute, or beyond \
         --max-time.",
    ),
    (Kind::Server, "server", "The server failed (5xx) after the retries, or its response is invalid."),
    (
        Kind::Network,
        "network",
        "The network, after the retries: name resolution, TLS, proxy, a refused or broken connection, a timeout.",
    ),
    (
        Kind::Incomplete,
        "incomplete",
        "A list that had to be complete is not: by --require-complete, or for a tree, a count, a diff or a snapshot. \
         Or the history is damaged.",
    ),
    (Kind::Differs, "differs", "Two lists differ (only with `partners diff --exit-code`)."),
];

impl Kind {
    /// The word that names it to programs.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|row| row.0 == self).map_or("other", |row| row.1)
    }

    /// The status that the process ends with.
    pub fn exit_status(self) -> u8 {
        self as u8
    }
}
