//! The routes for people and verifiers, which need no key: the page of a credential, its files, the form that checks any
//! document, and the documents of the host.

pub(crate) mod accent;
pub(crate) mod achievement_images;
pub(crate) mod alignments;
pub(crate) mod anchor_look_ups;
pub(crate) mod assets;
pub(crate) mod brand;
pub(crate) mod browser_check;
pub(crate) mod browser_nodes;
pub(crate) mod credential_lookup;
pub(crate) mod credential_page;
pub(crate) mod cross_origin;
pub(crate) mod did_documents;
pub(crate) mod error_pages;
pub(crate) mod evidence;
pub(crate) mod files;
pub(crate) mod front_page;
pub(crate) mod host_documents;
pub(crate) mod host_files;
pub(crate) mod logos;
pub(crate) mod mangled_links;
pub(crate) mod negotiate;
pub(crate) mod oembed;
pub(crate) mod page_state;
pub(crate) mod parameters;
pub(crate) mod picture_cache;
pub(crate) mod preferred_language;
pub(crate) mod preview;
pub(crate) mod query;
pub(crate) mod recent_look_ups;
pub(crate) mod render_permits;
pub(crate) mod response;
pub(crate) mod shown_branding;
pub(crate) mod site_files;
pub(crate) mod time;
pub(crate) mod verify_form;
