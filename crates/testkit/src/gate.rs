//! A gate that holds something until the test opens it.

use tokio::sync::watch;

/// A gate. Cheap to clone; all clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate {
    held: watch::Sender<bool>,
    is_open: watch::Sender<bool>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { held: watch::Sender::new(false), is_open: watch::Sender::new(false) }
    }
}

impl Gate {
    /// Waits until the gate is open.
    pub async fn pass(&self) {
        self.held.send_replace(true);
        self.is_open.subscribe().wait_for(|is_open| *is_open).await.expect("the gate is there");
    }

    /// Waits until something waits at the gate.
    pub async fn until_held(&self) {
        self.held.subscribe().wait_for(|held| *held).await.expect("the gate is there");
    }

    /// Opens the gate for what waits and for what comes later.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}
