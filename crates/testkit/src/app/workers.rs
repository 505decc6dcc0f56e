//! The work of a deployment under test, done when the test asks for it: the pipeline, deliveries, mails.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use learncoin_delivery::mail::worker::{MailContext, MailTransport, MailWorker};
use learncoin_delivery::mail::{Encryption, MailFolder, Sender, Smtp, SmtpOptions};
use learncoin_delivery::worker::{DeliveryContext, DeliveryWorker};
use learncoin_issuance::Issuance;
use learncoin_issuance::worker::run::{Progress, Worker};

use super::{Running, TestApp};

impl TestApp {
    /// Runs so many steps of the pipeline; no block is mined and no time passes.
    pub async fn run_steps(&self, steps: usize) {
        let worker = Worker::new(self.issuance().pipeline.clone());
        for _ in 0..steps {
            worker.step().await.expect("the pipeline reads its work");
        }
    }

    /// Mines a block of the transactions that wait, or an empty one.
    pub fn mine(&self) {
        self.chain().mine_empty(self.clock().now_seconds()).expect("a block is made");
    }

    /// Runs the pipeline, mines blocks and advances the clock until no batch is pending or signed. While the chain is
    /// down an hour passes at a time; otherwise a batch would be tried about 1,400 times before it fails.
    pub async fn run_until_idle(&self) {
        const MAX_ROUNDS: usize = 100_000;
        const HOUR_MS: i64 = 60 * 60 * 1000;
        let Running { state, chain, .. } = self.running();
        let worker = Worker::new(Arc::clone(&state.issuance.pipeline));
        for _ in 0..MAX_ROUNDS {
            let progress = worker.step().await.expect("the pipeline reads its work");
            let mined = chain.mine(self.clock().now_seconds()).expect("a block is made");
            match progress {
                Progress::Worked => {}
                Progress::Idle { next_due_ms: None } => return,
                Progress::Idle { next_due_ms: Some(due) } => {
                    if mined.is_none() && self.shared.options.confirmations > 1 {
                        chain.mine_empty(self.clock().now_seconds()).expect("a block is made");
                    }
                    let is_down = self.shared.chain_down.load(Ordering::SeqCst);
                    self.clock().advance_to(if is_down { self.now_ms() + HOUR_MS } else { due });
                }
            }
        }
        panic!("the pipeline still has work after {MAX_ROUNDS} rounds");
    }

    /// Creates the worker that delivers events, as a server that starts now does.
    pub async fn delivery_worker(&self) -> DeliveryWorker {
        self.delivery_worker_of(&self.issuance()).await
    }

    /// Creates the worker of [`TestApp::delivery_worker`] for one node.
    pub async fn delivery_worker_of(&self, issuance: &Issuance) -> DeliveryWorker {
        let options = &self.shared.options;
        let context = DeliveryContext {
            store: issuance.store.clone(),
            clock: Arc::clone(&issuance.clock),
            entropy: Arc::clone(&issuance.entropy),
        };
        let worker = DeliveryWorker::start(context, &options.egress, options.delivery.clone()).await;
        worker.expect("the worker starts")
    }

    /// Delivers what is due at the current time. Returns when more is due.
    pub async fn deliver(&self) -> Option<i64> {
        self.delivery_worker().await.step().await.expect("deliveries are read and written")
    }

    /// Delivers and advances the clock until no delivery waits.
    pub async fn deliver_until_idle(&self) {
        let mut worker = self.delivery_worker().await;
        while let Some(due) = worker.step().await.expect("deliveries are read and written") {
            self.clock().advance_to(due);
        }
    }

    /// Returns the folder of the mails that are written to files.
    pub fn mail_folder(&self) -> MailFolder {
        MailFolder::new(self.shared.directory.path().join("mail"))
    }

    /// Creates the worker that sends mails, as a server that starts now does.
    pub async fn mail_worker(&self) -> MailWorker {
        self.mail_worker_of(&self.issuance()).await
    }

    /// Creates the worker of [`TestApp::mail_worker`] for one node.
    pub async fn mail_worker_of(&self, issuance: &Issuance) -> MailWorker {
        let options = &self.shared.options;
        let transport = match options.mail_server {
            None => MailTransport::Files(self.mail_folder()),
            Some((port, timeout)) => {
                let smtp = SmtpOptions {
                    host: "127.0.0.1".to_owned(),
                    port,
                    encryption: Encryption::None,
                    login: None,
                    authority: None,
                    hello: "learncoin.example".to_owned(),
                    timeout,
                };
                MailTransport::Smtp(Arc::new(Smtp::new(smtp).expect("the way to the mail server")))
            }
        };
        let context = MailContext {
            store: issuance.store.clone(),
            clock: Arc::clone(&issuance.clock),
            entropy: Arc::clone(&issuance.entropy),
            sender: Sender::new("", "bounces@learncoin.example", &options.public_url)
                .expect("a sender")
                .with_brand(options.brand.clone()),
            transport,
            mails_per_day: {
                let plans = issuance.plans.clone();
                Arc::new(move |tenant| plans.limits(tenant).mails_per_day)
            },
        };
        MailWorker::start(context, options.mail.clone()).await.expect("the worker starts")
    }

    /// Sends the mails that are due at the current time. Returns when more are due.
    pub async fn send_mails(&self) -> Option<i64> {
        self.mail_worker().await.step().await.expect("mails are read and written")
    }

    /// Sends mails and advances the clock until none waits.
    pub async fn send_mails_until_idle(&self) {
        let mut worker = self.mail_worker().await;
        while let Some(due) = worker.step().await.expect("mails are read and written") {
            self.clock().advance_to(due);
        }
    }
}
