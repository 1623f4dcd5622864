//! Hands bytes over to the check of `compressed`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::compressed::check(bytes));
