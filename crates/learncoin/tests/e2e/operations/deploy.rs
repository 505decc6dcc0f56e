//! The files that others start a server by, `deploy/learncoin.service` and `deploy/Dockerfile`: what they name exists, and what they grant
//! is enough.

use std::collections::BTreeMap;
use std::process::Command;

use crate::support::process::{Ended, learncoin, repository, run};

/// systemd's own judgement, ten times: 0 is wholly shut in.
const MOST_EXPOSED: u32 = 15;

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).unwrap()
}

/// Returns the settings of the unit's [Service], each with all of its values.
fn service(unit: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut settings: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut section = "";
    for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[') {
            Some(name) => section = name.trim_end_matches(']'),
            None if section == "Service" => {
                let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
                settings.entry(name).or_default().push(value);
            }
            None => {}
        }
    }
    settings
}

/// Runs the program with these arguments and `--help`, to see whether it takes them.
fn takes(arguments: &[&str]) -> Ended {
    run(learncoin().args(arguments).arg("--help"))
}

/// Returns every setting of the example, as the variable that sets it.
fn variables() -> Vec<String> {
    let mut section = String::new();
    let mut variables = Vec::new();
    for line in read("config.example.toml").lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}_", name.trim_end_matches(']').replace('.', "_"));
        } else if let Some((name, _)) = line.strip_prefix('#').and_then(|line| line.split_once(" = "))
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            variables.push(format!("LEARNCOIN_{section}{name}").to_uppercase());
        }
    }
    variables
}

#[test]
fn the_unit_starts_what_there_is_and_waits_for_its_end() {
    let unit = read("deploy/learncoin.service");
    let service = service(&unit);
    let start = service["ExecStart"][0].strip_prefix("/usr/local/bin/learncoin ").unwrap();
    let ended = takes(&start.split(' ').collect::<Vec<_>>());
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let variables = variables();
    let named = unit
        .split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|word| word.starts_with("LEARNCOIN_"));
    let named: Vec<&str> = named.collect();
    assert!(named.len() >= 3, "{named:?}");
    for name in named {
        assert!(variables.iter().any(|variable| variable == name), "{name} is no setting");
    }
    // The longest waits that the settings allow, one after the other, and as long again as an attempt at a webhook or a mail takes.
    let longest = 2 * 30 + 15;
    assert!(service["TimeoutStopSec"][0].parse::<u32>().unwrap() > longest);
    assert_eq!((service["KillSignal"][0], service["Restart"][0]), ("SIGTERM", "on-failure"));
    let state = service["StateDirectory"][0];
    assert!(service["Environment"].contains(&format!("LEARNCOIN_DATA_DIR=/var/lib/{state}").as_str()));
    for (name, value) in [
        ("User", "learncoin"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("PrivateTmp", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
    ] {
        assert_eq!(service[name], [value], "{name}");
    }
    for family in ["AF_INET", "AF_INET6", "AF_UNIX"] {
        assert!(service["RestrictAddressFamilies"][0].split(' ').any(|one| one == family), "{family}");
    }
    assert!(!unit.to_lowercase().contains("password") && !unit.contains("LEARNCOIN_MASTER_KEY="));
}

#[test]
fn the_wrapper_runs_commands_as_the_unit_runs_the_server() {
    let (unit, wrapper) = (read("deploy/learncoin.service"), read("deploy/learncoin-ctl"));
    let service = service(&unit);
    for assignment in &service["Environment"] {
        assert!(wrapper.contains(&format!("export {assignment}\n")), "{assignment}");
    }
    for (setting, line) in [
        ("User", "user="),
        ("WorkingDirectory", "settings="),
        ("ExecStart", "program="),
        ("EnvironmentFile", "environment="),
    ] {
        let value = service[setting][0].trim_start_matches('-').trim_end_matches(" serve");
        let value = value.replace("/etc/learncoin/environment", "$settings/environment");
        assert!(wrapper.contains(&format!("\n{line}{value}\n")), "{setting}: {value}");
    }
    let checked = run(Command::new("sh").arg("-n").arg(repository().join("deploy/learncoin-ctl")));
    assert_eq!((checked.status, checked.stderr.as_str()), (Some(0), ""));
}

/// Checks the unit by systemd's own judge if the machine has it, which needs no running systemd.
#[test]
fn systemd_takes_the_unit_and_finds_it_shut_in() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("learncoin.service");
    // It looks whether the program is there.
    let unit =
        read("deploy/learncoin.service").replace("/usr/local/bin/learncoin", env!("CARGO_BIN_EXE_learncoin"));
    std::fs::write(&file, unit).unwrap();
    let judge = |arguments: &[&str]| Command::new("systemd-analyze").args(arguments).arg(&file).output();
    let Ok(verified) = judge(&["verify", "--man=no"]) else {
        return eprintln!("skipped: systemd-analyze is not there");
    };
    let problems = String::from_utf8(verified.stderr).unwrap();
    assert!(verified.status.success() && !problems.contains("learncoin.service:"), "{problems}");
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let security = judge(&["security", "--offline=true", "--no-pager", &threshold]).unwrap();
    assert!(security.status.success(), "{}", String::from_utf8(security.stdout).unwrap());
}

#[test]
fn the_image_is_made_of_what_there_is_and_asks_what_the_program_answers() {
    let dockerfile = read("deploy/Dockerfile").replace("\\\n", " ");
    let instructions: Vec<(&str, &str)> =
        dockerfile.lines().filter_map(|line| line.split_once(' ')).filter(|(name, _)| *name != "#").collect();
    let all = |name: &str| -> Vec<&str> {
        instructions.iter().filter(|(one, _)| *one == name).map(|(_, rest)| *rest).collect()
    };
    let ignored = read(".dockerignore");
    let mut copied = 0;
    for arguments in all("COPY") {
        let words: Vec<&str> = arguments.split(' ').filter(|word| !word.starts_with("--")).collect();
        if arguments.starts_with("--from=") {
            assert!(all("RUN")[0].contains(words[0].trim_start_matches("/out")), "{}", words[0]);
            continue;
        }
        for source in &words[..words.len() - 1] {
            assert!(repository().join(source).exists(), "{source} is not there");
            assert!(
                ignored.lines().any(|line| line == format!("!{source}")),
                "{source} does not reach the builder"
            );
            copied += 1;
        }
    }
    assert!(copied >= 5);
    let rust = read("rust-toolchain.toml");
    assert!(all("FROM").iter().any(|from| {
        from.strip_prefix("rust:").is_some_and(|image| rust.contains(image.split('-').next().unwrap()))
    }));
    assert!(all("RUN")[0].contains("cargo build --locked --profile dist"));
    assert_eq!(all("USER"), ["65532:65532"]);
    for (instruction, arguments) in [("HEALTHCHECK", vec!["health"]), ("CMD", vec!["serve"])] {
        let words = all(instruction)[0];
        let command = words.rsplit_once('[').unwrap().1;
        assert!(arguments.iter().all(|argument| command.contains(&format!("\"{argument}\""))), "{words}");
        assert_eq!(takes(&arguments).status, Some(0));
    }
    let variables = variables();
    for pair in all("ENV").iter().flat_map(|words| words.split(' ')) {
        let name = pair.split_once('=').unwrap().0;
        // It is the C library's; `memory.rs` shows what it does.
        if name == "GLIBC_TUNABLES" {
            continue;
        }
        assert!(variables.iter().any(|variable| variable == name), "{name} is no setting");
    }
    assert_eq!(all("VOLUME"), ["[\"/var/lib/learncoin\"]"]);
}

/// Checks that the program needs only the C library, its mathematics and libgcc, which the image has.
#[test]
fn the_program_needs_no_library_that_the_image_lacks() {
    let ended = run(Command::new("ldd").arg(env!("CARGO_BIN_EXE_learncoin")));
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let there = [
        "linux-vdso.so",
        "libgcc_s.so",
        "libm.so",
        "libc.so",
        "ld-linux",
        "libdl.so",
        "libpthread.so",
        "librt.so",
    ];
    let lacking: Vec<&str> =
        ended.stdout.lines().filter(|line| !there.iter().any(|name| line.contains(name))).collect();
    assert!(ended.stdout.contains("libc.so") && lacking.is_empty(), "{lacking:?}");
}
