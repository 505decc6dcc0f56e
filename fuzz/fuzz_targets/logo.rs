#![no_main]

// A panic that is caught is no fault: others' parsers are guarded. One that is not caught ends the process.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| learncoin_fuzz::logo(bytes));
