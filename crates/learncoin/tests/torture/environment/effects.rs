//! Each fault of what the database rests on, beside each effect: work of every kind waits when the fault begins, more is asked for
//! while it lasts, and all of it is done within a minute of its end, untouched. Prints one row for each fault: after how many
//! seconds each effect moved on.

use std::path::Path;
use std::time::{Duration, Instant};

use learncoin_testkit::{Gate, Line, MailServer, Proxy, Reaction, Receiver};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::delivery::mails::{states, three_people};
use crate::requests::changes::Story;
use crate::support::client::{Client, Posted, READY};
use crate::support::deployment::{Deployment, PLAIN};
use crate::support::judge::{judge, until_anchored};
use crate::support::own_server::OwnServer;
use crate::support::small_disk::SmallDisk;
use crate::support::webhook_log;
use crate::support::write_lock::WriteLock;

/// The time that a fault lasts, at least until something was refused.
const LASTS: Duration = Duration::from_secs(2);
/// The pause between two requests.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest time that a fault takes to be met.
const MET_WITHIN: Duration = Duration::from_secs(60);
/// The longest time from its end until everything has moved on.
const RECOVERY: Duration = Duration::from_secs(60);
/// The longest time until a request is refused.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The time for which a transaction waits for one of another process, or for an answer. Then the request is refused.
const WAITS_FOR_OTHERS: Duration = Duration::from_secs(12);
/// The batches with mails that wait when the fault begins.
const WAITING: usize = 3;
/// The size of a server's disk, which its own files fill by half.
const SERVER_MEGABYTES: u32 = 160;
const FILE_MEGABYTES: u32 = 24;

/// A fault of what the database rests on.
enum Fault {
    /// The disk of the data directory has no byte left.
    FullDisk(SmallDisk),
    /// Another process is in a transaction that writes.
    LockedFile(TempDir, Option<WriteLock>),
    /// The server hangs, as on a machine that is paused: connections stay, and no answer comes.
    SilentServer(OwnServer, Proxy),
    /// The disk of the server has no byte left.
    FullServer(OwnServer, SmallDisk),
    /// The server crashed, and is started again.
    CrashedServer(OwnServer),
}

impl Fault {
    fn server(&self) -> Option<&OwnServer> {
        match self {
            Fault::FullDisk(_) | Fault::LockedFile(..) => None,
            Fault::SilentServer(server, _) | Fault::FullServer(server, _) | Fault::CrashedServer(server) => {
                Some(server)
            }
        }
    }

    fn deployment(&self) -> Option<Deployment> {
        match self {
            Fault::FullDisk(disk) => Deployment::on_disk(disk.path()),
            Fault::LockedFile(directory, _) => Deployment::on_disk(directory.path()),
            Fault::SilentServer(_, line) => {
                let url = format!("postgres://learncoin@127.0.0.1:{}/postgres", line.port());
                Some(Deployment::with_database(url))
            }
            _ => self.server().map(|server| Deployment::with_database(server.url())),
        }
    }

    fn begin(&mut self, database: &Path) {
        match self {
            Fault::FullDisk(disk) | Fault::FullServer(_, disk) => disk.fill(),
            Fault::LockedFile(_, lock) => *lock = Some(WriteLock::take(database)),
            Fault::SilentServer(_, line) => line.set(Line::Stalled),
            Fault::CrashedServer(server) => server.crash(),
        }
    }

    fn end(&mut self) {
        match self {
            Fault::FullDisk(disk) => disk.free(),
            Fault::LockedFile(_, lock) => *lock = None,
            Fault::SilentServer(_, line) => line.set(Line::Open),
            Fault::FullServer(server, disk) => {
                disk.free();
                // One that could not write its log has ended. An operator starts it again.
                server.try_run();
            }
            Fault::CrashedServer(server) => server.run(),
        }
    }

    /// Returns the longest time until a request is refused.
    fn refuses_within(&self) -> Duration {
        match self {
            Fault::LockedFile(..) | Fault::SilentServer(..) => WAITS_FOR_OTHERS,
            _ => AT_ONCE,
        }
    }

    /// Returns whether it may let some writes through, so that readiness may be right in between.
    fn is_partial(&self) -> bool {
        matches!(self, Fault::FullDisk(_) | Fault::FullServer(..))
    }
}

fn is_on_postgres() -> bool {
    !Deployment::new().is_in_a_file()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_outlives_a_full_disk() {
    if let Some(disk) = SmallDisk::mount(FILE_MEGABYTES) {
        outlives("full disk", Fault::FullDisk(disk)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_outlives_another_process_that_writes() {
    let directory = TempDir::new().expect("a temporary directory");
    outlives("locked file", Fault::LockedFile(directory, None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_outlives_a_server_that_does_not_answer() {
    if is_on_postgres() {
        let server = OwnServer::start(&std::env::temp_dir(), "");
        let line = Proxy::to(server.address).await;
        outlives("silent server", Fault::SilentServer(server, line)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_outlives_a_servers_full_disk() {
    if is_on_postgres()
        && let Some(disk) = SmallDisk::mount(SERVER_MEGABYTES)
    {
        let server = OwnServer::start(disk.path(), "max_wal_size = '48MB'\nmin_wal_size = '32MB'\n");
        outlives("full disk of the server", Fault::FullServer(server, disk)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_outlives_a_server_that_crashes() {
    if is_on_postgres() {
        let server = OwnServer::start(&std::env::temp_dir(), "");
        outlives("crashed server", Fault::CrashedServer(server)).await;
    }
}

async fn outlives(name: &str, mut fault: Fault) {
    let mails = MailServer::start().await;
    let line = Proxy::to(([127, 0, 0, 1], mails.port()).into()).await;
    let gate = Gate::default();
    let backend = Receiver::reacting({
        let gate = gate.clone();
        move |_| Reaction::Held(gate.clone())
    })
    .await;
    let Some(deployment) = fault.deployment() else { return };
    let mut deployment = deployment.mailed_by(line.port());
    deployment.start(PLAIN).await;
    let process = deployment.process_id();
    let uni = deployment.tenant("Example University").await;
    uni.register(&backend.url("/hook")).await;
    let (story, of_story) = Story::begin(&deployment).await;

    // Mails and deliveries wait when the fault begins, and their attempts fall into it.
    line.set(Line::Cut);
    let mut posted = Vec::new();
    for number in 0..WAITING {
        posted.push(uni.post_body(&format!("before, {number}"), &three_people(number).to_string()).await);
    }
    until_anchored(&uni, &posted[0].batch_id()).await;
    fault.begin(&deployment.data_dir().join("learncoin.db"));
    line.set(Line::Open);
    gate.open();
    let story = tokio::spawn(story.make_every_change());
    let refused = ask_meanwhile(&fault, &deployment, &uni, &mut posted).await;

    fault.end();
    let ended = Instant::now();
    let mut row = Vec::new();
    let mut moved = |effect: &str| row.push(format!("{effect} {:.1} s", ended.elapsed().as_secs_f64()));
    while uni.door.readiness().await.body != READY {
        assert!(ended.elapsed() < RECOVERY, "not ready:\n{}", deployment.log());
        sleep(PAUSE).await;
    }
    moved("ready");
    for (key, body) in refused {
        posted.push(uni.post_body(&key, &body).await);
    }
    moved("accepted");
    let story = story.await.expect("every request is answered");
    moved("changed");
    for one in &posted {
        until_anchored(&uni, &one.batch_id()).await;
    }
    moved("anchored");
    webhook_log::until_all_are_delivered(&backend, &posted).await;
    moved("delivered");
    let sent = states(&deployment).await;
    moved("mailed");
    let took = ended.elapsed();
    eprintln!("{name}, ends after {:.0} s: {}", LASTS.as_secs_f64(), row.join(", "));
    assert!(took < RECOVERY, "{took:?}:\n{}", deployment.log());

    assert_eq!(sent.len(), 2 * posted.len(), "each mail is there: {sent:?}");
    let arrived = mails.seen().len();
    let certain = sent.values().filter(|state| *state == "sent").count();
    assert!((certain..=sent.len()).contains(&arrived), "{arrived} arrived, {certain} are sent");
    assert_eq!(deployment.process_id(), process, "it recovered by itself");
    story.assert_each_change_was_made_once().await;
    posted.push(of_story);
    let seen = judge(&mut deployment, &[uni, story.client.clone()], &posted).await;
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
}

/// Posts while the fault lasts, and returns what was refused.
async fn ask_meanwhile(
    fault: &Fault,
    deployment: &Deployment,
    uni: &Client,
    posted: &mut Vec<Posted>,
) -> Vec<(String, String)> {
    let address = uni.door.address().await;
    let begun = Instant::now();
    let mut refused = Vec::new();
    let mut number = WAITING;
    while begun.elapsed() < LASTS || refused.is_empty() {
        assert!(begun.elapsed() < MET_WITHIN, "nothing was refused:\n{}", deployment.log());
        let (key, body) = (format!("meanwhile, {number}"), three_people(number).to_string());
        number += 1;
        let asked = Instant::now();
        let reply = uni.door.attempt(&address, &uni.post_call(&key, &body)).await;
        let reply = reply.unwrap_or_else(|error| panic!("{error:?}:\n{}", deployment.log()));
        assert!(asked.elapsed() < fault.refuses_within(), "{:?}", asked.elapsed());
        if reply.status == 202 {
            posted.push(uni.post_body(&key, &body).await);
            continue;
        }
        assert_eq!(reply.status, 500, "{}", reply.body);
        refused.push((key, body));
        sleep(PAUSE).await;
        assert!(fault.is_partial() || uni.door.readiness().await.body != READY, "it is not ready");
    }
    refused
}
