//! Cloud KMS that refuses, falls silent or is slow.

use learncoin_testkit::{Gate, KmsFault, KmsServer};

use crate::support::story::Fate;

/// Sets the fate of signatures from now on. Returns the gate at which they are held, if they are.
pub(crate) fn inject(kms: &KmsServer, fate: Fate) -> Option<Gate> {
    kms.set_fault(match fate {
        Fate::Passes => KmsFault::None,
        Fate::Refused => KmsFault::Denied,
        Fate::Undone => KmsFault::Hang,
        Fate::Done => KmsFault::LostAnswer,
        Fate::Held => KmsFault::Held,
    });
    (fate == Fate::Held).then(|| kms.gate())
}
