//! Who answers a question about partners, beside the API itself: the sample, and saved lists.

pub mod sandbox;
pub mod saved;
pub mod served;
