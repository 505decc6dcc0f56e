//! The modules of the browser's verifier: part of the program, served as they are in `web/`.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::cross_origin::revalidated;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const NOBLE: &str = include_str!("../../../web/vendor/noble.js");
const STYLE: &str = include_str!("../../../templates/verify.css");
const PLAIN_STYLE: &str = include_str!("../../../templates/verify-plain.css");

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../web/verify/", $name)))),*]
    };
}

/// Each module by its name.
const MODULES: &[(&str, &str)] = modules![
    "address.js",
    "anchor.js",
    "base58.js",
    "begin.js",
    "bytes.js",
    "canonical.js",
    "cbor.js",
    "chain.js",
    "check.js",
    "contents.js",
    "credential.js",
    "dates.js",
    "days.js",
    "did.js",
    "document.js",
    "ed25519.js",
    "files.js",
    "form.js",
    "host.js",
    "inflate.js",
    "issuer.js",
    "json.js",
    "live.js",
    "link.js",
    "lookup.js",
    "merkle.js",
    "old-ciphers.js",
    "pause.js",
    "pdf-encryption.js",
    "pdf-file.js",
    "pdf-syntax.js",
    "pdf.js",
    "pending.js",
    "png.js",
    "profile.js",
    "proof.js",
    "reading.js",
    "report.js",
    "rlp.js",
    "rules.js",
    "run.js",
    "show.js",
    "status-list.js",
    "status.js",
    "svg.js",
    "text.js",
    "token.js",
    "transaction.js",
    "verify.js",
    "wallet-document.js",
    "wallet-run.js",
    "wallet-token.js",
    "wallet-verify.js",
];

/// Serves `GET /assets/verify/{name}`.
pub(crate) async fn module(
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    match MODULES.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => Ok(revalidated(&headers, JAVASCRIPT, (*text).to_owned())),
        None => Err(endpoint_not_found().await),
    }
}

/// Serves `GET /assets/vendor/noble.js`: the cryptography that the modules take from a library.
pub(crate) async fn noble(headers: HeaderMap) -> Response {
    revalidated(&headers, JAVASCRIPT, NOBLE.to_owned())
}

/// Serves `GET /assets/verify.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}

/// Serves `GET /assets/verify-plain.css`.
pub(crate) async fn plain_style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", PLAIN_STYLE.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Returns the names of the modules that a text imports.
    fn imports(text: &str) -> BTreeSet<&str> {
        text.split("'./").skip(1).filter_map(|rest| rest.split_once('\'')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_module_in_the_folder_is_served_and_every_import_is_found() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/verify");
        let there: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let served: BTreeSet<String> = MODULES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(served, there);
        for (name, text) in MODULES {
            for import in imports(text) {
                assert!(served.contains(import), "{name} imports {import}");
            }
        }
    }

    #[test]
    fn no_module_makes_markup_or_code_from_text() {
        for (name, text) in MODULES {
            for forbidden in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("]
            {
                assert!(!text.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }

    #[test]
    fn what_a_page_loads_unasked_is_small() {
        let begin = MODULES.iter().find(|(name, _)| *name == "begin.js").unwrap().1;
        assert!(begin.len() < 3_000, "{}", begin.len());
        assert!(
            imports(begin).contains("credential.js") && !begin.contains("\nimport "),
            "it loads the rest when asked"
        );
    }

    #[test]
    fn the_library_says_whose_it_is() {
        assert!(NOBLE.starts_with("/*! Made by tests/node/vendor-noble.mjs"));
        assert!(NOBLE.contains("Permission is hereby granted, free of charge"));
    }
}
