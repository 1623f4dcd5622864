//! Hands bytes over to the check of `parquet`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ambassador_fuzz::checks::parquet::check(bytes));
