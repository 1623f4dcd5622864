//! Hands bytes over to the check of `tables`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::tables::check(bytes));
