//! The files that people take away, judged by programs of third parties and by our own commands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::process::{Ended, run, run_with_input};
use crate::support::programs::{python, succeeds};
use crate::support::school::{School, credential_ids, one, text};
use crate::support::shared::Shared;

/// A running server with one anchored credential, and all of its files on the disk.
struct Taken {
    server: Server,
    id: String,
    png: PathBuf,
    svg: PathBuf,
    pdf: PathBuf,
}

impl Taken {
    fn get() -> Arc<Self> {
        static TAKEN: Shared<Taken> = Shared::new();
        TAKEN.get(Self::new)
    }

    fn new() -> Self {
        let server = Deployment::new().serve();
        let school = School::join(&server, "developer");
        let id = credential_ids(&school.issue(&one())).remove(0);
        let [png, svg, pdf] =
            ["badge.png", "badge.svg", "certificate.pdf"].map(|file| take(&server, &id, file));
        Self { server, id, png, svg, pdf }
    }

    fn deployment(&self) -> &Deployment {
        &self.server.deployment
    }

    fn document(&self, layout: &str) -> Value {
        self.server.get(&format!("/c/{}/credential.json?layout={layout}", self.id)).json()
    }

    fn command(&self, name: &str, file: &Path) -> Ended {
        run(&mut self.deployment().command(&[name, file.to_str().unwrap()]))
    }

    fn verify(&self, file: &Path) -> Ended {
        let arguments = ["verify", file.to_str().unwrap(), "--allow", "development"];
        run(&mut self.deployment().command(&arguments))
    }
}

/// Saves a file of a credential.
fn take(server: &Server, id: &str, file: &str) -> PathBuf {
    let answer = server.get(&format!("/c/{id}/{file}"));
    assert_eq!(answer.status, 200, "{file}");
    server.deployment.write(&format!("{id}-{file}"), &answer.body)
}

/// Runs a program of poppler.
fn poppler(program: &str, arguments: &[&str]) -> Ended {
    succeeds(Command::new(program).args(arguments))
}

#[test]
fn openbadgeslib_takes_the_document_out_of_both_badges() {
    let taken = Taken::get();
    let document = taken.deployment().write("open-badges.json", taken.document("open-badges").to_string());
    let files = [&document, &taken.png, &taken.svg].map(|path| path.to_str().unwrap());
    succeeds(&mut python("unbake.py", &files));
    let other = taken.deployment().write("default.json", taken.document("default").to_string());
    let files = [&other, &taken.png].map(|path| path.to_str().unwrap());
    assert_eq!(run(&mut python("unbake.py", &files)).status, Some(1), "the judge tells documents apart");
}

#[test]
fn poppler_takes_the_document_out_of_the_certificate_and_it_is_valid() {
    let taken = Taken::get();
    let pdf = taken.pdf.to_str().unwrap();
    let listed = poppler("pdfdetach", &["-list", pdf]).stdout;
    assert!(listed.contains("1 embedded files") && listed.contains("credential.json"), "{listed}");
    let saved = taken.deployment().write("detached.json", "");
    poppler("pdfdetach", &["-save", "1", "-o", saved.to_str().unwrap(), pdf]);
    let detached: Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()).unwrap();
    assert_eq!(detached, taken.document("default"));
    let ended = taken.verify(&saved);
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

#[test]
fn a_certificate_embeds_its_fonts_and_has_its_title_and_text() {
    let taken = Taken::get();
    let pdf = taken.pdf.to_str().unwrap();
    let fonts = poppler("pdffonts", &[pdf]).stdout;
    let (heads, fonts): (Vec<&str>, Vec<&str>) = fonts.lines().partition(|line| !line.contains("Noto"));
    assert!(heads.len() == 2 && fonts.len() >= 3, "{fonts:?}");
    for font in fonts {
        let columns: Vec<&str> = font.split_whitespace().rev().collect();
        // Object, generation, then whether there is a map to Unicode, a subset, the font itself.
        assert_eq!(columns[2..5], ["yes"; 3], "{font}");
    }
    let info = poppler("pdfinfo", &[pdf]).stdout;
    for line in [
        "Title:           Certificate: Introduction to Machine Learning, from ",
        "Tagged:          yes",
        "Pages:           1",
        "(A4)",
    ] {
        assert!(info.contains(line), "{line} is not in {info}");
    }
    let words = poppler("pdftotext", &["-raw", pdf, "-"]).stdout;
    for word in
        ["Ada Lovelace", "Introduction to Machine Learning", "23 April 2020", "DEVELOPMENT", &taken.id]
    {
        assert!(words.contains(word), "{word} is not in {words}");
    }
    assert!(!words.to_lowercase().contains("verified"), "{words}");
}

#[test]
fn the_commands_read_every_file_back() {
    let taken = Taken::get();
    for (file, layout) in [(&taken.png, "open-badges"), (&taken.svg, "open-badges"), (&taken.pdf, "default")]
    {
        let unbaked = taken.command("unbake", file);
        assert_eq!((unbaked.status, unbaked.stderr.as_str()), (Some(0), ""), "{unbaked:?}");
        assert_eq!(unbaked.json(), taken.document(layout));
        let bytes = std::fs::read(file).unwrap();
        let piped = run_with_input(&mut taken.deployment().command(&["unbake", "-"]), &bytes);
        assert_eq!(piped.stdout, unbaked.stdout);
        let verified = taken.verify(file);
        assert_eq!(verified.status, Some(0), "{verified:?}");
        let first = "Ada Lovelace 0\nIntroduction to Machine Learning\n\nVALID, DEVELOPMENT\nIssued by ";
        assert!(verified.stdout.starts_with(first), "{}", verified.stdout);
        let limit = if file == &taken.pdf {
            "attached to this PDF was checked"
        } else {
            "inside this picture was checked"
        };
        assert!(verified.stdout.contains(limit), "{}", verified.stdout);
    }
}

#[test]
fn a_badge_that_was_tampered_with_is_not_valid() {
    let taken = Taken::get();
    let svg = std::fs::read_to_string(&taken.svg).unwrap();
    let forged = taken.deployment().write("forged.svg", svg.replace("Ada Lovelace", "Eve Lovelace"));
    let ended = taken.verify(&forged);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("FAILED  signature"), "{}", ended.stdout);

    let mut png = std::fs::read(&taken.png).unwrap();
    let at = png.windows(12).position(|window| window == b"Ada Lovelace").unwrap();
    png[at..at + 3].copy_from_slice(b"Eve");
    let forged = taken.deployment().write("forged.png", png);
    let ended = taken.verify(&forged);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.stderr.contains("the PNG file is damaged: a checksum is wrong"), "{}", ended.stderr);
}

#[test]
fn a_file_without_a_credential_is_recognized() {
    let taken = Taken::get();
    let plain = take(&taken.server, &taken.id, "badge.png?plain=true");
    let card = take(&taken.server, &taken.id, "card.png");
    for file in [&plain, &card] {
        let ended = taken.command("unbake", file);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.stderr.contains("the PNG file carries no credential"), "{}", ended.stderr);
    }
}

#[test]
fn what_was_revoked_is_marked_and_what_was_erased_names_no_person() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "starter");
    let id = credential_ids(&school.issue(&one())).remove(0);
    school.change(&id, "revoke", &json!({ "reason": "Issued twice", "reason_code": "reissued" }));
    let pdf = take(&server, &id, "certificate.pdf");
    let words = poppler("pdftotext", &["-raw", pdf.to_str().unwrap(), "-"]).stdout;
    // The ribbon lies across a corner, where poppler takes each letter for a line.
    assert!(words.split_whitespace().collect::<String>().contains("REVOKED"), "{words}");
    assert!(words.contains("Ada Lovelace"), "{words}");
    let svg = server.get(&format!("/c/{id}/badge.svg"));
    assert!(svg.text().contains("· REVOKED"), "{}", &svg.text()[..200]);
    let ended = run(&mut server.deployment.command(&["verify", pdf.to_str().unwrap()]));
    assert_eq!(ended.status, Some(1), "{ended:?}");

    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    assert_eq!(school.change(&id, "erase", &body)["erased"], true);
    for file in ["certificate.pdf?lang=en", "badge.svg", "badge.png"] {
        let path = take(&server, &id, file);
        let document = run(&mut server.deployment.command(&["unbake", path.to_str().unwrap()])).json();
        assert_eq!(document.pointer("/credentialSubject/name"), None, "{file}");
        assert_eq!(text(&document, "/id"), format!("{}/c/{id}", server.origin()));
    }
    let pdf = take(&server, &id, "certificate.pdf");
    let words = poppler("pdftotext", &["-raw", pdf.to_str().unwrap(), "-"]).stdout;
    assert!(words.contains("Redacted on recipient request") && !words.contains("Lovelace"), "{words}");
}
