//! The files of `/c/{id}`: when they exist, and the headers of their answers for browsers.

use learncoin_testkit::{Answer, Body, Request, TestApp, batch_of, credential, one};
use serde_json::json;

const FILES: [(&str, &str, &str); 5] = [
    ("badge.svg", "image/svg+xml", "attachment; filename=\"{id}-badge.svg\""),
    ("badge.png", "image/png", "attachment; filename=\"{id}-badge.png\""),
    ("certificate.pdf", "application/pdf", "attachment; filename=\"{id}-certificate.pdf\""),
    ("badge.svg?plain=true", "image/svg+xml", "inline; filename=\"{id}-badge.svg\""),
    ("card.png", "image/png", "inline; filename=\"{id}-card.png\""),
];

async fn get(app: &TestApp, path: &str, language: &str) -> Answer {
    let request = Request::get(path).header("accept-language", language);
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn first_id(uni: &learncoin_testkit::Caller, batch: &serde_json::Value) -> String {
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_are_kept_out_of_caches_and_indexes_and_may_do_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let id = first_id(&uni, &batch).await;
    for (file, media_type, disposition) in FILES {
        let answer = get(&app, &format!("/c/{id}/{file}"), "de-AT").await;
        assert_eq!(answer.status, 200, "{file}");
        for (name, expected) in [
            ("content-type", media_type),
            ("content-disposition", &disposition.replace("{id}", &id)),
            ("content-language", "de"),
            ("vary", "Accept-Language"),
            ("cache-control", "no-store"),
            ("x-robots-tag", "noindex, noarchive"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("content-security-policy", "default-src 'none'; img-src data:; frame-ancestors 'none'; sandbox"),
        ] {
            assert_eq!(answer.header(name), expected, "{name} of {file}");
        }
    }
    let redacted = get(&app, &format!("/c/{id}/certificate.pdf?redacted=true&lang=fr"), "de").await;
    assert_eq!(redacted.header("content-language"), "fr");
    let name = format!("attachment; filename=\"{id}-redacted-certificate.pdf\"");
    assert_eq!(redacted.header("content-disposition"), name);
}

#[tokio::test]
async fn before_the_anchor_there_are_only_pictures() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let id = first_id(&uni, &batch).await;
    for (file, _, _) in FILES {
        let answer = get(&app, &format!("/c/{id}/{file}"), "en").await;
        if file.contains("plain") || file.contains("card") {
            assert_eq!(answer.status, 200, "{file}");
        } else {
            assert_eq!((answer.status, answer.header("retry-after")), (404, "5"), "{file}");
            assert_eq!(answer.json()["error"]["code"], "credential_not_found", "{file}");
        }
    }
    let svg = get(&app, &format!("/c/{id}/badge.svg?plain=true"), "en").await;
    assert!(svg.text().contains("PENDING"), "{}", svg.text());
    app.run_until_idle().await;
}

#[tokio::test]
async fn what_names_nothing_and_what_means_nothing_is_refused_in_words() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let id = first_id(&uni, &batch).await;
    for (file, _, _) in FILES {
        let unknown = get(&app, &format!("/c/crd_00000000000000000000000000/{file}"), "en").await;
        assert_eq!(unknown.status, 404, "{file}");
    }
    for (query, message) in [
        ("plain=yes", "plain: expected `true` or `false`"),
        ("redacted=1", "redacted: expected `true` or `false`"),
    ] {
        let answer = get(&app, &format!("/c/{id}/badge.png?{query}"), "en").await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["error"]["message"], message);
    }
}

#[tokio::test]
async fn the_badge_of_an_expired_credential_is_marked_as_expired() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut expiring = credential("Ada Lovelace");
    expiring["issuanceDate"] = json!("2020-01-01T00:00:00Z");
    expiring["expirationDate"] = json!("2021-01-01T00:00:00Z");
    let batch = uni.post_batch(batch_of(vec![expiring])).await;
    app.run_until_idle().await;
    let id = first_id(&uni, &batch).await;
    for (language, word) in [("en", "EXPIRED"), ("de", "ABGELAUFEN"), ("ar", "منتهية الصلاحية")]
    {
        let svg = get(&app, &format!("/c/{id}/badge.svg"), language).await;
        assert!(svg.text().contains(word), "{language}");
    }
}

#[tokio::test]
async fn a_picture_that_was_drawn_before_outlives_no_revocation_and_no_erasure() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let id = first_id(&uni, &batch).await;
    let pictures = ["badge.svg?plain=true", "badge.png?plain=true", "badge.svg", "badge.png", "card.png"];
    let draw = async || {
        let mut drawn = Vec::new();
        for file in pictures {
            let answer = get(&app, &format!("/c/{id}/{file}"), "en").await;
            assert_eq!(answer.status, 200, "{file}");
            drawn.push(answer.body);
        }
        drawn
    };
    let first = draw().await;
    assert!(
        first[2].windows(12).any(|bytes| bytes == b"Ada Lovelace"),
        "what is baked is the whole document"
    );
    assert!(draw().await == first, "the same picture has the same bytes");
    assert_ne!(get(&app, &format!("/c/{id}/card.png"), "de").await.body, first[4]);

    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    uni.post(&format!("/v1/credentials/{id}/erase"), body.to_string()).await.expect(200);
    let erased = draw().await;
    for (drawn, file) in erased.iter().zip(pictures) {
        assert!(!drawn.windows(12).any(|bytes| bytes == b"Ada Lovelace"), "{file}");
    }
    assert_ne!(erased[3], first[3], "another document is in the badge");

    let body = json!({ "reason": "Superseded", "reason_code": "reissued" });
    uni.post(&format!("/v1/credentials/{id}/revoke"), body.to_string()).await.expect(200);
    for ((revoked, before), file) in draw().await.iter().zip(&erased).zip(pictures) {
        assert_ne!(revoked, before, "{file}");
    }
}
