//! Measures what a verifier waits for: `GET /revocations?assertionId=…`, with few and with many revoked credentials
//! in the database, in turn, and a status list that is full of them, and prints JSON.
//!
//! ```text
//! cargo run -p learncoin --profile dist --example bench_revocations -- [--many N] [--readings N]
//! ```
//!
//! The credentials are put into the database as a batch of the API leaves them, each with its sealed person, but
//! never signed. A million take about two gigabytes under the directory for temporary files.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use learncoin_credential::document::SharedPart;
use learncoin_store::Store;
use learncoin_store::batches::Batch;
use learncoin_store::credentials::{
    AddressedPart, Credential, NewCredential, Revocation, RevocationCode, StoredDocument,
};
use learncoin_store::id::{BatchId, CredentialId, TenantId};
use learncoin_testkit::{TestApp, one};
use serde_json::{Value, json};

type Failure = Box<dyn Error>;

const FEW: usize = 1_000;
const PER_BATCH: usize = 500;
/// The number of status lists that are made. Each is full of revoked credentials.
const LISTS: usize = 20;
/// The number of batches per commit.
const BATCHES_PER_COMMIT: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (mut many, mut readings) = (1_000_000_usize, 4_000_usize);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--many" => many = value.parse()?,
            "--readings" => readings = value.parse()?,
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    let deployments = [Revoked::start(FEW).await?, Revoked::start(many).await?];
    let mut times = [Vec::new(), Vec::new()];
    // One reading here, one there: whatever else the machine does disturbs both alike.
    for reading in 0..readings {
        for (deployment, times) in deployments.iter().zip(&mut times) {
            times.push(deployment.read(reading).await?);
        }
    }
    let [few, many_median] = times.map(median);
    let mut lists = Vec::new();
    for _ in 0..LISTS {
        lists.push(deployments[1].read_status_list().await?);
    }
    println!(
        "{}",
        json!({
            "few": { "revoked": FEW, "readings_per_second": 1.0 / few.as_secs_f64() },
            "many": { "revoked": many, "readings_per_second": 1.0 / many_median.as_secs_f64() },
            "status_list": { "milliseconds": median(lists).as_secs_f64() * 1_000.0 },
        })
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A deployment all of whose credentials are revoked.
struct Revoked {
    app: TestApp,
    /// The URLs to request, spread over all of them.
    paths: Vec<String>,
    tenant: TenantId,
}

impl Revoked {
    async fn start(count: usize) -> Result<Self, Failure> {
        eprintln!("revoking {count} credentials …");
        let app = TestApp::start().await;
        let uni = app.tenant("Example University").await;
        let posted = uni.post_batch(one("Ada Lovelace")).await;
        let batch_id: BatchId =
            posted.get("id").and_then(Value::as_str).ok_or("the batch has no id")?.parse()?;
        let store = app.issuance().store.clone();
        let batch = store.batch_by_id(&batch_id).await?.ok_or("the batch is gone")?;
        let pattern = store.credentials_of_batch(&batch_id).await?.pop().ok_or("the batch is empty")?;
        let mut ids = Vec::with_capacity(count);
        while ids.len() < count {
            ids.extend(commit_some(&app, &store, &batch, &pattern, count - ids.len()).await?);
        }
        // A prime, so that one reading after the other is far away from it.
        let spread = (0..ids.len().min(10_000)).filter_map(|number| ids.get(number * 7_919 % ids.len()));
        let paths =
            spread.map(|id| format!("/revocations?assertionId={}/c/{id}", app.public_url())).collect();
        Ok(Self { app, paths, tenant: batch.scope.tenant_id })
    }

    async fn read(&self, reading: usize) -> Result<Duration, Failure> {
        let path = self.paths.get(reading % self.paths.len()).ok_or("nothing is revoked")?;
        let began = Instant::now();
        let answer = black_box(self.app.get(path).await);
        let took = began.elapsed();
        match answer.status == 200 && answer.text().contains("Superseded") {
            true => Ok(took),
            false => Err(format!("{path}: {}", answer.text()).into()),
        }
    }
}

impl Revoked {
    /// Returns the time in which the first status list is made anew and signed.
    async fn read_status_list(&self) -> Result<Duration, Failure> {
        let ulid = self.tenant.ulid();
        // What was made half a minute before is not served again.
        self.app.clock().advance_ms(31_000);
        let began = Instant::now();
        let answer = black_box(self.app.get(&format!("/t/{ulid}/status/revocation/0")).await);
        let took = began.elapsed();
        if answer.status == 200 { Ok(took) } else { Err(answer.text().to_owned().into()) }
    }
}

/// Commits copies of the pattern as revoked credentials. Later ones have later ids, as in a real deployment.
async fn commit_some(
    app: &TestApp,
    store: &Store,
    batch: &Batch,
    pattern: &Credential,
    at_most: usize,
) -> Result<Vec<CredentialId>, Failure> {
    let issuance = app.issuance();
    let (clock, entropy) = (&*issuance.clock, &*issuance.entropy);
    let person = pattern.personal.as_ref().ok_or("the pattern is erased")?;
    let StoredDocument::Parts { own, .. } = &pattern.document else {
        return Err("the pattern is whole".into());
    };
    let shared = Arc::new(AddressedPart::new(&SharedPart::of(&pattern.redacted()?, own)));
    let node = pattern.node.as_ref().ok_or("the pattern has no node")?;
    let revocation = Revocation {
        revoked_at: app.now_ms(),
        code: RevocationCode::Reissued,
        reason: Some("Superseded.".into()),
        replaced_by: None,
    };
    let mut ids = Vec::new();
    let mut tx = store.begin().await?;
    for _ in 0..BATCHES_PER_COMMIT {
        let count = PER_BATCH.min(at_most - ids.len());
        if count == 0 {
            break;
        }
        app.clock().advance_ms(1);
        let numbers = tx.take_status_numbers(&batch.scope.tenant_id, u64::try_from(count)?).await?;
        let batch =
            Batch { id: BatchId::generate(clock, entropy), first_status_number: numbers, ..batch.clone() };
        let new = (0..count).map(|_| NewCredential {
            id: CredentialId::generate(clock, entropy),
            recipient_id: pattern.recipient_id.clone(),
            shared: Arc::clone(&shared),
            own: *own,
            personal: person.clone(),
            node: node.clone(),
            image: None,
        });
        let new = new
            .map(|one| one.seal(store.sealer(), entropy, &batch.scope.tenant_id))
            .collect::<Result<Vec<_>, _>>()?;
        tx.insert_batch(&batch).await?;
        tx.insert_credentials(&batch.scope, &batch.id, &new).await?;
        for credential in &new {
            tx.revoke_credential(credential.id(), &revocation).await?;
            ids.push(credential.id().clone());
        }
    }
    tx.commit().await?;
    Ok(ids)
}
