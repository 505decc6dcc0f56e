//! Mails as a foreign mail server receives them, and their outcome as the operator sees it.

use learncoin_testkit::{batch_of, credential};
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, poll};
use crate::support::process::{Running, run_with_input};
use crate::support::programs::python;
use crate::support::school::{School, credential_ids, text};

/// A mail server that judges what it gets: aiosmtpd.
struct Sink {
    process: Running,
    port: String,
    mails: Vec<Value>,
}

impl Sink {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Running::reading_stdout(&mut python("mail_sink.py", arguments));
        let port = process.wait_for("line `listening on PORT`", |line| {
            line.strip_prefix("listening on ").map(str::to_owned)
        });
        Self { process, port, mails: Vec::new() }
    }

    /// Returns the mails that it took, once there are this many.
    fn mails(&mut self, count: usize) -> Vec<Value> {
        while self.mails.len() < count {
            self.mails.push(self.process.wait_for("mail", |line| serde_json::from_str(line).ok()));
        }
        self.mails.clone()
    }
}

fn mailing(sink: &Sink) -> Deployment {
    Deployment::new()
        .with("LEARNCOIN_MAIL_TRANSPORT", "smtp")
        .with("LEARNCOIN_MAIL_SMTP_HOST", "localhost")
        .with("LEARNCOIN_MAIL_SMTP_PORT", &sink.port)
        .with("LEARNCOIN_MAIL_FROM", "credentials@learncoin.example")
        .with("LEARNCOIN_MAIL_BOUNCE_ADDRESS", "bounces@learncoin.example")
}

fn addressed(name: &str, number: usize) -> Value {
    let mut one = credential(name);
    one["recipient"]["email"] = json!(format!("person{number}@example.edu"));
    one
}

fn of_person(mails: &[Value], number: usize) -> &Value {
    let address = format!("person{number}@example.edu");
    mails.iter().find(|mail| mail["to"][0] == address).unwrap()
}

fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = mail["headers"].as_array().unwrap().iter();
    headers.filter(|header| header[0] == name).map(|header| header[1].as_str().unwrap()).collect()
}

/// Malicious and unusual names.
const HOSTILE: [&str; 14] = [
    "Ada%0D%0ABcc: eve@example.com",
    "Ada <script>alert(1)</script>",
    "=?utf-8?q?=0ABcc:_eve@example.com?=",
    "=?utf-8?q?a=0d=0aX-Evil:_1?=",
    "Ada =?utf-8?b?TG92ZWxhY2U=?= (=?iso-8859-1?q?=22?=)",
    "\"Eve\" <eve@example.com>, Ada",
    "</title><img src=https://example.com/x>",
    "{issuer} {name} {{ link }}",
    "عائشة بنت محمد",
    "Ngô Bảo Châu 字 𝔐 🎓",
    ".",
    "Ada --alternative-0",
    "a@b.c; rm -rf /",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

/// Those that hold a link or an address, by their number.
const WITH_LINKS: [usize; 5] = [0, 2, 5, 6, 12];

#[test]
fn whatever_a_name_is_the_mail_is_well_formed_and_has_its_text() {
    let mut sink = Sink::start(&[]);
    let server = mailing(&sink).with("LEARNCOIN_MAIL_SMTP_TLS", "none").serve();
    let school = School::join(&server, "starter");
    let mut people: Vec<Value> = HOSTILE.iter().enumerate().map(|(n, name)| addressed(name, n)).collect();
    for (number, name) in HOSTILE.iter().enumerate() {
        let mut one = addressed("Ada Lovelace", HOSTILE.len() + number);
        one["achievement"]["name"] = json!(name);
        people.push(one);
    }
    let ids = credential_ids(&school.issue(&batch_of(people)));
    let mails = sink.mails(2 * HOSTILE.len());
    for (number, id) in ids.iter().enumerate() {
        let mail = of_person(&mails, number);
        assert_eq!(mail["problems"], json!([]), "{mail}");
        assert_eq!(mail["to"], mail["to_header"], "{mail}");
        assert_eq!(
            (&mail["from_name"], &mail["from_address"]),
            (&json!("Example University"), &json!("credentials@learncoin.example"))
        );
        assert_eq!(header(mail, "Auto-Submitted"), ["auto-generated"]);
        assert_eq!(header(mail, "Reply-To"), [""; 0]);
        assert_eq!(header(mail, "Bcc"), [""; 0]);
        let (message_id, from) = (text(mail, "/message_id"), text(mail, "/from"));
        let token =
            message_id.trim_matches(['<', '>']).strip_suffix("@learncoin.example").unwrap().to_owned();
        assert_eq!(from, format!("bounces+{token}@learncoin.example"));
        assert!(!mail.to_string().replace(&text(mail, "/text"), "").is_empty());
        let link = format!("{}/c/{id}", server.origin());
        for part in ["/text", "/html"] {
            assert!(text(mail, part).contains(&link) && text(mail, part).contains("DEVELOPMENT"), "{mail}");
        }
        for name in ["Message-ID", "Subject", "From"] {
            assert!(header(mail, name).iter().all(|value| !value.contains(id.as_str())), "{mail}");
        }
        assert!(text(mail, "/subject").starts_with("DEVELOPMENT: "), "{mail}");
        assert!(!text(mail, "/html").contains("<script>"), "{mail}");
    }
    // The subject of each mail about an achievement of such a name is what was meant, on one line, unless that holds a link.
    for (number, name) in HOSTILE.iter().enumerate() {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = name.chars().take(100).collect();
        let subject = text(of_person(&mails, HOSTILE.len() + number), "/subject");
        assert_eq!(subject.contains(&start), !WITH_LINKS.contains(&number), "{subject:?}");
        assert!(!subject.contains(['\r', '\n']) && !subject.contains("example.com"), "{subject:?}");
    }
    assert!(text(of_person(&mails, 8), "/text").contains("Hello عائشة بنت محمد,"));
    assert!(
        text(of_person(&mails, 7), "/text").contains("Hello {issuer} {name} {{ link }},"),
        "no name is a template"
    );
    assert!(server.stop().success());
}

#[test]
fn a_tenants_mails_are_in_its_language_and_answers_go_to_it() {
    let mut sink = Sink::start(&[]);
    let server = mailing(&sink).with("LEARNCOIN_MAIL_SMTP_TLS", "none").serve();
    let school = School::join(&server, "starter");
    let expected = [
        ("en", "ltr", "Your credential from", "Hello Ada Lovelace,", "Issued on 23 April 2026"),
        ("es", "ltr", "Tu credencial de", "Hola, Ada Lovelace:", "Emitida el 23 de abril de 2026"),
        ("fr", "ltr", "Votre attestation de", "Bonjour Ada Lovelace,", "Délivrée le 23 avril 2026"),
        ("de", "ltr", "Ihr Nachweis von", "Guten Tag Ada Lovelace,", "Ausgestellt am 23. April 2026"),
        ("ar", "rtl", "شهادتك من", "مرحبًا Ada Lovelace،", "صدرت في 23 أبريل 2026"),
    ];
    for (number, (tag, direction, subject, greeting, issued)) in expected.into_iter().enumerate() {
        let update = [
            "tenant",
            "update",
            &school.tenant_id,
            "--language",
            tag,
            "--mail-reply-to",
            "registry@example.edu",
        ];
        let tenant = server.deployment.result(&update);
        assert_eq!(
            tenant["mail"],
            json!({ "on": true, "on_in_live": false, "language": tag, "reply_to": "registry@example.edu" })
        );
        school.issue(&batch_of(vec![addressed("Ada Lovelace", number)]));
        let mails = sink.mails(number + 1);
        let mail = of_person(&mails, number);
        assert_eq!(mail["problems"], json!([]), "{mail}");
        assert!(text(mail, "/subject").contains(subject), "{mail}");
        assert!(
            text(mail, "/html").contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")),
            "{mail}"
        );
        assert!(text(mail, "/text").contains(greeting) && text(mail, "/text").contains(issued), "{mail}");
        assert_eq!(header(mail, "Reply-To"), ["Example University <registry@example.edu>"]);
        assert_eq!(header(mail, "Content-Language"), [tag]);
    }
    let deployment = &server.deployment;
    deployment.result(&["tenant", "update", &school.tenant_id, "--mail", "off", "--mail-reply-to", "none"]);
    let silent = school.issue(&batch_of(vec![addressed("Ada Lovelace", 9)]));
    let listed =
        run_with_input(&mut deployment.command(&["mail", "list", "--tenant", &school.tenant_id]), b"");
    assert_eq!(listed.stdout.lines().count(), expected.len(), "{listed:?}");
    assert!(!listed.stdout.contains("example.edu"), "no address is listed");
    // A mail that is requested is sent all the same.
    deployment.result(&["mail", "resend", &credential_ids(&silent)[0]]);
    sink.mails(expected.len() + 1);
    assert!(server.stop().success());
}

#[test]
fn a_password_is_sent_to_a_mail_server_over_tls_only() {
    let place = tempfile::TempDir::new().unwrap();
    let authority = place.path().join("authority.pem");
    let arguments = ["--authority", authority.to_str().unwrap(), "--login", "learncoin:a secret"];
    let mut sink = Sink::start(&arguments);
    let deployment = mailing(&sink)
        .with("LEARNCOIN_MAIL_SMTP_USERNAME", "learncoin")
        .with("LEARNCOIN_MAIL_SMTP_PASSWORD", "a secret");
    let strange = deployment.serve();
    let school = School::join(&strange, "starter");
    let id = credential_ids(&school.issue(&batch_of(vec![addressed("Ada Lovelace", 0)]))).remove(0);
    poll("an untrusted certificate", || match mail(&deployment, &id) {
        mail if mail["attempts"].as_u64() > Some(0) => {
            assert_eq!(mail["state"], "waiting", "{mail}");
            let answer = mail["answer"].as_str().unwrap();
            assert!(answer.starts_with("no TLS with the mail server: invalid peer certificate"), "{answer}");
            Ok(())
        }
        mail => Err(mail.to_string()),
    });
    assert!(strange.stop().success());

    let server = deployment.with("LEARNCOIN_MAIL_SMTP_CA_FILE", authority.display()).serve();
    let mails = sink.mails(1);
    assert_eq!((&mails[0]["encrypted"], &mails[0]["user"]), (&json!(true), &json!("learncoin")));
    assert_eq!(mails[0]["problems"], json!([]));
    assert!(server.stop().success());

    let empty = place.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let deployment = deployment.with("LEARNCOIN_MAIL_SMTP_CA_FILE", empty.display());
    let refused = deployment.serve_refused(&[]);
    assert!(refused.contains("mail.smtp_ca_file is empty"), "{refused}");
    let deployment = deployment.with("LEARNCOIN_MAIL_SMTP_CA_FILE", authority.display());

    let refused = deployment.with("LEARNCOIN_MAIL_SMTP_TLS", "none").serve_refused(&[]);
    assert!(refused.contains("mail.smtp_username") && !refused.contains("a secret"), "{refused}");
    let refused = deployment.with("LEARNCOIN_MAIL_SMTP_PASSWORD", "").serve_refused(&[]);
    assert!(refused.contains("LEARNCOIN_MAIL_SMTP_PASSWORD"), "{refused}");
    let refused = deployment.with("LEARNCOIN_MAIL_FROM", "credentials").serve_refused(&[]);
    assert!(refused.contains("mail.from: \"credentials\" is no mail address"), "{refused}");
}

#[test]
fn an_access_token_is_read_anew_and_an_address_beyond_ascii_is_written_to() {
    let place = tempfile::TempDir::new().unwrap();
    let [authority, ours, theirs] = ["authority.pem", "ours", "theirs"].map(|name| place.path().join(name));
    std::fs::write(&ours, "an-old-token\n").unwrap();
    std::fs::write(&theirs, "a-new-token\n").unwrap();
    let [authority_file, theirs_file] = [&authority, &theirs].map(|path| path.to_str().unwrap());
    let mut sink = Sink::start(&["--authority", authority_file, "--token", theirs_file, "--utf8"]);
    let server = mailing(&sink)
        .with("LEARNCOIN_MAIL_SMTP_USERNAME", "credentials@learncoin.example")
        .with("LEARNCOIN_MAIL_SMTP_TOKEN_FILE", ours.display())
        .with("LEARNCOIN_MAIL_SMTP_CA_FILE", authority.display())
        .serve();
    let school = School::join(&server, "starter");
    let mut one = credential("Ada Lovelace");
    one["recipient"]["email"] = json!("ädä@bücher.example");
    let id = credential_ids(&school.issue(&batch_of(vec![one]))).remove(0);
    poll("a token that is not valid any more", || match mail(&server.deployment, &id) {
        mail if mail["attempts"].as_u64() > Some(0) => {
            let answer = mail["answer"].as_str().unwrap();
            assert!(answer.starts_with("the mail server refuses the login by XOAUTH2: 535"), "{answer}");
            assert!(!answer.contains("an-old-token"), "{answer}");
            Ok(())
        }
        mail => Err(mail.to_string()),
    });
    // The operator's timer renews it. The server is not restarted.
    std::fs::write(&ours, "a-new-token\n").unwrap();
    let mails = sink.mails(1);
    assert_eq!(mails[0]["user"], "credentials@learncoin.example");
    assert_eq!(mails[0]["to"], json!(["ädä@xn--bcher-kva.example"]));
    assert_eq!((&mails[0]["to"], &mails[0]["problems"]), (&mails[0]["to_header"], &json!([])));
    assert!(server.stop().success());
    let both = server_with_both(&sink, &ours);
    assert!(both.contains("mail.smtp_token_file is set, and so is a password"), "{both}");
}

/// Starts a server that has a password and a token, and returns why it refuses to.
fn server_with_both(sink: &Sink, token_file: &std::path::Path) -> String {
    mailing(sink)
        .with("LEARNCOIN_MAIL_SMTP_USERNAME", "learncoin")
        .with("LEARNCOIN_MAIL_SMTP_PASSWORD", "a secret")
        .with("LEARNCOIN_MAIL_SMTP_TOKEN_FILE", token_file.display())
        .serve_refused(&[])
}

#[test]
fn a_bounce_is_recorded_and_its_mail_is_resent_on_request() {
    let mut sink = Sink::start(&[]);
    let server = mailing(&sink).with("LEARNCOIN_MAIL_SMTP_TLS", "none").serve();
    let deployment = &server.deployment;
    let school = School::join(&server, "starter");
    let people = vec![addressed("Ada Lovelace", 0), credential("Ada Lovelace")];
    let ids = credential_ids(&school.issue(&batch_of(people)));
    let sent = sink.mails(1).remove(0);
    poll("recorded as sent", || match mail(deployment, &ids[0]) {
        mail if mail["state"] == "sent" => Ok(()),
        mail => Err(mail.to_string()),
    });

    // What is unclear has a state of its own, and a clear report replaces it.
    let unclear = format!("From: MAILER-DAEMON@example.edu\nTo: {}\n\nI gave up.\n", text(&sent, "/from"));
    let returned = run_with_input(&mut deployment.command(&["mail", "bounce"]), unclear.as_bytes()).json();
    assert_eq!(returned["state"], "returned", "{returned}");
    let report = format!(
        "From: MAILER-DAEMON@example.edu\nTo: {}\nSubject: Undelivered\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mail.example.edu\n\nFinal-Recipient: rfc822; person0@example.edu\nAction: failed\n\
         Status: 5.1.1\nDiagnostic-Code: smtp; 550 <person0@example.edu> unknown\n\n--b--\n",
        text(&sent, "/from"),
    );
    let bounced = run_with_input(&mut deployment.command(&["mail", "bounce"]), report.as_bytes()).json();
    assert_eq!(
        (&bounced["credential_id"], &bounced["state"]),
        (&json!(ids[0]), &json!("bounced")),
        "{bounced}"
    );
    assert_eq!(bounced["answer"], "5.1.1 smtp; 550 <address> unknown");
    assert_eq!(mail(deployment, &ids[0]), bounced);
    let after = run_with_input(&mut deployment.command(&["mail", "bounce"]), unclear.as_bytes()).json();
    assert_eq!(after, bounced, "a failure that is known stays one");
    let late = report.replace("Action: failed", "Action: delayed");
    let late = run_with_input(&mut deployment.command(&["mail", "bounce"]), late.as_bytes());
    assert_eq!((late.status, late.json()), (Some(0), Value::Null));
    let foreign =
        run_with_input(&mut deployment.command(&["mail", "bounce"]), b"To: eve@example.com\n\nhi\n");
    assert_eq!(foreign.status, Some(2), "{foreign:?}");

    let queued = deployment.result(&["mail", "resend", &ids[0]]);
    assert_eq!(queued[0]["credential_id"], ids[0]);
    let again = sink.mails(2).remove(1);
    assert_ne!(again["message_id"], sent["message_id"], "to who sorts mails it is another one");
    assert_eq!(again["from"], sent["from"]);
    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    school.change(&ids[0], "erase", &body);
    let erased = mail(deployment, &ids[0]);
    assert_eq!(erased["answer"], Value::Null, "{erased}");
    for (id, because) in [
        (&*ids[0], "was erased"),
        (&*ids[1], "without an e-mail address"),
        ("crd_01KPX4MQ00REJFE5FBD8QX9Y5A", "no credential has the id"),
    ] {
        let refused = deployment.refusal(&["mail", "resend", id]);
        assert!(refused.contains(because), "{refused}");
    }
    assert!(server.stop().success());
}

/// Returns the addresses of all links in a mail's HTML.
fn links(html: &str) -> Vec<String> {
    let parts = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    parts.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[test]
fn every_link_of_a_mail_leads_where_its_words_say() {
    let mut sink = Sink::start(&[]);
    let server = mailing(&sink).with("LEARNCOIN_MAIL_SMTP_TLS", "none").serve();
    let school = School::join(&server, "starter");
    for (number, language) in ["en", "de", "ar"].into_iter().enumerate() {
        server.deployment.result(&["tenant", "update", &school.tenant_id, "--language", language]);
        let id = credential_ids(&school.issue(&batch_of(vec![addressed("Ada Lovelace", number)]))).remove(0);
        let mails = sink.mails(number + 1);
        let mail = of_person(&mails, number);
        assert_eq!(mail["problems"], json!([]), "{mail}");
        let page = format!("{}/c/{id}", server.origin());
        let expected = [
            page.clone(),
            format!("{page}/linkedin"),
            format!("{page}/certificate.pdf?lang={language}"),
            format!("{page}/wallet?lang={language}"),
        ];
        let html = text(mail, "/html");
        assert_eq!(links(&html), expected, "{html}");
        let plain = text(mail, "/text");
        let written: Vec<&str> = plain.split_whitespace().filter(|word| word.contains("://")).collect();
        assert_eq!(written, expected, "{plain}");

        let shown = server.get(&format!("/c/{id}"));
        assert_eq!((shown.status, shown.header("content-type")), (200, "text/html; charset=utf-8"));
        let profile = server.get(&format!("/c/{id}/linkedin"));
        assert_eq!(profile.status, 303);
        let target = profile.header("location");
        assert!(
            target.starts_with("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&"),
            "{target}"
        );
        assert!(target.ends_with(&format!("certId={id}")), "{target}");
        let certificate = server.get(&format!("/c/{id}/certificate.pdf?lang={language}"));
        assert_eq!((certificate.status, certificate.header("content-type")), (200, "application/pdf"));
        assert!(certificate.body.starts_with(b"%PDF-"));
        let wallets = server.get(&format!("/c/{id}/wallet?lang={language}"));
        assert_eq!((wallets.status, wallets.header("content-type")), (200, "text/html; charset=utf-8"));

        // The badge is in the mail itself.
        let structure = mail["structure"].as_array().unwrap();
        assert!(structure.contains(&json!("image/png")) && html.contains("src=\"cid:badge\""), "{mail}");
        let congratulations = ["Congratulations!", "Herzlichen Glückwunsch!", "تهانينا!"][number];
        assert!(html.contains(congratulations) && plain.contains(congratulations), "{mail}");
    }
    assert!(server.stop().success());
}

/// Returns a credential's mail, as the operator sees it.
fn mail(deployment: &Deployment, id: &str) -> Value {
    deployment.result(&["mail", "list", "--credential", id])
}

/// Checks the whole of a local mailbox: its list, a mail, and the mail's HTML.
#[test]
fn in_development_mails_are_read_on_a_page() {
    let server: Server = Deployment::new().serve();
    let school = School::join(&server, "starter");
    let id = credential_ids(&school.issue(&batch_of(vec![addressed("Ada <script> Lovelace", 0)]))).remove(0);
    let list = poll("a mail in the list", || match server.visit("/dev/mail") {
        answer if answer.text().contains("person0@example.edu") => Ok(answer),
        answer => Err(answer.text().to_owned()),
    });
    let page =
        list.text().split("href=\"").find_map(|rest| rest.strip_prefix("/dev/mail/")).unwrap().to_owned();
    let path = format!("/dev/mail/{}", page.split('"').next().unwrap());
    let mail = server.visit(&path);
    assert!(mail.text().contains("sandbox=") && !mail.text().contains("<script>"), "{}", mail.text());
    let html = server.visit(&format!("{path}/html"));
    assert!(html.text().contains(&format!("/c/{id}")) && !html.text().contains("<script>"));
    let policy = html.header("content-security-policy");
    assert!(
        policy.starts_with("sandbox ") && policy.contains("default-src 'none'") && !policy.contains("script"),
        "{policy}"
    );

    for path in ["/dev/mail".to_owned(), path.clone(), format!("{path}/html")] {
        // DNS rebinding: a page of another site, whose name leads to this machine; and a proxy on this machine.
        let own = format!("localhost:{}", server.port());
        let rebound = format!("evil.example:{}", server.port());
        for headers in [
            vec![],
            vec![("host", rebound.as_str())],
            vec![("host", "localhost")],
            vec![("host", own.as_str()), ("x-forwarded-for", "127.0.0.1")],
        ] {
            let answer = http::get(&server.url(&path), &headers);
            assert_eq!(answer.status, 404, "{path} {headers:?}");
            assert!(!answer.text().contains("person0"), "{path} {headers:?}");
        }
    }

    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    school.change(&id, "erase", &body);
    assert_eq!(server.visit(&path).status, 404, "it went with the person");
    assert!(server.stop().success());
    let hidden = Deployment::new().with("LEARNCOIN_MAIL_TRANSPORT", "off").serve();
    assert_eq!(hidden.visit("/dev/mail").status, 404);
    let public = Deployment::new().at_public_url("https://learncoin.example").serve();
    let named = http::get(&public.url("/dev/mail"), &[("host", "learncoin.example")]);
    assert_eq!((public.visit("/dev/mail").status, named.status), (404, 404));
}
