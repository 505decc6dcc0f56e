//! The pages of development that show people: only a visitor on the deployment's own machine sees them.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use learncoin_testkit::{Answer, Body, Request, TestApp};

const ORIGIN: &str = "http://localhost:8080";
const HOST: &str = "localhost:8080";
/// The routes under `/dev` that show no person.
const WITHOUT_PEOPLE: [&str; 3] = ["/dev/chain", "/dev/chain/rpc", "/dev/chain/tx/{hash}"];

/// Returns every other route under `/dev`, with something in place of its parameters.
fn routes_with_people() -> BTreeSet<String> {
    let router = include_str!("../../../../server/src/router.rs");
    let routes = router.split(".route(").skip(1).filter_map(|call| call.split('"').nth(1));
    let routes = routes.filter(|route| route.starts_with("/dev") && !WITHOUT_PEOPLE.contains(route));
    routes.map(|route| route.replace("{token}", "0000000000000000000000000000000000000000")).collect()
}

/// Asks for a page over a connection of this peer, if it is known.
async fn visit(app: &TestApp, path: &str, peer: Option<&str>, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    app.send(request).await
}

#[tokio::test]
async fn only_a_visitor_on_the_same_machine_sees_what_shows_people() {
    let app = TestApp::builder().public_url(ORIGIN).start().await;
    let host = ("host", HOST);
    for peer in ["127.0.0.1:5000", "127.8.8.8:5000", "[::1]:5000", "[::ffff:127.0.0.1]:5000"] {
        let page = visit(&app, "/dev/mail", Some(peer), &[host]).await;
        assert_eq!(page.status, 200, "{peer}");
    }
    let routes = routes_with_people();
    assert!(routes.len() >= 3, "{routes:?}");
    for route in &routes {
        let strangers = [
            (None, vec![host]),
            (Some("192.168.1.7:5000"), vec![host]),
            (Some("172.17.0.1:5000"), vec![host]),
            (Some("203.0.113.7:5000"), vec![host]),
            (Some("[2001:db8::1]:5000"), vec![host]),
            (Some("[::ffff:203.0.113.7]:5000"), vec![host]),
            (Some("203.0.113.7:5000"), vec![host, ("x-forwarded-for", "127.0.0.1")]),
            (Some("127.0.0.1:5000"), vec![]),
            (Some("127.0.0.1:5000"), vec![("host", "evil.example:8080")]),
            (Some("127.0.0.1:5000"), vec![("host", "127.0.0.1:8080")]),
            (Some("127.0.0.1:5000"), vec![host, host]),
            (Some("127.0.0.1:5000"), vec![host, ("x-forwarded-for", "203.0.113.7")]),
            (Some("127.0.0.1:5000"), vec![host, ("x-forwarded-for", "127.0.0.1")]),
            (Some("127.0.0.1:5000"), vec![host, ("forwarded", "for=203.0.113.7")]),
            (Some("127.0.0.1:5000"), vec![host, ("via", "1.1 proxy")]),
        ];
        for (peer, headers) in strangers {
            let page = visit(&app, route, peer, &headers).await;
            let text = page.text();
            assert_eq!(page.status, 404, "{route} {peer:?} {headers:?}");
            assert!(text.contains("Nothing to see here"), "{route} {peer:?} {headers:?}: {text}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_trusted_makes_nobody_a_visitor() {
    let app = TestApp::builder().public_url(ORIGIN).start().await;
    let state = app.state().with_trusted_proxies(vec!["127.0.0.0/8".parse().unwrap()]);
    let router = learncoin_server::router(state);
    let mut request = Request::get("/dev/mail").header("host", HOST);
    request = request.header("x-forwarded-for", "127.0.0.1");
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo("127.0.0.1:1".parse::<SocketAddr>().unwrap()));
    assert_eq!(learncoin_testkit::answer_of(router, request).await.status, 404);
}
