//! The compiled claim contract, as it is committed beside its sources.

use ambassador_core::hash::{Hash32, keccak256};
use serde::Deserialize;

use crate::problem::{Exit, Failure, Problem};

/// The pinned artifact; a test compiles the sources again and compares.
const ARTIFACT: &str = include_str!("../../contracts/AmbassadorPayouts.json");

/// The contract's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Who compiled it.
    pub compiler: String,
    /// What deploys it, without the constructor's arguments.
    pub creation_code: Vec<u8>,
    /// What lives at its address, with zeros in place of the constructor's values.
    pub runtime_code: Vec<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    compiler: String,
    bytecode: String,
    deployed_bytecode: String,
}

impl Artifact {
    /// Returns the artifact that this program was built with.
    ///
    /// # Errors
    ///
    /// The artifact was damaged before the program was built.
    pub fn pinned() -> Result<Self, Failure> {
        let bytes = |text: &str| hex::decode(text.strip_prefix("0x")?).ok();
        let read = || {
            let document: Document = serde_json::from_str(ARTIFACT).ok()?;
            let (creation_code, runtime_code) = (bytes(&document.bytecode)?, bytes(&document.deployed_bytecode)?);
            Some(Self { compiler: document.compiler, creation_code, runtime_code })
        };
        read().ok_or_else(|| {
            let problem = Problem::new("ARTIFACT", "the contract's artifact in this program cannot be read");
            Failure::new(Exit::Refused, problem.help("build the program again from unchanged sources"))
        })
    }

    /// Returns the hash of the creation code without arguments.
    pub fn creation_hash(&self) -> Hash32 {
        keccak256(&[&self.creation_code])
    }
}
