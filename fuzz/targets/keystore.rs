//! Hands bytes over to the check of `keystore`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::keystore::check(bytes));
