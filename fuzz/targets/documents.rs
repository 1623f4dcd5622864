//! Hands bytes over to the check of `documents`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::documents::check(bytes));
