//! The documentation, followed to the letter: every block of code in `docs/` and in the README is run or compared with
//! what a running deployment really answers.
//!
//! A page is one shell script: its `bash` blocks run in order in one shell, in an empty directory. A block that names
//! its file (`ts file=issue.mts`) is saved there when its turn comes. The samples of an operation (`ts run=read.mts`) are run
//! as they are, behind the `bash` block that does the same. A `json` block without a name shows what the commands
//! before it print, and behind samples what each of them prints, and must have the same shape. Nothing may be skipped
//! without a reason (`no-run`), and only few blocks may.

mod page;
mod sample_tenants;
mod shape;

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use learncoin_testkit::ReservedPort;
use serde_json::Value;
use tempfile::TempDir;

use self::page::{Page, Role};
use self::sample_tenants::{SampleTenant, receiver};
use self::shape::difference;
use crate::support::deployment::{Deployment, Server};
use crate::support::process::{Ended, repository, run};
use crate::support::programs::{interpreter, node};
use crate::support::school::School;

/// The number of blocks of all pages that may go unrun.
const AT_MOST_NOT_RUN: usize = 2;

/// Every page whose reader starts without a server.
const ON_THEIR_OWN: [&str; 2] = ["README.md", "docs/quickstart.md"];

/// Pages that are not followed here: they are about machines of operators or of builders, and other tests check them.
const NOT_FOLLOWED: [&str; 6] = [
    "docs/certification.md",
    "docs/conformance.md",
    "docs/going-live.md",
    "docs/operations.md",
    "docs/performance.md",
    "docs/promises.md",
];

/// The folder of the decisions, which are no pages of the documentation.
const DECISIONS: &str = "docs/decisions/";

/// A test for each page, so that they run side by side.
macro_rules! followed {
    ($($test:ident $path:literal,)*) => {
        const FOLLOWED: &[&str] = &[$($path,)*];
        $(#[test]
        fn $test() {
            follow(&read($path)).unwrap_or_else(|problem| panic!("{problem}"));
        })*
    };
}

followed! {
    the_readme_works "README.md",
    the_index_works "docs/README.md",
    the_quickstart_works "docs/quickstart.md",
    the_page_on_pricing_works "docs/pricing.md",
    the_page_on_authentication_works "docs/api/authentication.md",
    the_page_on_endpoints_works "docs/api/endpoints.md",
    the_page_on_batches_works "docs/api/batches.md",
    the_page_on_credentials_works "docs/api/credentials.md",
    the_page_on_tenants_works "docs/api/tenants.md",
    the_page_on_webhook_endpoints_works "docs/api/webhooks.md",
    the_page_on_events_works "docs/api/events.md",
    the_page_on_errors_works "docs/api/errors.md",
    the_page_on_types_works "docs/api/types.md",
    the_guide_to_the_first_credential_works "docs/guides/first-credential.md",
    the_guide_to_webhooks_works "docs/guides/webhooks.md",
    the_guide_to_mail_works "docs/guides/mail.md",
    the_guide_to_wallets_works "docs/guides/wallet.md",
    the_guide_to_erasure_works "docs/guides/gdpr-erasure.md",
    the_page_on_keys_works "docs/keys.md",
    the_concepts_of_credentials_work "docs/concepts/credentials.md",
    the_concepts_of_verification_work "docs/concepts/verification.md",
    the_glossary_works "docs/glossary.md",
    the_console_for_registrars_works "docs/console/registrars.md",
    the_console_for_operators_works "docs/console/operators.md",
}

#[test]
fn every_page_is_followed_and_few_blocks_are_left_out() {
    let mut files = Vec::new();
    collect(&repository().join("docs"), &mut files);
    assert!(files.len() > 10);
    for file in files {
        let path = file.strip_prefix(repository()).unwrap().to_str().unwrap();
        let is_page = !NOT_FOLLOWED.contains(&path) && !path.starts_with(DECISIONS);
        assert!(FOLLOWED.contains(&path) || !is_page, "no test follows {path}");
    }
    let mut not_run = Vec::new();
    for page in FOLLOWED.iter().map(|path| read(path)) {
        for block in &page.blocks {
            if let Role::NotRun(reason) = block.role().unwrap() {
                not_run.push(format!("{}: {reason}", page.place(block)));
            }
        }
    }
    println!("{not_run:#?}");
    assert!(not_run.len() <= AT_MOST_NOT_RUN, "{not_run:#?}");
}

// A program that was sent a signal still accepts connections for a moment: what is started next would meet its end in place of its
// successor, and a successor its port in use.
#[test]
fn what_a_page_kills_is_waited_for() {
    let mut kills = 0;
    for page in FOLLOWED.iter().map(|path| read(path)) {
        for block in page.blocks.iter().filter(|block| block.language == "bash") {
            let mut lines = block.text.lines();
            while let Some(line) = lines.next() {
                if let Some(process) = line.strip_prefix("kill ") {
                    let awaited = format!("wait {process} || true");
                    assert_eq!(lines.next(), Some(awaited.as_str()), "{}", page.place(block));
                    kills += 1;
                }
            }
        }
    }
    assert!(kills >= 3, "{kills}");
}

#[test]
fn the_files_lead_to_one_another() {
    let mut links = 0;
    for path in FOLLOWED {
        let file = repository().join(path);
        let markdown = std::fs::read_to_string(&file).unwrap();
        let targets = markdown.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for target in targets.filter(|target| !target.starts_with('#') && !target.starts_with("https:")) {
            let name = target.split('#').next().unwrap();
            let found = match name.strip_prefix('/') {
                Some(from_the_top) => repository().join(from_the_top),
                None => file.parent().unwrap().join(name),
            };
            assert!(found.exists(), "{path} links to {target}");
            links += 1;
        }
    }
    assert!(links > 50, "{links}");
}

#[test]
fn every_decision_has_its_sections_and_is_in_the_index() {
    let folder = repository().join(DECISIONS);
    let index = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.retain(|file| !file.ends_with("README.md"));
    files.sort();
    assert!(files.len() > 20);
    for (position, file) in files.iter().enumerate() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let number = position + 1;
        assert!(name.starts_with(&format!("{number:04}-")), "{name} is not number {number}");
        assert!(index.contains(&format!("]({name})")), "the index does not list {name}");
        let page = std::fs::read_to_string(file).unwrap();
        assert!(page.starts_with(&format!("# {number}. ")), "{name}");
        let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, ["## Context", "## Decision", "## Consequences"], "{name}");
    }
}

#[test]
fn a_block_that_is_wrong_is_noticed() {
    let get = "curl -sS http://localhost:8080/readyz";
    let running = "learncoin serve &\ncurl -sS --retry 30 --retry-delay 1 --retry-connrefused -o /dev/null http://localhost:8080/readyz\n";
    for (markdown, noticed) in [
        ("```bash\nlearncoin tenant invent\n```\n".to_owned(), "ended with"),
        ("```bash\nfalse\ntrue\n```\n".to_owned(), "README.md:1"),
        (
            format!("```bash\n{running}{get}\n```\n```json\n{{ \"status\": \"unavailable\" }}\n```\n"),
            "/status",
        ),
        ("```bash\necho '{}'\n```\n```json\n{ \"a\": 1 }\n```\n".to_owned(), "[\"a\"]"),
        ("```bash\necho nothing\n```\n```json\n{}\n```\n".to_owned(), "no JSON"),
        ("```json file=a.json\n{}\n```\n".to_owned(), "nothing uses a.json"),
        (
            "```ts file=a.mts\nconst x: string = 1;\n```\n```bash\nnode a.mts\n```\n".to_owned(),
            "not type-correct",
        ),
        ("```ts file=a.mts\nenum X { A }\n```\n```bash\nnode a.mts\n```\n".to_owned(), "not type-correct"),
        ("```ts file=a.ts\nawait 1;\n```\n```bash\nnode a.ts\n```\n".to_owned(), "ending .mts"),
        (
            "```bash\necho '{}'\n```\n```ts run=a.mts\nconsole.log('[]');\n```\n```json\n{}\n```\n"
                .to_owned(),
            "really []",
        ),
        (
            "```toml file=learncoin.toml\n[plan]\n```\n```bash\nlearncoin tenant list\n```\n".to_owned(),
            "plan",
        ),
        ("```python\nprint()\n```\n".to_owned(), "nothing checks"),
        ("```bash no-run\nrm x\n```\n".to_owned(), "nothing checks"),
    ] {
        let problem = follow(&Page::read("README.md", &markdown)).expect_err(&markdown);
        assert!(problem.contains(noticed), "{markdown}{problem}");
    }
}

fn read(path: &str) -> Page {
    Page::read(path, &std::fs::read_to_string(repository().join(path)).unwrap())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

/// Follows the page's instructions, and compares the output that it shows with the real one.
fn follow(page: &Page) -> Result<(), String> {
    if script(page)?.0.is_empty() {
        return Ok(());
    }
    let reader = Reader::at(page);
    let page = reader
        .tenants
        .iter()
        .fold(page.clone(), |page, tenant| page.with(Some(tenant.language), &tenant.stand_ins()));
    let page = page.with(None, &reader.stand_ins());
    let (script, shown) = script(&page)?;
    reader.compile(&page)?;
    let Ended { status, stderr, .. } = run(&mut reader.shell(&script));
    if status != Some(0) {
        return Err(format!(
            "{} ended with {status:?}:\n{stderr}\nprinted last:\n{}",
            page.path,
            reader.last_printed(&page)
        ));
    }
    for (runs, place, json) in shown {
        let json: Value = serde_json::from_str(&json).map_err(|error| format!("{place}: {error}"))?;
        for index in runs {
            let printed = std::fs::read_to_string(reader.printed(index)).unwrap();
            let real =
                last_json(&printed).ok_or_else(|| format!("{place}: no JSON was printed, but\n{printed}"))?;
            if let Some(difference) = difference(&json, &real) {
                let language = &page.blocks[index].language;
                return Err(format!("{place}: {difference} ({language})\nreally {real:#}"));
            }
        }
    }
    Ok(())
}

/// The shown outputs: the numbers of the blocks that print it, its place in the page, and the text.
type Shown = Vec<(Vec<usize>, String, String)>;

/// Returns the page as a script, and the outputs that it shows. What each `bash` block prints goes to a file of its number.
fn script(page: &Page) -> Result<(String, Shown), String> {
    let (mut script, mut shown, mut files, mut commands) =
        (String::new(), Shown::new(), Vec::new(), String::new());
    let mut runs = Vec::new();
    for (index, block) in page.blocks.iter().enumerate() {
        let place = page.place(block);
        match block.role().map_err(|problem| format!("{place}: {problem}"))? {
            Role::Run => {
                runs = vec![index];
                commands.push_str(&block.text);
                writeln!(script, "echo 'at {place}' >&2\nexec >\"$PRINTED/{index}\"\n{}", block.text)
                    .unwrap();
            }
            Role::File(name) => {
                let append = if files.contains(&name) { ">>" } else { ">" };
                files.push(name);
                writeln!(script, "cat {append}{name} <<'END OF BLOCK'\n{}END OF BLOCK", block.text).unwrap();
            }
            Role::Sample(name) => {
                runs.push(index);
                let (language, program) =
                    (&block.language, if block.language == "ts" { "node" } else { "python3" });
                writeln!(
                    script,
                    "echo 'at {place}' >&2\ncat >{name} <<'END OF BLOCK'\n{}END OF BLOCK\nLEARNCOIN_API_KEY=${{KEY_{language}:-}} {program} {name} >\"$PRINTED/{index}\"",
                    block.text
                )
                .unwrap();
            }
            Role::Shown => shown.push((runs.clone(), place, block.text.clone())),
            Role::ShownElsewhere | Role::NotRun(_) | Role::Prose => {}
        }
    }
    match files.iter().find(|name| **name != "learncoin.toml" && !commands.contains(**name)) {
        Some(name) => Err(format!("{}: nothing uses {name}", page.path)),
        None => Ok((script, shown)),
    }
}

/// Parses the last JSON value of an output, which may begin with words for people.
fn last_json(printed: &str) -> Option<Value> {
    let starts = printed.match_indices(['{', '[']).map(|(at, _)| at);
    let mut starts = starts.filter(|at| *at == 0 || printed[..*at].ends_with('\n'));
    starts.find_map(|at| {
        let values: Result<Vec<Value>, _> =
            serde_json::Deserializer::from_str(&printed[at..]).into_iter().collect();
        values.ok()?.pop()
    })
}

/// A reader who follows a page: an empty directory, the programs that the page asks for, and what the page takes for
/// granted.
struct Reader {
    place: TempDir,
    /// The deployment that the page is about; none where the page starts one itself.
    deployment: Option<(Server, School)>,
    /// The tenants of those who follow the page's samples in one language.
    tenants: Vec<SampleTenant>,
    /// A port for the server that the page starts.
    port: ReservedPort,
    /// A port for the program that the page runs.
    receiver: ReservedPort,
}

impl Reader {
    fn at(page: &Page) -> Self {
        let deployment = (!ON_THEIR_OWN.contains(&page.path.as_str())).then(|| {
            let server = Deployment::new()
                .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
                .with("LEARNCOIN_CHAIN_BLOCK_TIME_MS", 100)
                .serve();
            let school = School::join(&server, "institution");
            (server, school)
        });
        let tenants = match &deployment {
            Some((server, school)) if page.has_samples() => SampleTenant::of_all(server, school),
            _ => Vec::new(),
        };
        let (port, receiver) = (ReservedPort::new(), ReservedPort::new());
        let reader = Self { place: TempDir::new().unwrap(), deployment, tenants, port, receiver };
        reader.install_programs(page.blocks.iter().any(|block| block.language == "python"));
        reader
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Returns the file with the output of a `bash` block.
    fn printed(&self, index: usize) -> PathBuf {
        self.path("printed").join(index.to_string())
    }

    /// Returns what the last block that printed something printed.
    fn last_printed(&self, page: &Page) -> String {
        let printed = (0..page.blocks.len()).rev().map(|index| std::fs::read_to_string(self.printed(index)));
        printed.flatten().find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// Returns the placeholders of the page, with the values that each reader has of their own.
    fn stand_ins(&self) -> Vec<(&'static str, String)> {
        let mut stand_ins = vec![
            ("localhost:8080", format!("localhost:{}", self.port.number())),
            ("127.0.0.1:8080", format!("127.0.0.1:{}", self.port.number())),
            ("3000", self.receiver.number().to_string()),
            // The chain of the deployment under test replaces Base Sepolia.
            ("CHAIN_ID=84532", "CHAIN_ID=31337".to_owned()),
            ("\"valid_test\"", "\"valid_development\"".to_owned()),
            ("--allow test", "--allow development".to_owned()),
        ];
        if let Some((server, school)) = &self.deployment {
            let did = format!("did:web:localhost%3A{}", server.port());
            stand_ins.extend([
                ("https://learncoin.example", server.origin()),
                ("did:web:learncoin.example", did),
                ("https://sepolia.base.org", server.chain_url()),
                ("https://yourschool.edu/learncoin", receiver(server)),
                ("lrn_test_…", school.key.clone()),
                ("tnt_…", school.tenant_id.clone()),
            ]);
        }
        stand_ins
    }

    /// Installs the programs that the pages call: the binary under test, and interpreters with the packages that the tests
    /// have installed.
    fn install_programs(&self, with_python: bool) {
        for folder in ["bin", "compiled", "printed", "source", "work"] {
            std::fs::create_dir(self.path(folder)).unwrap();
        }
        let repository = repository();
        symlink(env!("CARGO_BIN_EXE_learncoin"), self.path("bin/learncoin")).unwrap();
        symlink(repository.join("tests/node/node_modules"), self.path("node_modules")).unwrap();
        if let Some((server, _)) = &self.deployment {
            symlink(server.deployment.data_dir(), self.path("work/learncoin-data")).unwrap();
        }
        // The binary is built already.
        self.program(
            "cargo",
            "case \"$*\" in\n'build --release') ;;\n'run --release -- '*) shift 3; exec learncoin \"$@\" ;;\n*) exit 64 ;;\nesac",
        );
        // The pages' TypeScript is compiled before; this is Node as it is when it runs TypeScript by itself.
        let world = self.deployment.as_ref().map_or_else(String::new, |(server, _)| {
            let module = repository.join("tests/node/lib/stand-in-world.mjs");
            let host = format!("{}={}", server.origin(), server.url(""));
            format!("LEARNCOIN_STANDIN_HOST='{host}' NODE_OPTIONS='--import={}'", module.display())
        });
        let compiled = self.path("compiled");
        self.program(
            "node",
            &format!(
                "name=$1; shift; PATH=$PROGRAMS; exec env {world} node {}/${{name%.mts}}.mjs \"$@\"",
                compiled.display()
            ),
        );
        if with_python {
            self.program("python3", &format!("exec {} \"$@\"", interpreter().display()));
        }
    }

    fn program(&self, name: &str, script: &str) {
        let file = self.path("bin").join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Returns the shell that runs a page. What it leaves running ends with it.
    fn shell(&self, script: &str) -> Command {
        let script = format!("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}");
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "300", "bash", "-c", &script]).current_dir(self.path("work"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
            command.env_remove(name);
        }
        let path = std::env::var("PATH").unwrap();
        for tenant in &self.tenants {
            command.env(format!("KEY_{}", tenant.language), &tenant.school.key);
        }
        command
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("PROGRAMS", &path)
            .env("PRINTED", self.path("printed"))
            .env("HOME", self.place.path())
            .env("no_proxy", "*")
            .env("LEARNCOIN_LISTEN", format!("127.0.0.1:{}", self.port.number()))
            .env("DID_RESOLVER", "https://did-resolver.invalid/1.0/identifiers");
        command
    }

    /// Compiles the page's TypeScript with the locked compiler.
    fn compile(&self, page: &Page) -> Result<(), String> {
        let mut sources = Vec::new();
        for block in page.blocks.iter().filter(|block| block.language == "ts") {
            let Ok(Role::File(name) | Role::Sample(name)) = block.role() else { continue };
            let file = self.path("source").join(name);
            let earlier = std::fs::read_to_string(&file).unwrap_or_default();
            std::fs::write(&file, earlier + &block.text).unwrap();
            if !sources.contains(&file) {
                sources.push(file);
            }
        }
        if sources.is_empty() {
            return Ok(());
        }
        let out = self.path("compiled");
        let compiled = run(node("compile-typescript.mjs", &["--out", out.to_str().unwrap()]).args(sources));
        (compiled.status == Some(0))
            .then_some(())
            .ok_or_else(|| format!("{}: {}", page.path, compiled.stderr))
    }
}
