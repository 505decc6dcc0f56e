//! A mail server that refuses, falls silent or is slow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use learncoin_testkit::{Gate, MailServer, Response, SmtpStage};

use crate::support::story::Fate;

#[derive(Default)]
struct Shared {
    fate: Mutex<Fate>,
    met: AtomicUsize,
}

/// A mail server.
pub(crate) struct Post {
    shared: Arc<Shared>,
    server: MailServer,
}

impl Post {
    pub(crate) async fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let reacting = Arc::clone(&shared);
        let server = MailServer::reacting(move |stage, _| reacting.react(stage)).await;
        Self { shared, server }
    }

    pub(crate) fn server(&self) -> &MailServer {
        &self.server
    }

    /// Sets the fate of mails from now on. Returns the gate at which they are held, if they are.
    pub(crate) fn inject(&self, fate: Fate) -> Option<Gate> {
        *self.shared.fate.lock().unwrap() = fate;
        (fate == Fate::Held).then(|| self.server.gate())
    }

    /// Returns the number of mails that met a fault.
    pub(crate) fn met(&self) -> usize {
        self.shared.met.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn react(&self, stage: SmtpStage) -> Response {
        let fate = *self.fate.lock().unwrap_or_else(PoisonError::into_inner);
        let response = match (fate, stage) {
            (Fate::Refused, SmtpStage::Recipient) => Response::Line("451 4.3.0 not now"),
            (Fate::Undone, SmtpStage::Data) | (Fate::Done, SmtpStage::Message) => Response::Hang,
            (Fate::Held, SmtpStage::Message) => Response::Hold,
            _ => return Response::Usual,
        };
        self.met.fetch_add(1, Ordering::SeqCst);
        response
    }
}
