//! The exit statuses: those of the kinds of errors, and those of `partners check`, which monitoring systems read.

use serde::Serialize;

use crate::error::{Kind, UNKNOWN};

/// An exit status, and when the program ends with it.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub status: u8,
    /// The word that names it, and that is different for each.
    pub kind: &'static str,
    pub meaning: &'static str,
    pub retryable: bool,
}

pub const SUCCESS: Status = Status {
    status: 0,
    kind: "success",
    meaning: "Success, even if nothing matched or the reader of a pipe closed it.",
    retryable: false,
};

/// Those of `partners check`.
pub const OF_CHECK: [Status; 4] = [
    Status { status: 0, kind: "ok", meaning: "No partner has reached a threshold.", retryable: false },
    Status { status: 1, kind: "warning", meaning: "Some partners have reached a warning threshold.", retryable: false },
    Status {
        status: 2,
        kind: "critical",
        meaning: "Some partners have reached a critical threshold.",
        retryable: false,
    },
    Status {
        status: UNKNOWN,
        kind: "unknown",
        meaning: "Any error, including a mistyped option: the state of the partners is not known.",
        retryable: true,
    },
];

impl From<Kind> for Status {
    fn from(kind: Kind) -> Self {
        let (status, retryable) = (kind.exit_status(), kind.is_retryable());
        Self { status, kind: kind.name(), meaning: kind.meaning(), retryable }
    }
}

/// Every status of the program.
pub fn all() -> Vec<Status> {
    [SUCCESS].into_iter().chain(Kind::ALL.map(Status::from)).chain(OF_CHECK).collect()
}

/// Those that the command with these names can end with.
pub fn of_command(path: &[&str]) -> Vec<Status> {
    if path == ["partners", "check"] {
        return OF_CHECK.to_vec();
    }
    let can_end = |kind: &Kind| match kind {
        // --max-time is an option of every command.
        Kind::Other | Kind::Usage | Kind::Network => true,
        Kind::Config => asks_the_api(path) || matches!(path, ["auth" | "config", _]),
        Kind::Auth | Kind::Forbidden | Kind::Rejected | Kind::RateLimited | Kind::Server => asks_the_api(path),
        // A saved list may be cut off.
        Kind::Incomplete => matches!(path, ["partners", _] if asks_the_api(path)) || path == ["sandbox", "serve"],
        Kind::Differs => path == ["partners", "diff"],
    };
    [SUCCESS].into_iter().chain(Kind::ALL.into_iter().filter(can_end).map(Status::from)).collect()
}

fn asks_the_api(path: &[&str]) -> bool {
    matches!(path, ["partners", verb] if *verb != "fields") || matches!(path, ["auth", verb] if *verb != "logout")
}
