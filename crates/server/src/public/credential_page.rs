//! `/c/{id}`: a credential for people, and the same address for programs.
//!
//! In: an id, which is the capability to see the credential. Out: the page, with the five checks run anew at each
//! reading over this deployment's own store and chain; or the signed document, by content negotiation and as a
//! download. No URL, header, title or log line contains anything about the person.
//!
//! - Invariant: what shows the credential elsewhere (`embed`, previews, `sharing`) names the achievement, not the person.
//! - Invariant: the page is whole without its script, which makes the checks once more in the browser, copies the address, and reloads
//!   a page that waits. Every text from outside is escaped by the template and set in `<bdi>`.
//! - Invariant: if there is no signed document, the response in the document's forms is 404 `credential_not_found`, whose
//!   message states whether it makes sense to ask again.
//!
//! Begin reading at `handler.rs`; the words of each state are in `status.rs`.

pub(crate) mod award_preview;
pub(crate) mod checks;
pub(crate) mod compose;
pub(crate) mod embed;
pub(crate) mod handler;
pub(crate) mod linkedin;
mod page;
mod status;
#[cfg(test)]
mod tests;
pub(crate) mod view_model;
