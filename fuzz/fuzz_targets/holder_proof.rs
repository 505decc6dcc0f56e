#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| learncoin_fuzz::holder_proof(bytes));
