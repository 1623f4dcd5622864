//! The contract with one thing broken, many times: the tests must notice every time.
//!
//! Each mutant replaces a piece of the source that occurs exactly once. All are compiled in one process, and the same
//! functions that test the contract run on each until one of them fails.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs,
    panic::{catch_unwind, set_hook, take_hook},
    path::Path,
    sync::Once,
};

use super::{build, invariants, meter, mutations::MUTATIONS, redeem, reverts, roles, signatures, tokens};

/// The tests that judge, quick ones first.
const JUDGES: [(&str, fn()); 44] = [
    ("redeem::every_entry_point", redeem::every_entry_point_pays_and_tells),
    ("redeem::deployment", redeem::deployment_is_what_was_asked_for),
    ("redeem::paid_once", redeem::a_month_is_paid_once_over_all_entry_points),
    ("redeem::batch_neighbours", redeem::a_batch_pays_neighbours_in_one_transfer),
    ("redeem::batch_skips", redeem::a_batch_skips_what_is_settled_or_expired),
    ("redeem::ranges_overlap", redeem::ranges_must_not_overlap),
    ("redeem::limits", redeem::limits_are_inclusive),
    ("redeem::large_numbers", redeem::numbers_can_be_as_large_as_they_like),
    ("meter::rounded_up", meter::each_claim_counts_rounded_up_to_a_whole_token),
    ("meter::decimals", meter::a_whole_token_has_the_tokens_own_decimals),
    ("meter::cap", meter::a_day_pays_its_cap_and_not_a_unit_more),
    ("meter::batch", meter::a_batch_is_counted_as_a_whole),
    ("meter::midnight", meter::the_count_starts_again_at_midnight),
    ("meter::lowered", meter::a_cap_below_what_was_spent_stops_the_day),
    ("meter::unmetered", meter::without_a_cap_nothing_is_counted),
    ("meter::slot", meter::a_setting_keeps_its_neighbours_in_the_slot),
    ("roles::owner", roles::only_the_owner_does_the_owners_work),
    ("roles::guardian", roles::only_the_guardian_does_the_guardians_work),
    ("roles::pause", roles::a_pause_stops_every_entry_point_until_the_owner_ends_it),
    ("roles::retired", roles::a_retired_signer_never_comes_back),
    ("roles::same_signer", roles::the_same_signer_may_change_its_kind),
    ("roles::lower_cap", roles::the_guardian_lowers_the_cap_and_only_lowers_it),
    ("roles::replaced_guardian", roles::a_replaced_guardian_has_no_power),
    ("roles::void", roles::voided_months_are_never_paid),
    ("roles::withdraw", roles::withdrawals_go_to_the_treasury),
    ("roles::ownership", roles::ownership_moves_in_two_steps_and_never_to_nobody),
    ("roles::unknown_call", roles::it_takes_no_ether_and_no_unknown_call),
    ("tokens::false", tokens::a_token_that_says_false_settles_nothing),
    ("tokens::fee", tokens::a_fee_is_the_receivers_loss_alone),
    ("tokens::blocked", tokens::a_blocked_account_blocks_only_itself),
    ("tokens::same_claim", tokens::calling_back_with_the_same_claim_pays_once),
    ("tokens::same_cap", tokens::calling_back_with_another_claim_meets_the_same_cap),
    ("tokens::batch", tokens::calling_back_inside_a_batch_finds_the_whole_batch_settled),
    ("signatures::malformed", signatures::malformed_signatures_are_refused),
    ("signatures::foreign", signatures::a_signature_is_good_for_one_chain_one_contract_one_signer),
    ("signatures::fields", signatures::the_signature_covers_every_field),
    ("signatures::delegated", signatures::an_ordinary_signer_with_code_still_signs_itself),
    ("signatures::contract", signatures::a_contract_signer_is_asked),
    ("signatures::yes", signatures::a_contract_signer_must_say_yes_exactly),
    ("reverts::to", reverts::only_the_account_says_where_its_money_goes),
    ("reverts::constructor", reverts::the_constructor_refuses_what_would_lose_money_or_power),
    ("reverts::entry_points", reverts::each_fault_reverts_on_each_entry_point),
    ("reverts::positions", reverts::each_fault_reverts_a_batch_in_each_position),
    ("invariants", invariants::a_sample_agrees_with_the_model),
];

#[test]
fn every_mutant_dies_and_the_original_lives() {
    let source = fs::read_to_string(build::contracts().join("AmbassadorPayouts.sol")).expect("the contract is there");
    let mut variants = BTreeMap::from([("original", source.clone())]);
    for (name, piece, instead) in MUTATIONS {
        assert_eq!(source.matches(piece).count(), 1, "`{name}` must name one piece of the source");
        let former = variants.insert(name, source.replace(piece, instead));
        assert!(former.is_none(), "two mutants are called `{name}`");
    }
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract-mutants");
    fs::create_dir_all(&dir).expect("the temporary folder is writable");
    let list = dir.join("variants.json");
    fs::write(&list, serde_json::to_vec(&variants).expect("text is JSON")).expect("the temporary folder is writable");
    build::run_script(&["--variants".as_ref(), list.as_os_str(), dir.as_os_str()]);

    let mut alive = Vec::new();
    let mut kills = BTreeMap::<_, u32>::new();
    for name in variants.keys() {
        let killer = killer(&dir.join(format!("{name}.json")));
        println!("{name:<45} {}", killer.unwrap_or("lives"));
        match killer {
            Some(judge) => *kills.entry(judge).or_default() += 1,
            None => alive.push(*name),
        }
    }
    println!("{kills:?}");
    assert_eq!(alive, ["original"], "no test notices these");
}

/// The first test that fails on this build.
fn killer(build: &Path) -> Option<&'static str> {
    let code = build::creation_code(build);
    quietly(|| {
        build::with_subject(code, || {
            JUDGES.into_iter().find(|(_, judge)| catch_unwind(judge).is_err()).map(|(name, _)| name)
        })
    })
}

/// Runs `body` while this thread's panics, which are expected, print nothing.
fn quietly<T>(body: impl FnOnce() -> T) -> T {
    thread_local! {
        static QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = body();
    QUIET.set(false);
    result
}
