//! `docs/going-live.md`, followed to the letter: its commands, in a root directory and a network of their own, with PostgreSQL. What comes
//! of it is one deployment, whatever an operator forgets.

use std::fmt::Write as _;

use crate::support::process::{repository, run};

const PAGE: &str = "docs/going-live.md";
/// The gas that an anchor takes.
const ANCHOR_GAS: f64 = 22_250.0;
/// The price of an ether on the page, in US cents.
const CENTS_PER_ETHER: f64 = 300_000.0;

/// PostgreSQL, as its package starts it.
const POSTGRES: &str = r#"
programs=$(dirname "$(find /usr/lib/postgresql -name initdb -path '*/bin/*' | sort -V | tail -1)")
install -d -m 0700 -o postgres -g postgres /var/lib/postgresql/main
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
as_postgres "$programs/initdb" --pgdata=/var/lib/postgresql/main --username=postgres --auth=peer --encoding=UTF8 --locale=C.UTF-8 >/tmp/initdb
as_postgres "$programs/pg_ctl" --pgdata=/var/lib/postgresql/main --log=/tmp/postgres.log --wait \
  --options='-c listen_addresses= -c unix_socket_directories=/var/run/postgresql -c fsync=on' start >/tmp/started
"#;

/// The judgement: what is there afterwards, and what an operator gets who forgets the server's settings.
const AFTERWARDS: &str = r#"
fails_with_2() {
  local status=0
  "$@" >/tmp/out 2>/tmp/refusal || status=$?
  [ $status = 2 ] || { echo "$* ended with $status" >&2; cat /tmp/out /tmp/refusal >&2; exit 1; }
}
only_in_postgres() {
  for name in learncoin.db master.key; do
    [ ! -e "/var/lib/learncoin/$name" ] || { echo "there is a second deployment: $name" >&2; exit 1; }
  done
  tenants=$(runuser -u postgres -- psql --no-psqlrc --tuples-only --no-align --command='SELECT count(*) FROM tenants' learncoin)
  [ "$tenants" = 1 ] || { echo "$tenants tenants" >&2; exit 1; }
}
only_in_postgres
grep -q '^LearnCoin .*: https://credentials.example.edu, database postgres:///learncoin, Base Sepolia (test) and Base (live), mails by smtp.example.edu:587$' /var/log/learncoin.log
! grep -q 'YOUR-' /var/log/learncoin.log

# The commands of earlier pages, without the server's variables.
cd /etc/learncoin
for command in 'tenant create --name Second --plan starter' 'tenant list' migrate doctor; do
  fails_with_2 runuser -u learncoin -- learncoin $command --data-dir /var/lib/learncoin
  grep -q 'uses the database postgres:///learncoin' /tmp/refusal
  grep -q 'learncoin-ctl' /tmp/refusal
  [ "$(wc -l </tmp/refusal)" = 1 ]
  only_in_postgres
done
# A start without the file of secrets, but for one that is asked for first.
systemctl stop learncoin
while curl -sS --max-time 5 -o /dev/null http://127.0.0.1:8080/healthz 2>/tmp/gone; do :; done
LEARNCOIN_MAIL_SMTP_PASSWORD=x fails_with_2 runuser -u learncoin -- learncoin serve --data-dir /var/lib/learncoin
grep -q 'uses the database postgres:///learncoin' /tmp/refusal
only_in_postgres
# As it should be, again.
systemctl start learncoin
curl -sS --fail --retry 30 --retry-delay 1 --retry-connrefused http://127.0.0.1:8080/readyz
learncoin-ctl health --ready
learncoin-ctl tenant list >/tmp/tenants
[ "$(jq -r '.[0].name' /tmp/tenants)" = 'Example University' ]
# What is mistyped in the file is named.
echo 'LEARNCOIN_DATABSE_URL=x' >>/etc/learncoin/environment
fails_with_2 learncoin-ctl tenant list
grep -q 'did you mean LEARNCOIN_DATABASE_URL?' /tmp/refusal
echo 'no variable' >>/etc/learncoin/environment
fails_with_2 learncoin-ctl tenant list
grep -q 'line 7: expected NAME=VALUE' /tmp/refusal
fails_with_2 runuser -u learncoin -- learncoin-ctl tenant list
"#;

fn page() -> String {
    std::fs::read_to_string(repository().join(PAGE)).unwrap()
}

/// Returns the page's commands, block by block.
fn commands(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```bash\n") {
        let (block, after) = after.split_once("\n```\n").unwrap();
        blocks.push(block.to_owned());
        rest = after;
    }
    blocks
}

#[test]
fn the_page_followed_to_the_letter_makes_one_deployment() {
    if is_no_root() {
        return eprintln!("left out: only root makes a root directory of its own");
    }
    let place = tempfile::tempdir().unwrap();
    let mut script = "trap 'echo \"line $LINENO: $BASH_COMMAND\" >&2' ERR\n".to_owned() + POSTGRES;
    let blocks = commands(&page());
    assert!(blocks.len() >= 6, "{blocks:#?}");
    for block in blocks {
        writeln!(script, "echo 'at: {}' >&2\n{block}", block.lines().next().unwrap().replace('\'', " "))
            .unwrap();
    }
    script.push_str(AFTERWARDS);
    let file = place.path().join("script");
    std::fs::write(&file, script).unwrap();
    let root = place.path().join("root");
    std::fs::create_dir(&root).unwrap();
    let mut command = std::process::Command::new("timeout");
    command.args(["--kill-after=5", "300"]).arg(repository().join("tests/systemd/root"));
    let ended = run(command.arg(&root).arg(env!("CARGO_BIN_EXE_learncoin")).arg(&file));
    assert_eq!(ended.status, Some(0), "{}\n{}", ended.stdout, ended.stderr);
}

fn is_no_root() -> bool {
    run(std::process::Command::new("id").arg("-u")).stdout.trim() != "0"
}

#[test]
fn the_costs_on_the_page_are_right() {
    let page = page();
    let number = |text: &str| text.replace(',', "").trim().parse::<f64>().unwrap();
    let mut rows = 0;
    for line in page.lines().filter(|line| line.contains(" gwei") && line.starts_with("| 0.")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let price = number(cells[0].split(' ').next().unwrap());
        let (ether, gwei) = cells[1].split_once(" ether (").unwrap();
        let gwei_exact = ANCHOR_GAS * price;
        assert!((number(gwei.trim_end_matches(" gwei)")) - gwei_exact).abs() <= 0.5, "{line}");
        assert!((number(ether) * 1e9 - gwei_exact).abs() <= 0.51, "{line}");
        let cents = gwei_exact / 1e9 * CENTS_PER_ETHER;
        assert!((number(cells[2]) / cents - 1.0).abs() < 0.11, "{line}: {cents}");
        assert!((number(cells[3]) - 1e7 / gwei_exact).abs() <= 0.5, "{line}");
        rows += 1;
    }
    assert_eq!(rows, 3);
    let cap = learncoin_issuance::Chain::MAX_ANCHOR_COST;
    assert!(page.contains(&learncoin_chain::money::in_ether(cap)), "the cap is another one");
}

#[test]
fn the_settings_on_the_page_exist_and_its_links_lead_somewhere() {
    let page = page();
    let example = std::fs::read_to_string(repository().join("config.example.toml")).unwrap();
    let block = page.split_once("learncoin.toml <<'END'\n").unwrap().1.split_once("\nEND").unwrap().0;
    let names: Vec<&str> =
        block.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name)).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        assert!(example.contains(&format!("\n#{name} = ")), "{name} is not a setting");
    }
    let mut links = 0;
    for target in page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        if file.starts_with("https:") {
            continue;
        }
        let path = repository().join("docs").join(if file.is_empty() { "going-live.md" } else { file });
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{target}"));
        let mut slugs = text.lines().filter(|line| line.starts_with('#')).map(|line| {
            line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-").replace([',', '.'], "")
        });
        assert!(anchor.is_empty() || slugs.any(|slug| slug == anchor), "{target}");
        links += 1;
    }
    assert!(links >= 10, "{links}");
}
