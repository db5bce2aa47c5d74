//! The kinds of errors, each with an exit status that scripts can rely on.

/// What kind of error ends the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything that no other kind names, such as a full disk.
    Other,
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
    /// A fault of the server, or an answer that is not what the API promises.
    Server,
    /// No answer: name resolution, TLS, proxy, connection, time limit.
    Network,
    /// A list that had to be complete is not.
    Incomplete,
    /// Two lists differ, which is a result and no error; never reported as one.
    Differs,
}

impl Kind {
    /// Every kind, in the order of the exit statuses.
    pub const ALL: [Self; 11] = [
        Self::Other,
        Self::Usage,
        Self::Config,
        Self::Auth,
        Self::Forbidden,
        Self::Rejected,
        Self::RateLimited,
        Self::Server,
        Self::Network,
        Self::Incomplete,
        Self::Differs,
    ];

    /// When the program ends so, in a sentence for its users.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Other => "Any other error, such as a full disk, or a file that cannot be written.",
            Self::Usage => "A bad option, an unknown field, a mistake in a filter.",
            Self::Config => {
                "No token, a configuration that cannot be used, or an address that is not https (or http to localhost)."
            }
            Self::Auth => "The API refused the token (401).",
            Self::Forbidden => "The token lacks the scope partners.read or partners.manage (403).",
            Self::Rejected => {
                "The API rejected the request (400, 404, 422 and other 4xx), or there is no partner with that ID."
            }
            Self::RateLimited => {
                "The API still rate-limits requests (429) after the retries, or asks to wait for more than a minute, or beyond \
                 --max-time."
            }
            Self::Server => "The server failed (5xx) after the retries, or its response is invalid.",
            Self::Network => {
                "The network, after the retries: name resolution, TLS, proxy, a refused or broken connection, a \
                 timeout."
            }
            Self::Incomplete => {
                "A list that had to be complete is not: by --require-complete, or for a tree, a count, a diff or a \
                 snapshot. Or the history is damaged."
            }
            Self::Differs => "Two lists differ (only with `partners diff --exit-code`).",
        }
    }

    /// The word that names it to programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Forbidden => "forbidden",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate-limited",
            Self::Server => "server",
            Self::Network => "network",
            Self::Incomplete => "incomplete",
            Self::Differs => "differs",
        }
    }

    /// Whether trying again may help, of most errors of the kind: each error knows it for itself.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Server | Self::Network)
    }

    /// The status that the process ends with.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Auth => 4,
            Self::Forbidden => 5,
            Self::Rejected => 6,
            Self::RateLimited => 7,
            Self::Server => 8,
            Self::Network => 9,
            Self::Incomplete => 10,
            Self::Differs => 11,
        }
    }
}
