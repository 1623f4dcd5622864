//! A transfer as the Transaction Builder app of a Safe imports it.

use ambassador_core::{
    address::Address,
    calendar::Instant,
    hash::{Hash32, keccak256},
    token::TokenAmount,
};
use serde::Serialize;
use serde_json::{Value, json};

/// The version of the format.
const VERSION: &str = "1.0";
/// The version of the app whose files this one looks like.
const BUILDER: &str = "1.18.2";

/// A transfer of tokens, with what people are told of it.
#[derive(Clone, Copy, Debug)]
pub struct Transfer<'a> {
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// The token.
    pub token: Address,
    /// Who receives.
    pub to: Address,
    /// How much.
    pub amount: TokenAmount,
    /// The name of the batch.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The time that the file bears; not the time of writing, so that the same month gives the same file.
    pub created_at: Instant,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch<'a> {
    version: &'a str,
    chain_id: String,
    created_at: u64,
    meta: Meta<'a>,
    transactions: [Value; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta<'a> {
    /// The checksum does not cover it.
    name: Option<&'a str>,
    description: &'a str,
    tx_builder_version: &'a str,
    created_from_safe_address: &'a str,
    created_from_owner_address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
}

impl<'a> Transfer<'a> {
    /// Returns the file.
    pub fn to_json(self) -> String {
        let mut batch = self.to_batch();
        batch.meta.checksum = Some(checksum(&json!(batch)).to_string());
        batch.meta.name = Some(self.name);
        // Texts and numbers can always be written.
        serde_json::to_string_pretty(&batch).unwrap_or_default() + "\n"
    }

    fn to_batch(self) -> Batch<'a> {
        let input = |name: &str, kind: &str| json!({ "internalType": kind, "name": name, "type": kind });
        let transaction = json!({
            "to": self.token.to_string(),
            "value": "0",
            "data": null,
            "contractMethod": {
                "inputs": [input("to", "address"), input("amount", "uint256")],
                "name": "transfer",
                "payable": false,
            },
            "contractInputsValues": { "to": self.to.to_string(), "amount": self.amount.to_string() },
        });
        Batch {
            version: VERSION,
            chain_id: self.chain_id.to_string(),
            // Milliseconds.
            created_at: self.created_at.to_unix_seconds().saturating_mul(1_000),
            meta: Meta {
                name: None,
                description: self.description,
                tx_builder_version: BUILDER,
                created_from_safe_address: "",
                created_from_owner_address: "",
                checksum: None,
            },
            transactions: [transaction],
        }
    }
}

/// Returns the hash that the app compares: of every value in the order of its keys, each object led by its list of keys.
fn checksum(file: &Value) -> Hash32 {
    let mut text = String::new();
    serialise(file, &mut text);
    keccak256(&[text.as_bytes()])
}

fn serialise(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                serialise(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            let keys: Vec<&String> = fields.iter().map(|(key, _)| *key).collect();
            text.push('{');
            text.push_str(&json!(keys).to_string());
            for (_, value) in fields {
                serialise(value, text);
                text.push(',');
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test that cannot go on should stop; a field of JSON that is missing reads as null"
    )]

    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_app() {
        // A file that the app itself wrote.
        let input = |name: &str, kind: &str| json!({ "internalType": kind, "name": name, "type": kind });
        let file = json!({
            "version": "1.0",
            "chainId": "1",
            "createdAt": 1_761_326_849_944_u64,
            "meta": {
                "name": null,
                "description": "",
                "txBuilderVersion": "1.18.2",
                "createdFromSafeAddress": "0xA77DE01e157f9f57C7c4A326eeE9C4874D0598b6",
                "createdFromOwnerAddress": "",
            },
            "transactions": [{
                "to": "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
                "value": "0",
                "data": null,
                "contractMethod": {
                    "inputs": [input("spender", "address"), input("value", "uint256")],
                    "name": "approve",
                    "payable": false,
                },
                "contractInputsValues": {
                    "spender": "0x474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8",
                    "value": "100000000000",
                },
            }],
        });
        let known = "0x8b5032f716845c8b08bab3d63dbd9ba92e056f3557793cd041e59b84e16aa989";
        assert_eq!(checksum(&file).to_string(), known);
    }

    #[test]
    fn a_file_says_the_transfer_and_has_its_checksum() {
        let account = |byte| Address::from_bytes([byte; 20]).expect("it is not the zero address");
        let transfer = Transfer {
            chain_id: 10,
            token: account(0x11),
            to: account(0x22),
            amount: "21000000000000000000000".parse().expect("it is an amount"),
            name: "Rally 2020-12",
            description: "Funds the claims of 2020-12",
            created_at: "2021-01-08T00:00:00.5Z".parse().expect("it is an instant"),
        };
        let text = transfer.to_json();
        assert!(text.ends_with("}\n"));
        let mut file: Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(
            (&file["version"], &file["chainId"], &file["createdAt"]),
            (&json!("1.0"), &json!("10"), &json!(1_610_064_000_000_u64))
        );
        let [transaction] = file["transactions"].as_array().expect("they are a list").as_slice() else {
            panic!("{text}")
        };
        let [token, to] = [transfer.token, transfer.to].map(|account| account.to_string());
        assert_eq!((&transaction["to"], &transaction["value"]), (&json!(token), &json!("0")));
        let values = json!({ "to": to, "amount": "21000000000000000000000" });
        assert_eq!(
            (&transaction["contractMethod"]["name"], &transaction["contractInputsValues"]),
            (&json!("transfer"), &values)
        );
        let meta = file["meta"].as_object_mut().expect("it is an object");
        assert_eq!(meta.insert("name".to_owned(), Value::Null), Some(json!("Rally 2020-12")));
        assert_eq!(meta["description"], "Funds the claims of 2020-12");
        let stated = meta.remove("checksum").expect("there is one");
        assert_eq!(stated, checksum(&file).to_string());
    }
}
