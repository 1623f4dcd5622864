//! What is shipped: the bill of materials, and that it is whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::Value;
use spdx::Expression;

use super::policy::Policy;
use crate::{architecture::root, binary};

/// Returns the bill as `cargo web sbom` prints it.
fn printed() -> String {
    let run = binary::of(Command::new(binary::page_command()).arg("sbom"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the components of a bill by their references.
fn components(bill: &Value) -> BTreeMap<&str, &Value> {
    let components = list(bill, "components");
    let by_reference: BTreeMap<&str, &Value> = components.iter().map(|one| (text(one, "bom-ref"), one)).collect();
    assert_eq!(by_reference.len(), components.len(), "no reference stands twice");
    by_reference
}

#[test]
fn the_bill_of_materials_is_well_formed_and_the_same_each_time() {
    let printed_once = printed();
    assert_eq!(printed_once, printed());
    let bill: Value = serde_json::from_str(&printed_once).expect("it is JSON");
    assert_eq!((text(&bill, "bomFormat"), text(&bill, "specVersion")), ("CycloneDX", "1.6"));
    let components = components(&bill);
    for (reference, component) in &components {
        let licence = list(component, "licenses").iter().map(|licence| text(licence, "expression")).collect::<String>();
        assert!(Expression::parse(&licence).is_ok(), "{reference}: {licence}");
        // What is ours has no package to fetch, and what is fetched has a hash.
        let digits = list(component, "hashes").iter().map(|hash| text(hash, "content").len()).sum::<usize>();
        assert!(text(component, "purl").is_empty() || [64, 128].contains(&digits), "{reference}");
    }
    // From the whole one comes to everything.
    let edges: BTreeMap<&str, &[Value]> =
        list(&bill, "dependencies").iter().map(|edge| (text(edge, "ref"), list(edge, "dependsOn"))).collect();
    let whole = bill.pointer("/metadata/component/bom-ref").and_then(Value::as_str).expect("it is of something");
    let (mut open, mut reached) = (vec![whole], BTreeSet::new());
    while let Some(one) = open.pop() {
        let below = edges.get(one).unwrap_or_else(|| panic!("{one} has a row of dependencies"));
        let fresh = below.iter().filter_map(Value::as_str).filter(|other| reached.insert(*other));
        open.extend(fresh);
    }
    assert_eq!(reached, components.keys().copied().collect());
}

#[test]
fn the_bill_of_materials_names_everything_that_is_shipped() {
    let bill: Value = serde_json::from_str(&printed()).expect("it is JSON");
    let components = components(&bill);
    let has = |name: &str, version: &str| {
        let found = components.values().any(|one| text(one, "name") == name && text(one, "version") == version);
        assert!(found, "{name} {version} is not in the bill");
    };
    // The signer's crates as a plain list.
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "ambassador-signer", "--target", "all"])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--no-dedupe", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo runs the tests, so it is there");
    let crates = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let crates: BTreeSet<(&str, &str)> = crates
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect();
    assert!(crates.len() > 100, "the signer's crates are found: {}", crates.len());
    for (name, version) in &crates {
        has(name, version);
    }
    // The licences that go with the modules have a title for each crate, such as `hex 0.4.3: MIT OR Apache-2.0`.
    let licences = fs::read_to_string(root().join("web-demo/dist/wasm/THIRD-PARTY.txt"));
    let licences = licences.expect("the page is built: run `cargo web build` first");
    let rule = "-".repeat(80);
    let titles: Vec<&str> = licences
        .split(&format!("{rule}\n"))
        .skip(1)
        .filter_map(|part| part.split_once(':'))
        .map(|(title, _)| title)
        .collect();
    assert!(titles.len() > 30, "the modules' crates are found: {}", titles.len());
    for title in titles {
        let (name, version) = title.split_once(' ').expect("a name and a version");
        has(name, version);
    }
    // What the page loads beside its own files, and what the contract's sources import.
    for (folder, names) in
        [("web-demo", ["lean-qr", "smol-toml"].as_slice()), ("contracts", &["@openzeppelin/contracts"])]
    {
        let manifest = fs::read_to_string(root().join(folder).join("package.json")).expect("the manifest is there");
        let manifest: Value = serde_json::from_str(&manifest).expect("a manifest is JSON");
        for name in names {
            let kinds = ["dependencies", "devDependencies"].map(|kind| manifest.get(kind).map(|list| text(list, name)));
            has(name, kinds.into_iter().flatten().find(|version| !version.is_empty()).expect("it is named there"));
        }
    }
    let page = fs::read_dir(root().join("web-demo/dist/vendor")).expect("the page is built");
    let page = page
        .flatten()
        .filter(|entry| entry.path().is_dir() || entry.path().extension().is_some_and(|kind| kind == "mjs"));
    assert_eq!(page.count(), 2, "the page loads two libraries");
}

#[test]
fn what_is_shipped_comes_in_one_version_but_where_the_policy_says_why() {
    let bill: Value = serde_json::from_str(&printed()).expect("it is JSON");
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for component in list(&bill, "components") {
        versions.entry(text(component, "name")).or_default().push(text(component, "version"));
    }
    let several = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    let policy = Policy::read();
    for (name, versions) in several {
        let unexplained = versions.iter().filter(|version| !policy.bans.skips(name, version));
        assert!(unexplained.count() < 2, "{name} is shipped as {}", versions.join(" and "));
    }
}
