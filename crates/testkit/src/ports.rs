//! Ports for programs that get theirs before they bind it.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

/// The ports below the range from which the system assigns them by itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port that nothing listens on, and that no other test takes, in this process or in another one, until this is dropped.
#[derive(Debug)]
pub struct ReservedPort {
    number: u16,
    /// The port of the same number in UDP, which no program of the tests uses: who holds it holds the number.
    _lock: UdpSocket,
}

impl ReservedPort {
    /// Reserves one.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let start = process::id() % u32::from(COUNT);
        loop {
            let step = u32::from(NEXT.fetch_add(1, Ordering::SeqCst));
            let number = FIRST + u16::try_from((start + step) % u32::from(COUNT)).expect("a small number");
            let Ok(lock) = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)) else { continue };
            if TcpListener::bind((Ipv4Addr::UNSPECIFIED, number)).is_ok() {
                return Self { number, _lock: lock };
            }
        }
    }

    /// Returns its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}
