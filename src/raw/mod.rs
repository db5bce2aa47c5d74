//! JSON as the text that came.
//!
//! A partner travels through the program as a piece of the server's own text, so that numbers, escapes, the order of
//! keys and unknown keys come out as they came in. What is done to such text is done here: splitting an object into
//! its members, reading one value as text, leaving members out, laying it out anew. The text has been parsed once
//! already and is valid JSON; nothing here reads a number or recurses deeper than a path has steps.

mod layout;
mod members;

pub(crate) use layout::{compact, indent, is_deeper_than};
pub(crate) use members::{
    each_at, elements, is_set, lookup, members, members_of_both, only, text, text_of_only_member, value_at, without,
};
