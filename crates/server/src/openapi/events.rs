//! The events that webhook endpoints are sent: an envelope, and the data of each type.

use learncoin_store::events::EventType;
use serde::Serialize;
use utoipa::openapi::path::{Operation, OperationBuilder, Paths, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, HttpMethod, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::words::*;
use crate::api::batches::{AnchorJson, BatchCredential};
use crate::api::limits::TEST_EVENT;

/// Declares an event: its envelope, with its name and the type of its data.
macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident($tag:ident = $word:expr, $data:ident) $fields:tt)*) => {
        $(
            $(#[doc = $doc])+
            #[derive(ToSchema, Serialize)]
            pub(crate) struct $name {
                #[schema(value_type = EventId)]
                id: String,
                #[schema(value_type = $tag, inline)]
                r#type: String,
                #[schema(value_type = IsoDateTime)]
                created_at: String,
                #[schema(value_type = TenantId)]
                tenant_id: String,
                data: $data,
            }

            $(#[doc = $doc])+
            #[derive(ToSchema, Serialize)]
            pub(crate) struct $data $fields

            single_word! { $tag = $word }
        )*

        /// Returns the events by the name of their type, each with the reference to its schema.
        fn all() -> Vec<(&'static str, &'static str, String)> {
            vec![$(($word, concat!($($doc),+), $name::name().into_owned())),*]
        }

        /// Returns every schema that the events' descriptions refer to.
        pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
            let mut schemas = Vec::new();
            $(
                schemas.push(($name::name().into_owned(), $name::schema()));
                $name::schemas(&mut schemas);
            )*
            schemas
        }
    };
}

/// A set of one word: the type of an event.
macro_rules! single_word {
    ($name:ident = $word:expr) => {
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                RefOr::T(Schema::Object(one_of([$word])))
            }
        }

        impl ToSchema for $name {}
    };
}

events! {
    /// A batch was accepted.
    BatchCreatedEvent(BatchCreated = EventType::BatchCreated.as_str(), BatchCreatedData) {
        #[schema(value_type = BatchId)]
        batch_id: String,
        /// The number of its credentials.
        #[schema(value_type = Count, inline)]
        credentials_count: u64,
        #[schema(value_type = Environment)]
        environment: String,
    }

    /// A batch was signed; its transaction is on its way to the chain.
    BatchSignedEvent(BatchSigned = EventType::BatchSigned.as_str(), BatchSignedData) {
        #[schema(value_type = BatchId)]
        batch_id: String,
        #[schema(value_type = Hash, inline)]
        merkle_root: String,
        #[schema(value_type = IsoDateTime)]
        signed_at: String,
    }

    /// A batch is on the chain with the configured confirmations: its credentials verify.
    BatchAnchoredEvent(BatchAnchored = EventType::BatchAnchored.as_str(), BatchAnchoredData) {
        #[schema(value_type = BatchId)]
        batch_id: String,
        #[schema(value_type = Hash, inline)]
        merkle_root: String,
        anchor_transaction: AnchorJson,
        #[schema(value_type = IsoDateTime)]
        anchored_at: String,
        credentials: Vec<BatchCredential>,
    }

    /// A batch could not be signed within the give-up window. Nothing of it was issued.
    BatchFailedEvent(BatchFailed = EventType::BatchFailed.as_str(), BatchFailedData) {
        #[schema(value_type = BatchId)]
        batch_id: String,
        error_code: String,
        error_message: String,
        #[schema(value_type = IsoDateTime)]
        failed_at: String,
    }

    /// A credential was revoked.
    CredentialRevokedEvent(CredentialRevoked = EventType::CredentialRevoked.as_str(), CredentialRevokedData) {
        #[schema(value_type = CredentialId)]
        credential_id: String,
        #[schema(value_type = BatchId)]
        batch_id: String,
        #[schema(value_type = IsoDateTime)]
        revoked_at: String,
        /// Empty where the credential was erased before the event was delivered.
        reason: String,
        #[schema(value_type = ReasonCode, inline)]
        reason_code: String,
    }

    /// The person was erased from a credential.
    CredentialErasedEvent(CredentialErased = EventType::CredentialErased.as_str(), CredentialErasedData) {
        #[schema(value_type = CredentialId)]
        credential_id: String,
        #[schema(value_type = IsoDateTime)]
        erased_at: String,
        #[schema(value_type = StatusAfterErasure, inline)]
        verification_status_after_erasure: String,
    }

    /// A test that `POST /v1/webhooks/{id}/test` asked for.
    WebhookTestEvent(WebhookTest = TEST_EVENT, WebhookTestData) {
        #[schema(value_type = IsoDateTime)]
        sent_at: String,
        note: String,
    }
}

/// Returns the `webhooks` of the description: one request for each type of event.
pub(super) fn webhooks() -> Paths {
    let mut paths = PathsBuilder::new();
    for (event, summary, schema) in all() {
        paths = paths.path(event, PathItem::new(HttpMethod::Post, request(event, summary.trim(), &schema)));
    }
    paths.build()
}

fn request(event: &str, summary: &str, schema: &str) -> Operation {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    let words = event.split('.').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    OperationBuilder::new()
        .operation_id(Some(format!("on{}", words.collect::<String>())))
        .tag("Events")
        .summary(Some(summary))
        .description(Some(
            "Signed in two ways: `X-LearnCoin-Signature`, and the headers of Standard Webhooks. See /docs/guides/webhooks.",
        ))
        .request_body(Some(RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build()))
        .response("200", ResponseBuilder::new().description("Received. Any status of 200 to 299 says so.").build())
        .response("410", ResponseBuilder::new().description("No event is wanted here any more: the endpoint is deactivated.").build())
        .build()
}
