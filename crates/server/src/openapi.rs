//! The API's description in OpenAPI 3.1, made from the routes and types that answer.
//!
//! In: the attributes of the handlers, collected by the router; the catalog of errors; the configured host. Out: one
//! document, served as JSON and YAML, and from it the TypeScript types and the reference page. A route of the API can't
//! be there without its description, because one call registers both.

pub(crate) mod responses;
pub(crate) mod artefact;
pub(crate) mod description;
#[cfg(test)]
mod testing;
mod effects;
mod errors;
mod events;
mod examples;
mod headers;

mod reference;
pub(crate) mod requests;
pub(crate) mod serve;
mod typescript;
pub(crate) mod words;
mod yaml;

use serde_json::Value;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, InfoBuilder, LicenseBuilder, OneOf, OpenApi, OpenApiBuilder, RefOr,
    Required, Schema, ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

/// The name of the scheme by which a caller authenticates.
const SECURITY: &str = "ApiKey";

/// The key of the response to a request that asks for something else than the operation: a success, with the status 200.
const DEFAULT: &str = "default";

/// The groups of operations, in the order of the reference.
const TAGS: [(&str, &str); 5] = [
    ("Batches", "Credentials that are issued together, under one anchor."),
    ("Credentials", "One credential: its signed document, its revocation, the erasure of its recipient."),
    ("Tenants", "The account that a key belongs to."),
    ("Webhooks", "Where a tenant wants to be told of events."),
    ("Events", "What endpoints are sent."),
];

const DESCRIPTION: &str = "\
Issues digital credentials that can't be forged and that everyone can check.

Every request carries an API key. Every answer carries `X-Request-Id`, every answer to a known key the `RateLimit-*` \
headers, every error a body of one shape. A path that is not described here answers 404 `endpoint_not_found`, another \
method 405 `method_not_allowed` with `Allow`. A member that is not described is refused, so that a typing error can't be \
signed.

A body may have 64 KiB, that of a batch 40 MiB. How many requests a minute and credentials a month there are stands at \
`/pricing`, by plan.";

/// Creates the description without any route.
pub(crate) fn frame() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("LearnCoin API")
                .version("1.0.0")
                .description(Some(DESCRIPTION))
                .license(Some(
                    LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
                ))
                .build(),
        )
        .tags(Some(TAGS.map(|(name, text)| TagBuilder::new().name(name).description(Some(text)).build())))
        .components(Some(ComponentsBuilder::new().build()))
        .build()
}

/// Completes the description of the routes: errors, headers, keys, events, and the host of the deployment.
pub(crate) fn complete(mut routes: OpenApi, origin: &str) -> Value {
    routes.info.contact =
        Some(ContactBuilder::new().name(Some("LearnCoin")).url(Some(format!("{origin}/docs"))).build());
    routes.servers = Some(vec![ServerBuilder::new().url(origin).build()]);
    routes.security = Some(vec![SecurityRequirement::new(SECURITY, Vec::<String>::new())]);
    routes.webhooks = Some(events::webhooks());
    for item in routes.paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            finish(method, operation);
        }
    }
    let components = routes.components.get_or_insert_default();
    headers::declare(components);
    let mut schemas = events::schemas();
    schemas.push((errors::ApiError::name().into_owned(), errors::ApiError::schema()));
    errors::ApiError::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("lrn_test_… or lrn_live_…")
        .description(Some("The prefix of the key tells the environment."))
        .build();
    components.security_schemes.insert(SECURITY.to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    let mut described = serde_json::to_value(&routes).unwrap_or_default();
    join_descriptions(&mut described);
    described
}

/// Moves a member's own description, which the derive macro puts beside an inlined type as an object of its own, to the
/// place of the type's description.
fn join_descriptions(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(join_descriptions),
        Value::Object(members) => {
            members.values_mut().for_each(join_descriptions);
            if let Some(joined) =
                members.get("allOf").and_then(Value::as_array).and_then(|parts| joined(parts))
            {
                *value = joined;
            }
        }
        _ => {}
    }
}

/// Returns the first part with the second's description, if a description is all that the second has.
fn joined(parts: &[Value]) -> Option<Value> {
    let [inlined, words] = parts else { return None };
    let members = words.as_object()?;
    let only_words = members.keys().all(|name| name == "type" || name == "description");
    let description = members.get("description").filter(|_| only_words)?;
    let mut joined = inlined.clone();
    joined.as_object_mut()?.insert("description".to_owned(), description.clone());
    Some(joined)
}

/// Returns the operations of a path, each with its method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let slots = [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("patch", &mut item.patch),
        ("put", &mut item.put),
        ("delete", &mut item.delete),
    ];
    slots.into_iter().filter_map(|(method, slot)| Some((method, slot.as_mut()?)))
}

fn finish(method: &str, operation: &mut Operation) {
    let idempotent = method == "post";
    let id = operation.operation_id.clone().unwrap_or_default();
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        let_be_absent(body);
    }
    if let Some(effect) = effects::of(&id) {
        let declared = ExtensionsBuilder::new().add(effects::EXTENSION, effect.as_str()).build();
        operation.extensions.get_or_insert_default().merge(declared);
    }
    for (status, codes) in errors::of(&id) {
        operation.responses.responses.insert(status.to_string(), RefOr::T(errors::response(&codes)));
    }
    if idempotent {
        headers::take_idempotency_key(operation);
    }
    for (status, response) in &mut operation.responses.responses {
        let status = if status == DEFAULT { Ok(200) } else { status.parse() };
        if let (Ok(status), RefOr::T(response)) = (status, response) {
            headers::describe(status, idempotent, response);
        }
    }
    examples::add(&id, operation);
}

/// Describes that a body which a handler takes as an `Option` may be left out, and may not be `null`.
fn let_be_absent(body: &mut RequestBody) {
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::T(Schema::OneOf(OneOf { items, .. }))) = &content.schema
        {
            content.schema = items.iter().find(|item| matches!(item, RefOr::Ref(_))).cloned();
            body.required = Some(Required::False);
        }
    }
}
