//! The samples for reverse proxies, `deploy/nginx.conf` and `deploy/Caddyfile`, in front of a server. Each runs if its program is there.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use learncoin_testkit::ReservedPort;
use tempfile::TempDir;

use crate::support::deployment::{Deployment, Server};
use crate::support::process::{Ended, Running, repository, run};
use crate::support::school::{School, one, text};

const NAME: &str = "credentials.example.edu";
/// The bytes that nginx takes without the setting of the sample.
const USUAL_LIMIT: usize = 1024 * 1024;

/// A reverse proxy with the sample, and the server behind it.
struct Site {
    server: Server,
    place: TempDir,
    plain: ReservedPort,
    secure: ReservedPort,
    authority: String,
    _proxy: Running,
}

fn sample(name: &str) -> String {
    std::fs::read_to_string(repository().join("deploy").join(name)).unwrap()
}

fn is_there(program: &str) -> bool {
    let asked = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    asked.is_ok_and(|asked| asked.status.success())
}

impl Site {
    /// Starts a server, and the proxy that `start` makes of a place and the ports for HTTP, HTTPS and the server.
    fn start(start: impl Fn(&Path, [u16; 3]) -> Running, authority: impl Fn(&Path) -> String) -> Self {
        let (plain, secure) = (ReservedPort::new(), ReservedPort::new());
        let server = Deployment::new()
            .at_public_url(&format!("https://{NAME}"))
            .with("LEARNCOIN_TRUSTED_PROXIES", "127.0.0.1/32, ::1/128")
            .serve();
        let place = TempDir::new().unwrap();
        let proxy = start(place.path(), [plain.number(), secure.number(), server.port()]);
        let authority = authority(place.path());
        let site = Self { server, place, plain, secure, authority, _proxy: proxy };
        site.wait();
        site
    }

    /// Returns a request through the proxy, under the site's name.
    fn curl(&self, path: &str, arguments: &[&str]) -> Ended {
        let mut curl = Command::new("curl");
        let secure = self.secure.number();
        curl.args(["-sS", "--max-time", "30", "--noproxy", "*", "--cacert", &self.authority]);
        curl.args(["--resolve", &format!("{NAME}:{secure}:127.0.0.1"), "-w", "\n%{http_code}"]);
        run(curl.args(arguments).arg(format!("https://{NAME}:{secure}{path}")))
    }

    fn wait(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let asked = self.curl("/healthz", &[]);
            if asked.stdout.ends_with("\n200") {
                return;
            }
            assert!(Instant::now() < deadline, "{asked:?}");
            std::thread::yield_now();
        }
    }

    /// Checks that the site is what a server alone would be, and that the proxy opens nothing.
    fn judge(&self) {
        let front = self.curl("/", &["-D", "-"]).stdout;
        assert!(front.contains("Credentials that anyone can verify") && front.ends_with("\n200"), "{front}");
        assert!(front.to_lowercase().contains("strict-transport-security: max-age="), "{front}");

        let school = School::join(&self.server, "institution");
        let bearer = format!("Authorization: Bearer {}", school.key);
        let json = "Content-Type: application/json";
        let body = self.place.path().join("body.json");
        // Larger than what a proxy takes unasked.
        std::fs::write(&body, format!("{}{}", " ".repeat(2 * USUAL_LIMIT), one())).unwrap();
        let data = format!("@{}", body.display());
        let posted = self.curl("/v1/batches", &["-H", &bearer, "-H", json, "--data-binary", &data]);
        assert!(posted.stdout.ends_with("\n202"), "{posted:?}");

        // An address that the caller names itself is not believed.
        let deployment = &self.server.deployment;
        let create = ["key", "create", "--tenant", &school.tenant_id, "--environment", "test", "--allow"];
        let restricted = |network: &str| {
            let key = deployment.result(&[create.as_slice(), &[network]].concat());
            format!("Authorization: Bearer {}", text(&key, "/key"))
        };
        let forged = ["-H", "X-Forwarded-For: 203.0.113.7"];
        let elsewhere = restricted("203.0.113.0/24");
        let refused = self.curl("/v1/tenants/me", &[&["-H", elsewhere.as_str()], forged.as_slice()].concat());
        assert!(
            refused.stdout.contains("ip_not_allowed") && refused.stdout.ends_with("\n401"),
            "{refused:?}"
        );
        let here = restricted("127.0.0.0/8");
        let allowed = self.curl("/v1/tenants/me", &[&["-H", here.as_str()], forged.as_slice()].concat());
        assert!(allowed.stdout.ends_with("\n200"), "{allowed:?}");

        // HTTP leads to HTTPS.
        let plain = self.plain.number();
        let resolve = format!("{NAME}:{plain}:127.0.0.1");
        let asked = run(Command::new("curl")
            .args(["-sS", "--max-time", "30", "--noproxy", "*", "-o", "/dev/null"])
            .args([
                "--resolve",
                &resolve,
                "-w",
                "%{http_code} %{redirect_url}",
                &format!("http://{NAME}:{plain}/verify?q=x"),
            ]));
        let (status, target) = asked.stdout.split_once(' ').unwrap();
        assert!(matches!(status, "301" | "308"), "{asked:?}");
        assert!(
            target.starts_with(&format!("https://{NAME}")) && target.ends_with("/verify?q=x"),
            "{asked:?}"
        );
    }
}

/// Returns the sample with the ports of the test in place of its own; each must be there.
fn with_ports(sample: &str, replacements: &[(&str, String)]) -> String {
    replacements.iter().fold(sample.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the sample has no {from}");
        text.replace(from, to)
    })
}

#[test]
fn nginx_serves_the_site_by_the_sample() {
    if !is_there("nginx") {
        return eprintln!("left out: nginx is not there");
    }
    let certificate = |place: &Path| {
        let ended = run(Command::new("openssl").args(["req", "-x509", "-newkey", "ec", "-pkeyopt"]).args([
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            &format!("/CN={NAME}"),
            "-addext",
            &format!("subjectAltName=DNS:{NAME}"),
            "-keyout",
            place.join("privkey.pem").to_str().unwrap(),
            "-out",
            place.join("fullchain.pem").to_str().unwrap(),
        ]));
        assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    };
    let start = |place: &Path, [plain, secure, server]: [u16; 3]| {
        certificate(place);
        let site = with_ports(
            &sample("nginx.conf"),
            &[
                ("listen 80;", format!("listen 127.0.0.1:{plain};")),
                ("listen [::]:80;", String::new()),
                ("listen 443 ssl http2;", format!("listen 127.0.0.1:{secure} ssl http2;")),
                ("listen [::]:443 ssl http2;", String::new()),
                ("/etc/letsencrypt/live/credentials.example.edu", place.display().to_string()),
                ("127.0.0.1:8080", format!("127.0.0.1:{server}")),
            ],
        );
        std::fs::write(place.join("site.conf"), site).unwrap();
        let here = place.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {here}/{name};\n"))
            .concat();
        // As root its workers would be another user, who can't enter this place.
        let user = if run(Command::new("id").arg("-u")).stdout.trim() == "0" { "user root;" } else { "" };
        let whole = format!(
            "{user}\ndaemon off;\npid {here}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}include {here}/site.conf;\n}}\n"
        );
        std::fs::write(place.join("nginx.conf"), whole).unwrap();
        let file = place.join("nginx.conf");
        Running::reading_stderr(
            Command::new("nginx").arg("-p").arg(place).arg("-e").arg("stderr").arg("-c").arg(file),
        )
    };
    let authority = |place: &Path| place.join("fullchain.pem").display().to_string();
    Site::start(start, authority).judge();
}

#[test]
fn caddy_serves_the_site_by_the_sample() {
    if !is_there("caddy") {
        return eprintln!("left out: caddy is not there");
    }
    let start = |place: &Path, [plain, secure, server]: [u16; 3]| {
        let site = with_ports(&sample("Caddyfile"), &[("127.0.0.1:8080", format!("127.0.0.1:{server}"))]);
        // No authority on the internet knows the name, so Caddy's own one signs its certificate. HTTP/3 has a port of UDP, which is not
        // reserved.
        let options = format!(
            "{{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\thttp_port {plain}\n\thttps_port {secure}\n\tdefault_bind 127.0.0.1\n\tservers {{\n\t\tprotocols h1 h2\n\t}}\n}}\n"
        );
        std::fs::write(place.join("Caddyfile"), options + &site).unwrap();
        let mut caddy = Command::new("caddy");
        caddy.args(["run", "--adapter", "caddyfile", "--config"]).arg(place.join("Caddyfile"));
        caddy.env("XDG_DATA_HOME", place).env("XDG_CONFIG_HOME", place).env("HOME", place);
        let mut running = Running::reading_stderr(&mut caddy);
        running.wait_for("certificate of Caddy's own authority", |line| {
            line.contains("serving initial configuration").then_some(())
        });
        running
    };
    let authority = |place: &Path| place.join("caddy/pki/authorities/local/root.crt").display().to_string();
    Site::start(start, authority).judge();
}
