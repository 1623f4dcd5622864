//! Hands bytes over to the check of `amounts`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::amounts::check(bytes));
