//! Where two JSON documents differ, by the path of the field.

use serde_json::Value;

/// How many differences are told.
const MOST: usize = 20;

/// Returns the fields in which two documents differ: path, the first's text, the second's text.
pub fn between(first: &[u8], second: &[u8]) -> Vec<(String, String, String)> {
    let read = |bytes| serde_json::from_slice::<Value>(bytes).unwrap_or(Value::Null);
    let mut differences = Vec::new();
    compare("", &read(first), &read(second), &mut differences);
    differences.truncate(MOST);
    differences
}

fn compare(path: &str, first: &Value, second: &Value, differences: &mut Vec<(String, String, String)>) {
    match (first, second) {
        (Value::Object(first), Value::Object(second)) => {
            let keys = first.keys().chain(second.keys().filter(|key| !first.contains_key(*key)));
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let value = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
                compare(&path, &value(first), &value(second), differences);
            }
        }
        (Value::Array(first), Value::Array(second)) => {
            for position in 0..first.len().max(second.len()) {
                let value = |list: &Vec<Value>| list.get(position).cloned().unwrap_or(Value::Null);
                compare(&format!("{path}[{position}]"), &value(first), &value(second), differences);
            }
        }
        _ if first == second => {}
        _ => differences.push((path.to_owned(), shown(first), shown(second))),
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    };
    let short: String = text.chars().take(120).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_a_path() {
        let differences = between(br#"{"a":[{"b":"1"}],"c":1}"#, br#"{"a":[{"b":"2"},{}],"c":1}"#);
        let paths: Vec<&str> = differences.iter().map(|(path, _, _)| path.as_str()).collect();
        assert_eq!(paths, ["a[0].b", "a[1]"]);
    }
}
