//! Access to routes: every route of the console, as the router lists it, for every kind of visitor.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Method, Request};
use learncoin_console::{Access, ConsoleState, RouteInfo, routes};
use learncoin_store::id::{TemplateId, TenantId};
use learncoin_store::members::{Member, Role};
use learncoin_store::templates::Template;
use learncoin_testkit::{Answer, Caller, TestApp, one};
use serde_json::json;

use super::browser::{Browser, SESSION, accounts, form, member, operator, session, with_key};
use super::uploads::confirm;

/// The kinds of visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    SignedOut,
    EndedSession,
    RemovedMember,
    Auditor,
    Issuer,
    Owner,
    OwnerOfAnother,
    Operator,
    ApiKey,
    ApiKeyBesideASession,
}

impl Visitor {
    const ALL: [Self; 10] = [
        Self::SignedOut,
        Self::EndedSession,
        Self::RemovedMember,
        Self::Auditor,
        Self::Issuer,
        Self::Owner,
        Self::OwnerOfAnother,
        Self::Operator,
        Self::ApiKey,
        Self::ApiKeyBesideASession,
    ];

    /// Returns the role that the visitor has in the tenant. An operator reads.
    fn role(self) -> Option<Role> {
        match self {
            Self::Auditor | Self::Operator => Some(Role::Auditor),
            Self::Issuer => Some(Role::Issuer),
            Self::Owner => Some(Role::Owner),
            _ => None,
        }
    }

    fn is_signed_in(self) -> bool {
        matches!(self, Self::Auditor | Self::Issuer | Self::Owner | Self::OwnerOfAnother | Self::Operator)
    }
}

/// The answer that a visitor must get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// The route's handler responds.
    Reached,
    /// The visitor is led to the page that signs in.
    LedToSignIn,
    /// A status.
    Refused(u16),
}

fn expected(route: &RouteInfo, visitor: Visitor) -> Expected {
    if matches!(visitor, Visitor::ApiKey | Visitor::ApiKeyBesideASession) {
        return Expected::Refused(401);
    }
    if route.access == Access::Public {
        return Expected::Reached;
    }
    if !visitor.is_signed_in() {
        return match route.method {
            Method::GET => Expected::LedToSignIn,
            _ => Expected::Refused(401),
        };
    }
    match route.access {
        Access::Public | Access::Account => Expected::Reached,
        Access::Operator if visitor == Visitor::Operator => Expected::Reached,
        Access::Operator => Expected::Refused(404),
        Access::Tenant(least) => match visitor.role() {
            None => Expected::Refused(404),
            Some(role) if role < least => Expected::Refused(403),
            Some(_) => Expected::Reached,
        },
    }
}

fn got(answer: &Answer) -> Expected {
    match answer.status {
        303 if answer.header("location") == "/console/sign-in" => Expected::LedToSignIn,
        200..=399 | 422 => Expected::Reached,
        status => Expected::Refused(status),
    }
}

/// A deployment with something of everything that paths name.
struct Scene {
    app: TestApp,
    uni: Caller,
    other: TenantId,
    credential: String,
    batch: String,
    webhook: String,
    /// The number of spreadsheets that were made.
    uploads: AtomicUsize,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::builder().private_targets().start().await;
        let uni = app.tenant("Example University").await;
        let other = app.tenant("Another University").await.tenant_id;
        let batch = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
        app.run_until_idle().await;
        let credential = uni.batch(&batch).await["credentials"][0]["id"].as_str().unwrap().to_owned();
        let endpoint = json!({ "url": "http://127.0.0.1:9/", "events": ["batch.anchored"] });
        let webhook = uni.post("/v1/webhooks", endpoint.to_string()).await.expect(201);
        let webhook = webhook["id"].as_str().unwrap().to_owned();
        Self { app, uni, other, credential, batch, webhook, uploads: AtomicUsize::new(0) }
    }

    /// Returns the path of a route with ids of this scene. Members and keys are made for it, since some routes remove them.
    async fn path(&self, route: &RouteInfo, number: usize) -> String {
        let id = if route.path.contains("/credentials/") {
            self.credential.clone()
        } else if route.path.contains("/batches/") {
            self.batch.clone()
        } else if route.path.contains("/webhooks/") {
            self.webhook.clone()
        } else if route.path.contains("/uploads/") {
            self.upload(number, route.path.ends_with("/result.csv")).await
        } else if route.path.contains("/templates/") {
            self.template().await
        } else if route.path.contains("/keys/") {
            self.uni.with_new_key(self.uni.environment).await.key_id.to_string()
        } else {
            self.throwaway(number).await.id.to_string()
        };
        route
            .path
            .replace("{tenant}", self.uni.tenant_id.as_str())
            .replace("{environment}", "test")
            .replace("{member}", &id)
            .replace(
                "{session}",
                &session(&self.app, &self.throwaway(number).await).await.session.id.to_string(),
            )
            .replace("{token}", &"0".repeat(64))
            .replace("{id}", &id)
    }

    /// Returns the id of a new spreadsheet, confirmed or not.
    async fn upload(&self, number: usize, is_confirmed: bool) -> String {
        let issuer = member(&self.app, "uploads@example.edu", &self.uni.tenant_id, Role::Issuer).await;
        let mut browser = Browser::signed_in(&self.app, &issuer).await;
        let made = self.uploads.fetch_add(1, Ordering::Relaxed);
        let file = format!("name,achievement,description\nAda {number} {made},Botany,Plants\n");
        let base = format!("/console/t/{}/test/uploads", self.uni.tenant_id);
        let answer = browser.upload(&base, "people.csv", file.as_bytes(), &[]).await;
        let page = answer.header("location").to_owned();
        if is_confirmed {
            confirm(&mut browser, &page).await;
        }
        page.rsplit_once('/').unwrap().1.to_owned()
    }

    /// Adds a template, since some routes delete it.
    async fn template(&self) -> String {
        let issuance = self.app.issuance();
        let id = TemplateId::generate(&*issuance.clock, &*issuance.entropy);
        let content = json!({ "name": "Botany", "description": "A course." }).to_string();
        let template = Template { id: id.clone(), content, created_at: 1, changed_at: 1 };
        let mut tx = issuance.store.begin().await.unwrap();
        tx.insert_template(&self.uni.tenant_id, &template).await.unwrap();
        tx.commit().await.unwrap();
        id.to_string()
    }

    async fn throwaway(&self, number: usize) -> Member {
        member(&self.app, &format!("throwaway{number}@example.edu"), &self.uni.tenant_id, Role::Auditor).await
    }

    async fn browser(&self, visitor: Visitor) -> Browser<'_> {
        let uni = &self.uni.tenant_id;
        let in_uni = async |email: &str, role: Role| {
            Browser::signed_in(&self.app, &member(&self.app, email, uni, role).await).await
        };
        match visitor {
            Visitor::SignedOut | Visitor::ApiKey => Browser::new(&self.app),
            Visitor::EndedSession => {
                let browser = in_uni("ended@example.edu", Role::Owner).await;
                let store = self.app.issuance().store.clone();
                let ended = accounts(&self.app);
                let known = store.find_member_by_email(&"ended@example.edu".parse().unwrap()).await.unwrap();
                for one in store.list_member_sessions(&known.unwrap().id).await.unwrap() {
                    learncoin_console::sign_in::end_session(&ended.store, &one.member_id, &one.id)
                        .await
                        .unwrap();
                }
                browser
            }
            Visitor::RemovedMember => {
                let browser = in_uni("removed@example.edu", Role::Owner).await;
                let store = self.app.issuance().store.clone();
                let known =
                    store.find_member_by_email(&"removed@example.edu".parse().unwrap()).await.unwrap();
                accounts(&self.app).remove(&known.unwrap().id).await.unwrap();
                browser
            }
            Visitor::Auditor => in_uni("auditor@example.edu", Role::Auditor).await,
            Visitor::Issuer => in_uni("issuer@example.edu", Role::Issuer).await,
            Visitor::Owner | Visitor::ApiKeyBesideASession => in_uni("owner@example.edu", Role::Owner).await,
            Visitor::OwnerOfAnother => {
                let another = member(&self.app, "other@example.edu", &self.other, Role::Owner).await;
                Browser::signed_in(&self.app, &another).await
            }
            Visitor::Operator => {
                Browser::signed_in(&self.app, &operator(&self.app, "operator@example.edu").await).await
            }
        }
    }
}

#[tokio::test]
async fn every_route_answers_every_visitor_as_its_access_says() {
    let scene = Scene::new().await;
    let listed = routes(&ConsoleState::new(&scene.app.state()));
    assert!(listed.len() > 40, "{}", listed.len());
    let (mut checked, mut wrong) = (0, Vec::new());
    for (number, route) in listed.iter().enumerate() {
        for visitor in Visitor::ALL {
            let path = scene.path(route, number).await;
            let mut browser = scene.browser(visitor).await;
            let csrf = match visitor {
                Visitor::ApiKey | Visitor::ApiKeyBesideASession => String::new(),
                _ => browser.csrf().await,
            };
            let request = match route.method {
                Method::GET => Request::get(&path).body(Body::empty()).unwrap(),
                _ => form(&path, Some(scene.app.public_url()), &[("csrf", &csrf)]),
            };
            let request = match visitor {
                Visitor::ApiKey | Visitor::ApiKeyBesideASession => with_key(request, &scene.uni.key),
                _ => request,
            };
            let answer = browser.send(request).await;
            let (mut expected, got) = (expected(route, visitor), got(&answer));
            // What is there to be found was made by others, or is not there any more.
            let is_elsewhere = expected == Expected::Reached && got == Expected::Refused(404);
            let is_gone = route.path.contains("/sessions/")
                || route.path.contains("/webhooks/{id}/")
                // This deployment has no identity provider.
                || route.path.starts_with("/console/oidc")
                || route.path.starts_with("/console/account/identit");
            // A link that was never made, and the page that ends the session.
            let is_no_link = route.path == "/console/link" && got == Expected::Refused(403);
            let is_sign_out = route.path == "/console/sign-out" && got == Expected::LedToSignIn;
            if (is_elsewhere && is_gone) || is_no_link || is_sign_out {
                expected = got;
            }
            if got != expected {
                wrong.push(format!(
                    "{} {} for {visitor:?}: {got:?}, expected {expected:?}",
                    route.method, route.path
                ));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checked, listed.len() * Visitor::ALL.len());
}

#[tokio::test]
async fn the_api_takes_no_session() {
    let scene = Scene::new().await;
    for visitor in [Visitor::Owner, Visitor::Operator] {
        let mut browser = scene.browser(visitor).await;
        for path in ["/v1/tenants/me", "/v1/batches", "/v1/webhooks"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.expect(401)["error"]["code"], "api_key_missing", "{path}");
        }
        let token = browser.cookie(SESSION).unwrap().to_owned();
        let request = with_key(Request::get("/v1/tenants/me").body(Body::empty()).unwrap(), &token);
        assert_eq!(browser.send(request).await.expect(401)["error"]["code"], "api_key_invalid");
    }
}
