//! JSON as the original text.
//!
//! A partner travels through the program as a piece of the server's own text, so that numbers, escapes, the order of
//! keys and unknown keys come out as they came in. What is done to such text is done here: checking it once, in a walk
//! that notes where the members of partners stand; splitting an object into its members where they were not noted;
//! reading one value as text or number, leaving members out, laying it out anew. Only the check may meet anything: all
//! else is about text that it has passed.

mod check;
mod layout;
mod members;
mod number;
mod object;
pub mod words;

pub use check::{Checker, Flaw, MAX_DEPTH, MAX_MEMBERS, checked};
pub use layout::{compact, indent, indent_object};
pub use members::{
    changed_members, each_at, elements, is_called, is_set, lookup, members, only, push_string, text, unquoted,
    value_at, with_last, without,
};
pub use number::Number;
pub use object::{Member, Object, Place, range_within};
