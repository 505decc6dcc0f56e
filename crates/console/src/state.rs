//! The state of a console. Handlers take all of it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRef;
use ipnet::IpNet;
use learncoin_delivery::mail::member_mail::MemberMailer;
use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_language::Language;
use learncoin_server::operations::{AwardPreviewer, LargeBodies};
use learncoin_server::operations::{BrandingOperations, ReadinessProbe};
use learncoin_server::{AppState, Mailbox};
use learncoin_store::members::{Email, Token};
use tokio::sync::{Notify, Semaphore, mpsc};

use crate::accounts::MemberAccounts;
use crate::oidc::IdentityProvider;

/// The most requests for a link that wait to be worked on. What comes above that is dropped.
const MOST_WAITING: usize = 256;
/// The most files that are checked at the same time.
const FILES_AT_ONCE: usize = 2;

/// A request for a link by mail, as a visitor made it: the address may be no member's.
pub struct LinkRequest {
    /// The address.
    pub(crate) email: Email,
    /// The secret of the browser that asked.
    pub(crate) browser: Token,
    /// The visitor's language.
    pub(crate) language: Language,
    /// The visitor's address.
    pub(crate) client: Option<IpAddr>,
}

/// The parts of a console. Cheap to clone.
#[derive(Clone)]
pub struct ConsoleState {
    /// The pipeline's context: store, clock, randomness, host.
    pub(crate) issuance: Arc<Issuance>,
    /// The networks of the proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// The guard of requests to the targets that tenants name.
    pub(crate) egress: Egress,
    /// The mails that went into files.
    pub(crate) mailbox: Mailbox,
    /// Changes the branding of tenants as the API does, and previews a change.
    pub(crate) branding: BrandingOperations,
    /// Judges whether this process is ready, as `/readyz` does.
    pub(crate) readiness: ReadinessProbe,
    /// Draws what would be issued.
    pub(crate) previewer: AwardPreviewer,
    /// Whether the deployment anchors on its own development chain.
    pub(crate) is_development: bool,
    /// Reads the bodies of files.
    pub(crate) large_bodies: LargeBodies,
    /// The permits for files that are checked: few are in memory at the same time.
    pub(crate) files: Arc<Semaphore>,
    /// Wakes the worker on uploads.
    pub(crate) wake_uploads: Arc<Notify>,
    /// The way of requests for a link by mail; `None` if the deployment sends none.
    pub(crate) link_requests: Option<mpsc::Sender<LinkRequest>>,
    /// Sends mails to members; `None` if the deployment sends none.
    pub(crate) mailer: Option<MemberMailer>,
    /// The operator's identity provider, if there is one.
    pub(crate) identity_provider: Option<Arc<IdentityProvider>>,
}

impl ConsoleState {
    /// Creates the state of a console beside the API and the pages with this state. It sends no mails.
    pub fn new(app: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&app.issuance),
            trusted_proxies: FromRef::from_ref(app),
            egress: FromRef::from_ref(app),
            mailbox: app.mailbox.clone(),
            branding: FromRef::from_ref(app),
            readiness: FromRef::from_ref(app),
            previewer: FromRef::from_ref(app),
            is_development: app.dev_chain.is_some(),
            large_bodies: FromRef::from_ref(app),
            files: Arc::new(Semaphore::new(FILES_AT_ONCE)),
            wake_uploads: Arc::default(),
            link_requests: None,
            mailer: None,
            identity_provider: None,
        }
    }

    /// Lets visitors ask for a link by mail. Returns the receiver of their requests, for [`crate::LinkMailer`].
    #[must_use]
    pub fn with_link_requests(mut self) -> (Self, mpsc::Receiver<LinkRequest>) {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        self.link_requests = Some(sender);
        (self, receiver)
    }

    /// Lets those who are added be invited by mail.
    #[must_use]
    pub fn with_mailer(mut self, mailer: MemberMailer) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// Lets members sign in at the operator's identity provider.
    #[must_use]
    pub fn with_identity_provider(mut self, provider: IdentityProvider) -> Self {
        self.identity_provider = Some(Arc::new(provider));
        self
    }

    /// Returns whether the public URL is one with `https`.
    pub(crate) fn is_https(&self) -> bool {
        self.issuance.host.origin().starts_with("https:")
    }

    /// Returns the rules of members.
    pub(crate) fn accounts(&self) -> MemberAccounts {
        MemberAccounts {
            store: self.issuance.store.clone(),
            clock: Arc::clone(&self.issuance.clock),
            entropy: Arc::clone(&self.issuance.entropy),
        }
    }
}

impl FromRef<ConsoleState> for Arc<[IpNet]> {
    fn from_ref(state: &ConsoleState) -> Self {
        Arc::clone(&state.trusted_proxies)
    }
}
