//! A gate at which something is held until the test lets it go on.

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
    /// Is held here until the gate is opened; not at all where it is open already.
    pub async fn pass(&self) {
        self.held.send_replace(true);
        self.is_open.subscribe().wait_for(|is_open| *is_open).await.expect("the gate is there");
    }

    /// Waits until something has come to the gate.
    pub async fn until_held(&self) {
        self.held.subscribe().wait_for(|held| *held).await.expect("the gate is there");
    }

    /// Lets what is held go on, and what comes later pass.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}
