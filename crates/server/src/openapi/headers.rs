//! The headers of the API's answers, and the one that every POST takes.

use serde_json::json;
use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{
    Components, Header, HeaderBuilder, ObjectBuilder, Ref, RefOr, Required, Response, Schema, Type,
};

use super::words::{IdempotencyKey, RequestId};

/// The name that the description gives to the parameter.
const IDEMPOTENCY_KEY: &str = "IdempotencyKey";

/// Returns every header of the API's responses: its name, its description and its schema.
fn all() -> [(&'static str, &'static str, RefOr<Schema>); 7] {
    let text = || RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).build()));
    let count = |minimum: u32| {
        let object = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(minimum)).build();
        RefOr::T(Schema::Object(object))
    };
    let replayed = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([json!("true")])).build();
    [
        ("X-Request-Id", "The request's id, for support and the audit log.", RequestId::schema()),
        ("RateLimit-Limit", "How many requests the tenant may make in this minute.", count(0)),
        ("RateLimit-Remaining", "How many of them are left.", count(0)),
        ("RateLimit-Reset", "In how many seconds the minute ends.", count(1)),
        ("Retry-After", "After how many seconds to try again.", count(1)),
        ("Link", "Where the error is explained (`rel=\"help\"`).", text()),
        (
            "Idempotent-Replayed",
            "`true` where this is the kept answer of an earlier request under the same `Idempotency-Key`.",
            RefOr::T(Schema::Object(replayed)),
        ),
    ]
}

/// Declares the headers and the parameter once, for everything that refers to them.
pub(super) fn declare(components: &mut Components) {
    for (name, description, schema) in all() {
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
        components.headers.insert(name.to_owned(), RefOr::T(header));
    }
    let parameter: Parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Makes the request safe to repeat: the same key with the same request gets the first answer again, for 24 \
             hours. With another request it is refused.",
        ))
        .schema(Some(IdempotencyKey::schema()))
        .build();
    components.parameters.insert(IDEMPOTENCY_KEY.to_owned(), RefOr::T(parameter));
}

/// Lets an operation take the `Idempotency-Key`.
pub(super) fn take_idempotency_key(operation: &mut Operation) {
    let reference = Ref::new(format!("#/components/parameters/{IDEMPOTENCY_KEY}"));
    operation.parameters.get_or_insert_default().push(RefOr::Ref(reference));
}

/// Describes the headers of a response. `idempotent`: whether the operation takes an `Idempotency-Key`.
pub(super) fn describe(status: u16, idempotent: bool, response: &mut Response) {
    // A 401 has the limits where the key was revoked only while the request was answered.
    let mut names = vec!["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];
    match status {
        200..300 if idempotent => names.push("Idempotent-Replayed"),
        200..300 => {}
        429 => names.extend(["Retry-After", "Link"]),
        _ => names.push("Link"),
    }
    for name in names {
        let reference: RefOr<Header> = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
        response.headers.insert(name.to_owned(), reference);
    }
}
