//! Two PostgreSQL servers of a test's own: a primary, and a standby that streams from it.

use crate::support::own_server::OwnServer;

/// The two servers. They end when it is dropped.
pub(crate) struct ServerPair {
    /// The one that takes writes.
    pub(crate) primary: OwnServer,
    /// The one that follows.
    pub(crate) standby: OwnServer,
}

impl ServerPair {
    /// Makes both and starts them.
    pub(crate) fn start() -> Self {
        let folder = std::env::temp_dir();
        let primary = OwnServer::start(&folder, "max_connections = 100\nwal_keep_size = '256MB'\n");
        let pair = Self { primary, standby: OwnServer::unmade(&folder) };
        pair.follow();
        pair
    }

    /// Makes the standby anew from the primary, and starts it.
    pub(crate) fn follow(&self) {
        self.standby.follow(&self.primary);
    }

    /// Makes the standby the primary. The one before it has ended.
    pub(crate) fn promote(&mut self) {
        self.standby.promote();
        std::mem::swap(&mut self.primary, &mut self.standby);
    }
}
