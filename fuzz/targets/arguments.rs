//! Hands bytes over to the check of `arguments`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::arguments::check(bytes));
