//! Hands bytes over to the check of `activity`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::activity::check(bytes));
