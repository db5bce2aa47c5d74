//! The partner in the sample answer of the documentation's "Get Partners" page, exactly as printed there.

#[cfg(test)]
pub const SID: &str = "6bace9c5-3eef-4f75-8f48-fb98e04408be";

/// Its parent: the root of the sample.
pub const PARENT_SID: &str = "be128456-3098-4564-b0d1-67dbceee265f";

/// When it was created, which says where among the others it stands.
pub const DATE_CREATED: &str = "2024-05-20T18:32:37.000Z";

/// The object as compact JSON.
pub const TEXT: &str = include_str!("documented.json").trim_ascii();
