//! The scalars of the API: identifiers, moments, and closed sets of words.
//!
//! The members of a set are taken from the code that reads and writes it, so that the two can't drift apart.

use std::borrow::Cow;

use learncoin_credential::text::{MAX_NAME_CHARS, MAX_URL_CHARS};
use learncoin_store::batches::{BatchStatus as Status, WaitingFor as Waiting};
use learncoin_store::credentials::{Requester, RevocationCode};
use learncoin_store::id;
use learncoin_store::scope::Environment as Scope;
use learncoin_store::tenants::Plan as TenantPlan;
use serde_json::{Value, json};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{ArrayBuilder, SchemaFormat};
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::api::limits::{
    DEFAULT_LIMIT, EVENTS, FRAMEWORKS, MAX_DESCRIPTION_CHARS, MAX_EMAIL_CHARS, MAX_IDEMPOTENCY_KEY_CHARS,
    MAX_LIMIT, MAX_REASON_CHARS,
};
use crate::error::ErrorCode;

/// Declares types that represent schemas: their names, documentation and permitted values. They have no values.
macro_rules! schemas {
    ($($(#[doc = $doc:literal])+ $name:ident => $schema:expr;)*) => {$(
        $(#[doc = $doc])+
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                described($schema, &[$($doc),+])
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

schemas! {
    /// A batch's id.
    BatchId => identifier(id::BatchId::PREFIX);
    /// A credential's id. It is all that one needs to open the credential's page.
    CredentialId => identifier(id::CredentialId::PREFIX);
    /// A tenant's id.
    TenantId => identifier(id::TenantId::PREFIX);
    /// A webhook endpoint's id.
    WebhookId => identifier(id::WebhookId::PREFIX);
    /// An event's id: the same on every delivery of the event.
    EventId => identifier(id::EventId::PREFIX);
    /// A request's id, for support and the audit log.
    RequestId => identifier(id::RequestId::PREFIX);
    /// The recipient's pseudonym: always a version 4 UUID as a URN. Never an e-mail address or a name.
    RecipientId => text(45, 45).pattern(Some(
        "^urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
    )).build();
    /// A moment in UTC, ISO 8601.
    IsoDateTime => moment(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$");
    /// A moment in UTC, RFC 3339, with at most 9 digits of fractional seconds.
    DateInput => moment(
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|\+00:00)$"
    );
    /// Whether nothing is to be issued.
    DryRun => ObjectBuilder::new().schema_type(Type::Boolean).default(Some(json!(false))).build();
    /// The environment: that of the API key.
    Environment => one_of(Scope::ALL.map(Scope::as_str));
    /// The chain of an anchor.
    Chain => one_of(Scope::ALL.map(Scope::api_chain_name));
    /// `pending`, then `signed`, then `anchored`; or `failed`.
    BatchStatus => one_of(Status::ALL.map(Status::as_str));
    /// `funds`: the signing key can't pay. `chain`: no node answers, or takes the transaction. `signing_key`: the key can't be used.
    WaitingFor => one_of(Waiting::ALL.map(Waiting::as_str));
    /// A failed batch's credentials stay `pending`.
    CredentialStatus => with_prefixed_names(
        "CREDENTIAL_", one_of([Status::Pending, Status::Signed, Status::Anchored].map(Status::as_str))
    );
    /// A tenant's plan.
    Plan => one_of(TenantPlan::ALL.map(TenantPlan::as_str));
    /// Why a credential was revoked.
    ReasonCode => one_of(RevocationCode::ALL.map(RevocationCode::as_str));
    /// The requester of the erasure.
    ErasureRequester => one_of(Requester::ALL.map(Requester::as_str));
    /// Whether what remains of an erased credential can still be verified.
    StatusAfterErasure => one_of(["verifiable", "invalid"]);
    /// The type of an event.
    WebhookEventType => one_of(EVENTS);
    /// The types of the wanted events: at least one, each once.
    EventSelection => ArrayBuilder::new()
        .items(Ref::from_schema_name("WebhookEventType"))
        .min_items(Some(1))
        .max_items(Some(EVENTS.len()))
        .unique_items(true)
        .build();
    /// The framework of a skill.
    AlignmentFramework => one_of(FRAMEWORKS);
    /// The code of an error. The list is closed.
    ApiErrorCode => one_of(ErrorCode::ALL.iter().map(|code| code.as_str()));

    /// A name: one line with at least one visible character, no control characters, no bidirectional controls.
    Name => text(1, MAX_NAME_CHARS).pattern(Some(one_line())).build();
    /// One line of text; the same characters as elsewhere.
    Line => text(1, MAX_TEXT_CHARS).pattern(Some(one_line())).build();
    /// Text without control characters other than line feed and carriage return, and without bidirectional
    /// controls, tag characters and non-characters.
    Text => written(1, MAX_TEXT_CHARS).build();
    /// Text that may be empty; the same characters as elsewhere.
    OptionalText => written(0, MAX_TEXT_CHARS).build();
    /// Free text, shown publicly.
    Reason => written(1, MAX_REASON_CHARS).build();
    /// Free text of the tenant's own.
    Description => written(1, MAX_DESCRIPTION_CHARS).build();
    /// One address that a mail server could take, without white space around it.
    Email => text(1, MAX_EMAIL_CHARS).pattern(Some(one_line())).build();
    /// An absolute URL in ASCII.
    WebUrl => text(1, MAX_URL_CHARS).pattern(Some(WEB_URL)).format(Some(uri())).build();
    /// An absolute URI in ASCII that identifies something; it need not resolve.
    Identifier => text(1, MAX_URL_CHARS).pattern(Some(IDENTIFIER)).format(Some(uri())).build();
    /// An `https` URL whose name does not resolve to a private address.
    WebhookUrl => text(1, MAX_URL_CHARS).pattern(Some(WEB_URL)).format(Some(uri())).build();
    /// The `https` URL of a PNG or JPEG image of at most 512 KiB and 2,048 pixels on a side.
    ImageUrl => text(1, MAX_URL_CHARS).pattern(Some(WEB_URL)).format(Some(uri())).build();
    /// A `did:web` DID whose document lists every active signing key of the tenant.
    OwnDid => text(9, MAX_URL_CHARS).pattern(Some("^did:web:[a-z0-9.-]+(%3A[0-9]{1,5})?(:[A-Za-z0-9._~-]+)*$")).build();
    /// A color.
    Color => text(7, 7).pattern(Some("^#[0-9a-fA-F]{6}$")).build();
    /// A 32-byte value in hex.
    Hash => text(66, 66).pattern(Some("^0x[0-9a-f]{64}$")).build();
    /// `whsec_` and 40 base64 characters. Shown once.
    SigningSecret => text(46, 46).pattern(Some("^whsec_[0-9A-Za-z+/]{40}$")).build();
    /// Names the request: the same key and the same request get the same answer for 24 hours.
    IdempotencyKey => text(1, MAX_IDEMPOTENCY_KEY_CHARS).build();
    /// A place in a list: opaque, good for 24 hours.
    Cursor => text(1, 1024).build();
    /// The most objects on a page.
    PageLimit => ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MAX_LIMIT))
        .default(Some(json!(DEFAULT_LIMIT)))
        .build();
    /// A whole number that is not negative.
    Count => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    /// An HTTP status.
    HttpStatus => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(100)).maximum(Some(999)).build();
    /// The type of a proof.
    ProofType => one_of(["MerkleProof2019"]);
    /// The purpose of a proof.
    ProofPurpose => one_of(["assertionMethod"]);
    /// Always true.
    // A plain boolean: of a set of one value generated clients make a text.
    True => ObjectBuilder::new().schema_type(Type::Boolean).build();
    /// Open Badges' type of a credential; may be left out.
    CredentialTypes => types(&["VerifiableCredential", "OpenBadgeCredential"]);
    /// Open Badges' type of a recipient; may be left out.
    SubjectTypes => types(&["AchievementSubject"]);
    /// Open Badges' type of an achievement; may be left out.
    AchievementTypes => types(&["Achievement"]);
    /// Open Badges' type of an alignment; may be left out.
    AlignmentTypes => types(&["Alignment"]);
    /// Open Badges' type of an evidence; may be left out.
    EvidenceTypes => types(&["Evidence"]);
}

/// The limit of texts without a limit of their own: they are within the achievement's or the evidence's.
const MAX_TEXT_CHARS: usize = learncoin_credential::text::MAX_ACHIEVEMENT_BYTES;

const WEB_URL: &str = "^https?://[!-~]+$";
const IDENTIFIER: &str = "^(https?://|urn:|did:)[!-~]+$";

/// The characters that no text of a request may hold, as far as a pattern without Unicode mode can name them. The
/// characters beyond U+FFFF that are refused too are in the description of [`Text`].
const REFUSED: &str =
    r"\u0000-\u0009\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFDD0-\uFDEF\uFFFE\uFFFF";

fn one_line() -> String {
    format!(r"^[^\r\n\u2028\u2029{REFUSED}]*$")
}

fn text(min: usize, max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max))
}

fn written(min: usize, max: usize) -> ObjectBuilder {
    text(min, max).pattern(Some(format!("^[^{REFUSED}]*$")))
}

fn uri() -> SchemaFormat {
    SchemaFormat::Custom("uri".to_owned())
}

fn moment(pattern: &str) -> Object {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).pattern(Some(pattern)).build()
}

/// Returns the schema of an identifier: a prefix and a ULID in upper case.
fn identifier(prefix: &str) -> Object {
    let pattern = format!("^{prefix}[0-9A-HJKMNP-TV-Z]{{26}}$");
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()
}

pub(super) fn one_of(words: impl IntoIterator<Item = &'static str>) -> Object {
    let values: Vec<Value> = words.into_iter().map(Value::from).collect();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).build()
}

/// Returns the schema of an array of exactly these words.
fn types(words: &[&'static str]) -> Schema {
    // Not `uniqueItems`: the set of an enumeration, which generated clients in Java make of it, does not compile.
    let array = ArrayBuilder::new()
        .items(one_of(words.iter().copied()))
        .min_items(Some(words.len()))
        .max_items(Some(words.len()))
        .build();
    Schema::Array(array)
}

/// Names the values of an enumeration for generated clients. In Go, values of all enumerations share one scope.
fn with_prefixed_names(prefix: &str, mut set: Object) -> Object {
    let values = set.enum_values.iter().flatten().filter_map(Value::as_str);
    let names: Vec<String> = values.map(|value| format!("{prefix}{}", value.to_ascii_uppercase())).collect();
    set.extensions = Some(ExtensionsBuilder::new().add("x-enum-varnames", names).build());
    set
}

fn described(schema: impl Into<Schema>, lines: &[&str]) -> RefOr<Schema> {
    let text: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    let text = Some(text.join(" "));
    let mut schema = schema.into();
    match &mut schema {
        Schema::Object(object) => object.description = text,
        Schema::Array(array) => array.description = text,
        _ => {}
    }
    RefOr::T(schema)
}
