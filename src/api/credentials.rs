//! Who asks: a token, and where it was found.

use crate::values::Token;

/// A token, and where it was found, for the message when it is refused.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub token: Token,
    /// Where it was found, such as `CARRIERX_TOKEN`.
    pub source: String,
}
