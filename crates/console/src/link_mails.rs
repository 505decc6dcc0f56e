//! The mails with links: each request of a visitor is worked on after its response, so that no response shows who is a member.

use std::sync::Arc;

use learncoin_delivery::mail::member_mail::{MemberMail, MemberMailer};
use learncoin_issuance::Issuance;
use learncoin_language::fill;
use learncoin_server::pages::client_network;
use tokio::sync::mpsc;

use crate::sign_in::{LINK_MS, create_link};
use crate::state::{ConsoleState, LinkRequest};

/// The time within which requests are counted, in milliseconds.
const WINDOW_MS: i64 = LINK_MS;
/// The most links that an address gets within that time.
const MOST_BY_ADDRESS: i64 = 5;
/// The most links that a client asks for within that time.
const MOST_BY_CLIENT: i64 = 20;

/// Mails links to the members who asked for them.
pub struct LinkMailer {
    issuance: Arc<Issuance>,
    mailer: MemberMailer,
    requests: mpsc::Receiver<LinkRequest>,
}

impl LinkMailer {
    /// Creates one that works on these requests.
    pub fn new(state: &ConsoleState, mailer: MemberMailer, requests: mpsc::Receiver<LinkRequest>) -> Self {
        Self { issuance: Arc::clone(&state.issuance), mailer, requests }
    }

    /// Works until no more requests can come.
    pub async fn run(mut self) {
        while let Some(request) = self.requests.recv().await {
            self.handle(request).await;
        }
    }

    /// Works on the requests that wait.
    pub async fn run_until_idle(&mut self) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle(request).await;
        }
    }

    async fn handle(&self, request: LinkRequest) {
        match self.is_within_limits(&request).await {
            Ok(true) => {}
            Ok(false) => return tracing::warn!("a request for a link was above the limits"),
            Err(error) => return tracing::error!(%error, "a request for a link could not be counted"),
        }
        if let Err(error) = self.mail_link(&request).await {
            tracing::error!(%error, "a link could not be mailed");
        }
    }

    /// Counts the request by its address and by its client. Returns whether both are within their limits.
    async fn is_within_limits(&self, request: &LinkRequest) -> learncoin_store::Result<bool> {
        let sealer = self.issuance.store.sealer();
        let by_address = sealer.member_mac(&format!("asked for {}", request.email.as_str()));
        let network = request.client.map(client_network).map_or("unknown".to_owned(), |one| one.to_string());
        let by_client = sealer.member_mac(&format!("asked from {network}"));
        let now = self.issuance.clock.now_ms();
        let mut tx = self.issuance.store.begin().await?;
        let of_client = tx.count_sign_in_request(&by_client, WINDOW_MS, now).await?;
        // A client above its limit uses up no address's.
        let of_address = match of_client <= MOST_BY_CLIENT {
            true => tx.count_sign_in_request(&by_address, WINDOW_MS, now).await?,
            false => 0,
        };
        tx.commit().await?;
        Ok(of_client <= MOST_BY_CLIENT && of_address <= MOST_BY_ADDRESS)
    }

    async fn mail_link(&self, request: &LinkRequest) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Issuance { store, clock, entropy, host, .. } = &*self.issuance;
        let Some(member) = store.find_member_by_email(&request.email).await? else { return Ok(()) };
        let token = create_link(store, &**clock, &**entropy, &member.id, Some(&request.browser)).await?;
        let words = &request.language.console().mail;
        let link = format!("{}/console/link/{}", host.origin(), token.expose());
        let name = host.origin().split_once("://").map_or(host.origin(), |(_, name)| name);
        let mail = MemberMail {
            to: member.email.as_str(),
            subject: &fill(&words.subject, &[("host", name)]),
            text: format!("{}\n\n{link}\n\n{}\n", fill(&words.before, &[("host", name)]), words.after),
        };
        Ok(self.mailer.send(mail, &**entropy, clock.now_ms()).await?)
    }
}
