//! A transaction that creates a contract (EIP-1559): its bytes, its signature, and the address of what it creates.

use alloy_rlp::{Encodable, encode_list};
use ambassador_core::{
    address::Address,
    hash::{Hash32, keccak256},
    signature::{Parity, Signature},
};

use crate::signing::{SecretKey, SigningError};

/// The first byte of a transaction of EIP-1559 (EIP-2718).
const DYNAMIC_FEE: u8 = 2;

/// A transaction that creates a contract and sends no ether.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// How many transactions the sender sent before.
    pub nonce: u64,
    /// The most that is paid for a unit of gas beside the base fee, in wei.
    pub max_priority_fee: u128,
    /// The most that is paid for a unit of gas in all, in wei.
    pub max_fee: u128,
    /// The most gas that may be used.
    pub gas_limit: u64,
    /// The creation code with the constructor's arguments.
    pub data: Vec<u8>,
}

/// A transaction that can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// The bytes that a node takes.
    pub bytes: Vec<u8>,
    /// The hash by which it is known.
    pub hash: Hash32,
}

impl Creation {
    /// Returns the digest that the sender signs.
    pub fn digest(&self) -> Hash32 {
        keccak256(&[&self.encode(&[])])
    }

    /// Signs it.
    ///
    /// # Errors
    ///
    /// Those of [`SecretKey::sign`].
    pub fn sign(&self, key: &SecretKey) -> Result<SignedTransaction, SigningError> {
        let signature = key.sign(&self.digest())?;
        let bytes = self.encode_signed(&signature);
        Ok(SignedTransaction { hash: keccak256(&[&bytes]), bytes })
    }

    fn encode_signed(&self, signature: &Signature) -> Vec<u8> {
        let parity = signature.parity() == Parity::Odd;
        let [r, s] = [signature.r(), signature.s()].map(without_zeros);
        self.encode(&[&parity, &r, &s])
    }

    /// Returns the bytes: the type, and the list of the fields.
    fn encode(&self, signature: &[&dyn Encodable]) -> Vec<u8> {
        let Self { chain_id, nonce, max_priority_fee, max_fee, gas_limit, data } = self;
        // Nothing stands for `to`: the contract is created. No ether goes with it, and no list of addresses.
        let (to, value, access_list): (&[u8], u8, Vec<u8>) = (&[], 0, Vec::new());
        let data = data.as_slice();
        let fields: [&dyn Encodable; 9] =
            [chain_id, nonce, max_priority_fee, max_fee, gas_limit, &to, &value, &data, &access_list];
        let mut bytes = vec![DYNAMIC_FEE];
        encode_list::<_, dyn Encodable>(&[&fields[..], signature].concat(), &mut bytes);
        bytes
    }

    /// Returns the address of the contract that this sender creates by it.
    ///
    /// `None` for the zero address, which nobody can reach.
    pub fn address(&self, sender: Address) -> Option<Address> {
        let mut bytes = Vec::new();
        let fields: [&dyn Encodable; 2] = [sender.as_bytes(), &self.nonce];
        encode_list::<_, dyn Encodable>(&fields, &mut bytes);
        let hash = keccak256(&[&bytes]);
        let (_, address) = hash.as_bytes().split_last_chunk()?;
        Address::from_bytes(*address)
    }
}

/// Returns a number's bytes as a list of fields takes them.
fn without_zeros(number: &[u8; 32]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
