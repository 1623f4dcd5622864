//! Hands bytes over to the check of `imports`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::imports::check(bytes));
