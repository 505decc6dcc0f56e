//! Protection from other users of the machine: new files, core dumps, and the memory of the process.

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};

use crate::output;

/// Makes new files readable by their owner only, and keeps the memory, in which keys are, out of core dumps and from debuggers.
pub(crate) fn protect_process() {
    umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let cores = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let cores = cores.and_then(|()| {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
    });
    // Before the settings are read there is no log.
    if let Err(error) = cores {
        output::message(&format!("core dumps could not be turned off: {error}"));
    }
}
