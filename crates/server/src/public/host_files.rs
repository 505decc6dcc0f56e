//! `/.well-known/did.json` and `/issuer.json`, which are about all tenants: built, compressed and hashed once for each change of a
//! key. With ten thousand tenants each has some megabytes.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use learncoin_credential::HostedTenant;
use learncoin_issuance::credential::host_documents::{HostDocuments, KeysVersion};
use tokio::task::spawn_blocking;

use crate::error::ApiError;
use crate::public::cross_origin::{self, tag_of};
use crate::public::negotiate;

/// The files about all tenants.
pub(crate) struct HostFiles {
    documents: HostDocuments,
    did_document: HostFile,
    profile: HostFile,
}

/// A file, as it was last prepared.
struct HostFile {
    media_type: &'static str,
    build: fn(&HostDocuments, &[HostedTenant]) -> String,
    prepared: Mutex<Option<Arc<Prepared>>>,
    /// Held while the file is prepared, so that others wait for it and do not prepare it too.
    preparing: tokio::sync::Mutex<()>,
}

/// A file at one version of the keys, ready to be sent.
struct Prepared {
    version: KeysVersion,
    plain: Encoded,
    gzip: Encoded,
}

/// Bytes in one content coding, with their ETag.
struct Encoded {
    bytes: Bytes,
    tag: String,
}

impl HostFiles {
    /// Creates the files of a host. Each is prepared when it is first asked for.
    pub(crate) fn new(documents: HostDocuments) -> Self {
        let file = |media_type, build| HostFile {
            media_type,
            build,
            prepared: Mutex::default(),
            preparing: tokio::sync::Mutex::default(),
        };
        Self {
            documents,
            // DID Core, section 6.3.1.
            did_document: file("application/did+ld+json", HostDocuments::did_document),
            profile: file("application/json", HostDocuments::host_profile),
        }
    }

    /// Responds with the host's DID document.
    pub(crate) async fn did_document(&self, headers: &HeaderMap) -> Response {
        self.respond(&self.did_document, headers).await
    }

    /// Responds with the host's issuer profile.
    pub(crate) async fn profile(&self, headers: &HeaderMap) -> Response {
        self.respond(&self.profile, headers).await
    }

    async fn respond(&self, file: &HostFile, headers: &HeaderMap) -> Response {
        cross_origin::open(match file.get(&self.documents).await {
            Ok(prepared) => prepared.respond(file.media_type, headers),
            Err(error) => error.into_response(),
        })
    }
}

impl HostFile {
    /// Returns the file as the keys are stored now.
    async fn get(&self, documents: &HostDocuments) -> Result<Arc<Prepared>, ApiError> {
        if let Some(prepared) = self.prepared_at(documents.keys_version().await?) {
            return Ok(prepared);
        }
        let _preparing = self.preparing.lock().await;
        let version = documents.keys_version().await?;
        if let Some(prepared) = self.prepared_at(version) {
            return Ok(prepared);
        }
        let tenants = documents.hosted_tenants().await?;
        let (build, documents) = (self.build, documents.clone());
        // Some megabytes take longer than other requests should wait for this thread.
        let prepared = spawn_blocking(move || Prepared::new(version, build(&documents, &tenants)));
        let prepared = Arc::new(prepared.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?);
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&prepared));
        Ok(prepared)
    }

    fn prepared_at(&self, version: KeysVersion) -> Option<Arc<Prepared>> {
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.clone().filter(|prepared| prepared.version == version)
    }
}

impl Prepared {
    fn new(version: KeysVersion, text: String) -> std::io::Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text.as_bytes())?;
        Ok(Self { version, plain: Encoded::new(text.into()), gzip: Encoded::new(gzip.finish()?.into()) })
    }

    fn respond(&self, media_type: &'static str, headers: &HeaderMap) -> Response {
        let compressed = negotiate::accepts_gzip(headers);
        let encoded = if compressed { &self.gzip } else { &self.plain };
        let body = || ([(CONTENT_TYPE, media_type)], Body::from(encoded.bytes.clone())).into_response();
        let mut response = cross_origin::revalidated_as(headers, &encoded.tag, body);
        response.headers_mut().insert(VARY, HeaderValue::from(ACCEPT_ENCODING));
        if compressed {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

impl Encoded {
    fn new(bytes: Bytes) -> Self {
        Self { tag: tag_of(&bytes), bytes }
    }
}
