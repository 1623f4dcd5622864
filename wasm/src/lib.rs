//! The core of an ambassador programme's payouts for JavaScript.

use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the sum of amounts of dollars.
#[wasm_bindgen(js_name = addUsd)]
pub fn add_usd(amounts: Vec<String>) -> String {
    amounts.concat()
}
