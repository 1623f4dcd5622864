//! Hands bytes over to the check of `border`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::border::check(bytes));
