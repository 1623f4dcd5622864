//! x

pub mod hardening;
pub mod keystore;
pub mod password;
pub mod signing;
