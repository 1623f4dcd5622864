//! Hands bytes over to the check of `terms`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::terms::check(bytes));
