//! The demonstration: a world of its own, and what its page may ask of it.

pub(crate) mod world;
pub(crate) mod rpc;
pub(crate) mod site;
