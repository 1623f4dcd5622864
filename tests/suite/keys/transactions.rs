//! Transactions as ethers and viem write and sign them.

use ambassador_signer::transaction::Creation;
use serde_json::{Value, json};

use super::key;
use crate::interop::script;

const KEY: &str = "0x1c3e5f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c";

#[test]
fn a_creation_is_signed_as_others_sign_it() {
    let creation = |nonce, data: Vec<u8>| Creation {
        chain_id: 1,
        nonce,
        max_priority_fee: 1_500_000_000,
        max_fee: 31_000_000_000,
        gas_limit: 2_345_678,
        data,
    };
    // Numbers of every width, data of every length that RLP writes differently, and enough of them that r or s begins
    // with a zero byte in some.
    let mut creations = vec![
        Creation { chain_id: 31_337, ..creation(0, vec![]) },
        Creation { max_priority_fee: 0, ..creation(1, vec![0]) },
        creation(127, vec![0x7f]),
        creation(128, vec![0x80]),
        creation(255, vec![1; 55]),
        creation(256, vec![1; 56]),
        creation(u64::from(u32::MAX), vec![2; 255]),
        Creation { chain_id: (1 << 53) - 1, gas_limit: 1 << 24, ..creation(3, vec![3; 256]) },
        Creation { max_fee: u128::from(u64::MAX) + 1, ..creation(4, vec![4; 70_000]) },
    ];
    creations.extend((1_000..1_600).map(|nonce| creation(nonce, vec![5])));
    let orders: Vec<Value> = creations
        .iter()
        .map(|one| {
            json!({
                "chainId": one.chain_id,
                "nonce": one.nonce,
                "priorityFee": one.max_priority_fee.to_string(),
                "fee": one.max_fee.to_string(),
                "gas": one.gas_limit.to_string(),
                "data": format!("0x{}", hex::encode(&one.data)),
            })
        })
        .collect();
    let answer = script("transactions.mjs", &json!({ "key": KEY, "creations": orders, "batches": [] }));
    let key = key(KEY);
    for (place, one) in creations.iter().enumerate() {
        let signed = one.sign(&key).expect("it is signed");
        let bytes = format!("0x{}", hex::encode(&signed.bytes));
        assert_eq!(answer["viem"][place], bytes, "viem: {one:?}");
        assert_eq!(answer["ethers"][place], bytes, "ethers: {one:?}");
        let created = one.address(key.address()).expect("an address");
        assert_eq!(answer["created"][place], created.to_string(), "{one:?}");
    }
}
