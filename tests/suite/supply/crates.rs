//! Crates: every lock file against `deny.toml`, and what of them is shipped.

use super::{
    policy::{Denied, Policy},
    workspace::ALL,
};

/// Returns what a policy finds in all workspaces.
fn findings(policy: &Policy) -> Vec<String> {
    ALL.iter().flat_map(|workspace| policy.findings(workspace)).collect()
}

#[test]
fn nothing_comes_in_that_the_policy_does_not_name() {
    assert_eq!(findings(&Policy::read()), Vec::<String>::new());
}

/// Leaves out one entry of a list after the other: each time there must be something to find.
#[track_caller]
fn check<T: Clone>(list: impl Fn(&mut Policy) -> &mut Vec<T>, name: &str) {
    let count = list(&mut Policy::read()).len();
    assert!(count > 0, "{name} has entries");
    for place in 0..count {
        let mut policy = Policy::read();
        list(&mut policy).remove(place);
        assert_ne!(findings(&policy), Vec::<String>::new(), "entry {place} of {name} allows nothing that is here");
    }
}

#[test]
fn every_entry_of_the_policy_is_needed_and_the_policy_bites() {
    check(|policy| &mut policy.licenses.allow, "licenses.allow");
    check(|policy| &mut policy.licenses.exceptions, "licenses.exceptions");
    check(|policy| &mut policy.sources.allow_registry, "sources.allow-registry");
    check(|policy| &mut policy.bans.skip, "bans.skip");
    check(|policy| &mut policy.bans.skip_tree, "bans.skip-tree");
    for name in Policy::read().bans.build.allow_build_scripts {
        let mut packages = ALL.iter().flat_map(|workspace| &workspace.packages);
        assert!(packages.any(|package| package.name == name && package.has_build_script), "{name} runs nothing");
    }
    let mut policy = Policy::read();
    policy.bans.build.allow_build_scripts.retain(|name| name != "ring");
    assert_ne!(findings(&policy), Vec::<String>::new());
    assert_eq!(Policy::read().sources.allow_git, Vec::<String>::new());
}

#[test]
fn a_crate_that_must_not_come_in_is_found() {
    let mut policy = Policy::read();
    policy.bans.deny = vec![Denied { name: "proc-macro2".to_owned(), wrappers: Vec::new() }];
    assert_eq!(findings(&policy).len(), ALL.len(), "every workspace has it");
    let mut by = |wrappers: &[&str]| {
        let wrappers = wrappers.iter().map(|name| (*name).to_owned()).collect();
        policy.bans.deny = vec![Denied { name: "chrono".to_owned(), wrappers }];
        findings(&policy).len()
    };
    assert_eq!(by(&["parquet"]), 0);
    assert_ne!(by(&["somebody"]), 0);
    assert_ne!(by(&[]), 0);
}
