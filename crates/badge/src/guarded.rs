//! Others' parsers over files that strangers send. A file at which one panics is a damaged file, and no fault of the request that it
//! came with. The panic is in the program's log like any other.

use std::panic::{UnwindSafe, catch_unwind};

/// Runs a parser. Returns `None` if it panics.
pub(crate) fn guarded<T>(parse: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    catch_unwind(parse).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parser_that_panics_has_no_result() {
        assert_eq!(guarded(|| "parsed"), Some("parsed"));
        assert_eq!(guarded(|| -> &str { panic!("as a parser might") }), None);
    }
}
