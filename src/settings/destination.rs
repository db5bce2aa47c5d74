//! Where a token may be sent: only where its owner intended.

/// The place that a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPlace {
    /// `CARRIERX_TOKEN` or `CARRIERX_TOKEN_FILE`.
    Environment,
    /// The selected profile, or what is about to be stored there.
    Profile,
    /// The top level of the configuration, or what is about to be stored there.
    TopLevel,
}

/// The place that a base URL comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlPlace {
    /// `--base-url`
    Option,
    /// `CARRIERX_BASE_URL`
    Environment,
    /// A profile that `--profile` or `CARRIERX_PROFILE` selected.
    SelectedProfile,
    /// The profile that `default_profile` names.
    DefaultProfile,
    /// The top level of the configuration.
    TopLevel,
    Default,
}

/// Whether a token from the one place may be sent to a base URL from the other.
///
/// A stored token belongs to the address stored with it; a variable that a folder or script set must not redirect it. A
/// token from a variable does not belong to the address of a profile that was not selected.
pub fn may_be_sent(token: TokenPlace, url: UrlPlace) -> bool {
    match (token, url) {
        (_, UrlPlace::Option | UrlPlace::Default) => true,
        (TokenPlace::Environment, UrlPlace::DefaultProfile) => false,
        (TokenPlace::Environment, _) => true,
        (TokenPlace::Profile, UrlPlace::SelectedProfile | UrlPlace::DefaultProfile) => true,
        (TokenPlace::TopLevel, UrlPlace::TopLevel) => true,
        (TokenPlace::Profile | TokenPlace::TopLevel, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_only_where_its_owner_meant_it_to_go() {
        use UrlPlace::*;
        for (url, environment, profile, top_level) in [
            (Option, true, true, true),
            (Environment, true, false, false),
            (SelectedProfile, true, true, false),
            (DefaultProfile, false, true, false),
            (TopLevel, true, false, true),
            (Default, true, true, true),
        ] {
            let allowed = [TokenPlace::Environment, TokenPlace::Profile, TokenPlace::TopLevel]
                .map(|token| may_be_sent(token, url));
            assert_eq!(allowed, [environment, profile, top_level], "{url:?}");
        }
    }
}
