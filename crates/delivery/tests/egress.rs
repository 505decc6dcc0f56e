//! No connection to a forbidden address, whatever the URL looks like and whatever names resolve to. Listeners on this
//! machine count the connections that come.

#![cfg(test)]

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use learncoin_delivery::webhook::{AttemptError, WebhookAttempt, deliver};
use learncoin_http_client::{Egress, GuardedClient, Resolver, SystemResolver};
use url::{Host, Url};
use zeroize::Zeroizing;

/// An address out in the world. Nothing is sent there: every URL that names it is refused for another reason.
const PUBLIC: &str = "93.184.215.14";

/// Counts the connections to this machine on one port, over IPv4 and IPv6.
struct Inside {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Inside {
    fn listen() -> Self {
        let connections = Arc::new(AtomicUsize::new(0));
        let v4 = TcpListener::bind("0.0.0.0:0").expect("a port");
        let port = v4.local_addr().expect("an address").port();
        // Where the machine has IPv6 at all.
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok();
        for listener in [Some(v4), v6].into_iter().flatten() {
            let connections = Arc::clone(&connections);
            std::thread::spawn(move || {
                while listener.accept().is_ok() {
                    connections.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn attempt(client: &GuardedClient, url: &Url) -> Result<u16, AttemptError> {
    let secrets = [Zeroizing::new("whsec_AAAA".to_owned())];
    let attempt = WebhookAttempt {
        url,
        secrets: &secrets,
        event_id: "evt_1",
        request_id: "req_1",
        number: 1,
        unix_seconds: 1,
        body: "{}",
    };
    deliver(client, attempt).await.map(|answer| answer.status)
}

fn client(egress: &Egress) -> GuardedClient {
    egress.client(Duration::from_secs(10)).expect("TLS is set up")
}

/// Returns an address of this machine or of an internal network as the host of a URL, in every notation that we know.
fn hostile_hosts() -> Vec<String> {
    let mut hosts: Vec<String> = [
        // Loopback, in every notation that URLs allow.
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7F.0x0.0x0.0x1",
        "017700000001",
        "0177.0.0.1",
        "0177.0x0.1",
        "127.0.0.1.",
        "127.000.000.001",
        "%31%32%37.0.0.1",
        "127%2e0%2e0%2e1",
        "１２７.０.０.１",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "127.0.0.2",
        "127.255.255.254",
        "0",
        "0.0.0.0",
        "0x0",
        "00",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]",
        "[::]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        // IPv4 within IPv6: mapped, translated, NAT64, 6to4, Teredo, ISATAP.
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::ffff:0.0.0.0]",
        "[::ffff:10.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:192.168.1.1]",
        "[::ffff:172.16.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[::ffff:0:10.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[64:ff9b:1:ffff::7f00:1]",
        "[2002:7f00:1::1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2002:c0a8:101::1]",
        "[2002:a9fe:a9fe::1]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2001::1]",
        "[2001:0:7f00:1::]",
        "[fe80::5efe:127.0.0.1]",
        "[fe80::5efe:7f00:1]",
        // Private, shared, link-local, metadata.
        "10.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "10.1",
        "0x0a000001",
        "167772161",
        "012.0.0.1",
        "172.16.0.0",
        "172.16.0.1",
        "172.20.10.2",
        "172.31.255.255",
        "2886729729",
        "0xac100001",
        "192.168.0.0",
        "192.168.0.1",
        "192.168.1.1",
        "192.168.255.255",
        "192.168.257",
        "3232235521",
        "0xc0a80001",
        "100.64.0.0",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "169.254.0.0",
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.255.255",
        "2852039166",
        "0xa9fea9fe",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.16689662",
        "[fd00:ec2::254]",
        "[fe80::a9fe:a9fe]",
        "[fd00:a9fe:a9fe::1]",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.0.192",
        "192.0.0.255",
        // Unspecified, broadcast, multicast, documentation, benchmarks, reserved.
        "0.0.0.1",
        "0.1.2.3",
        "0.255.255.255",
        "255.255.255.255",
        "4294967295",
        "0xffffffff",
        "224.0.0.1",
        "224.0.0.251",
        "239.255.255.250",
        "239.255.255.255",
        "240.0.0.1",
        "250.1.2.3",
        "254.255.255.255",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "203.0.113.255",
        "198.18.0.1",
        "198.19.255.255",
        "192.88.99.1",
        "192.88.99.2",
        "[ff01::1]",
        "[ff02::1]",
        "[ff02::fb]",
        "[ff05::2]",
        "[ff0e::1]",
        "[2001:db8::1]",
        "[2001:db8:ffff::1]",
        "[3fff::1]",
        "[3fff:fff::1]",
        "[2001:2::1]",
        "[2001:10::1]",
        "[2001:1f:ffff::1]",
        "[2001:20::1]",
        "[2001:3f::1]",
        "[100::1]",
        "[100:0:0:1::1]",
        "[5f00::1]",
        "[fc00::1]",
        "[fcff::1]",
        "[fd00::1]",
        "[fdff:ffff::1]",
        "[fe80::1]",
        "[fe90::1]",
        "[febf::1]",
        "[fec0::1]",
        "[feff::1]",
        "[4000::1]",
        "[8000::1]",
        "[e000::1]",
        "[1000::1]",
        "[1::1]",
        "[::2]",
        "[::8.8.8.8]",
        // Names of this machine, which the system resolves. Nothing but their addresses gives them away.
        "localhost",
        "LOCALHOST",
        "LocalHost",
        "localhost.",
        "lo%63alhost",
        "ⓛocalhost",
        "ｌｏｃａｌｈｏｓｔ",
    ]
    .map(str::to_owned)
    .to_vec();
    // The edges of every private network.
    for third in [0, 1, 127, 128, 255] {
        for fourth in [0, 1, 254, 255] {
            hosts.push(format!("10.{third}.{fourth}.{fourth}"));
            hosts.push(format!("[::ffff:192.168.{third}.{fourth}]"));
        }
    }
    hosts
}

#[tokio::test]
async fn no_url_leads_inside() {
    let inside = Inside::listen();
    let egress = Egress::new(false, Arc::new(SystemResolver));
    let client = client(&egress);
    let hosts = hostile_hosts();
    let mut urls: Vec<String> =
        hosts.iter().map(|host| format!("https://{host}:{}/hook", inside.port)).collect();
    // What hides the host, or is another scheme.
    let port = inside.port;
    urls.extend([
        format!("https://{PUBLIC}@127.0.0.1:{port}/"),
        format!("https://{PUBLIC}:443@127.0.0.1:{port}/"),
        format!("https://user:password@localhost:{port}/"),
        format!("https:\\\\127.0.0.1:{port}\\"),
        format!("https:127.0.0.1:{port}"),
        format!("https:///127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}#@{PUBLIC}/"),
        format!("https://127.0.0.1:{port}?@{PUBLIC}/"),
        format!("https://\t127.0.0.1:{port}/"),
        format!("https://127.0.\n0.1:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://{PUBLIC}:{port}/"),
        format!("HTTP://localhost:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}/"),
        format!("wss://127.0.0.1:{port}/"),
        format!("gopher://127.0.0.1:{port}/_x"),
        "file:///etc/passwd".to_owned(),
        "unix:/var/run/docker.sock".to_owned(),
        "data:text/plain,x".to_owned(),
    ]);
    assert!(urls.len() >= 200, "{} URLs", urls.len());
    let mut judged = 0;
    for text in &urls {
        // What is no URL at all is refused before it gets here.
        let Ok(url) = Url::parse(text) else { continue };
        judged += 1;
        let error = attempt(&client, &url).await.expect_err(text);
        // A name that the system does not resolve leads nowhere; whatever else it is, is refused as such.
        if !matches!((url.host(), &error), (Some(Host::Domain(_)), AttemptError::Unreachable(_))) {
            assert!(matches!(error, AttemptError::Target(_)), "{text}: {error}");
            assert!(egress.check(&url).await.is_err(), "{text} may be registered");
        }
    }
    assert!(judged >= 200, "{judged} of {} are URLs", urls.len());
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn a_literal_address_inside_would_be_reached_without_the_guard() {
    // The counter counts, so that nought means something.
    let inside = Inside::listen();
    let client = client(&Egress::new(true, Arc::new(SystemResolver)));
    let url: Url = format!("https://127.0.0.1:{}/", inside.port).parse().expect("a URL");
    // The listener never says a word of TLS: the attempt is dropped once it has connected.
    tokio::select! {
        _ = attempt(&client, &url) => {}
        () = async { while inside.connections() == 0 { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(inside.connections(), 1);
}

/// Resolves to a public address when a name is asked for the first time, and addresses inside from then on: alone, or hidden
/// among public ones.
struct Rebinding {
    inside: Vec<Vec<IpAddr>>,
    asked: Mutex<HashMap<String, usize>>,
}

impl Rebinding {
    fn answer(&self, name: String) -> Vec<IpAddr> {
        let mut asked = self.asked.lock().expect("no thread panicked");
        let kind = asked.len() % self.inside.len();
        match asked.get(&name) {
            Some(kind) => self.inside[*kind].clone(),
            None => {
                asked.insert(name, kind);
                vec![PUBLIC.parse().expect("an address")]
            }
        }
    }
}

impl Resolver for Rebinding {
    fn resolve(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let answer = self.answer(name);
        async move { Ok(answer) }.boxed()
    }
}

#[tokio::test]
async fn a_name_that_is_public_when_it_is_registered_and_inside_when_it_is_dialed_is_not_dialed() {
    let inside = Inside::listen();
    let answers = [
        &["127.0.0.1"][..],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &[PUBLIC, "127.0.0.1"],
        &["127.0.0.1", PUBLIC],
        &["::1", PUBLIC, PUBLIC],
    ];
    let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect();
    let rebinding = Rebinding { inside: answers.map(addresses).to_vec(), asked: Mutex::default() };
    let egress = Egress::new(false, Arc::new(rebinding));
    let client = client(&egress);
    for number in 0..1_000 {
        let url: Url =
            format!("https://rebind-{number}.example:{}/hook", inside.port).parse().expect("a URL");
        assert_eq!(egress.check(&url).await, Ok(()), "it looks public");
        // Again and again, as retries do: each connection is judged anew.
        for _ in 0..2 {
            let error = attempt(&client, &url).await.expect_err("it is inside now");
            assert!(matches!(error, AttemptError::Target(_)), "{error}");
        }
    }
    assert_eq!(inside.connections(), 0);
}
