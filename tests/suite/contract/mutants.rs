//! The contract with one thing broken, many times: the tests must notice every time.
//!
//! Each mutant replaces a piece of the source that occurs exactly once. All are compiled in one process, and the same
//! functions that test the contract run on each until one of them fails.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    path::Path,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    borders, build, hostile, invariants, meter, mutations::MUTATIONS, operators, redeem, reverts, roles, signatures,
    tokens, wallets,
};

/// The tests that judge, quick ones first.
const JUDGES: [(&str, fn()); 63] = [
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
    ("hostile::back", hostile::calling_back_by_every_door_pays_once),
    ("hostile::power", hostile::a_token_with_power_calls_back_in_vain),
    ("hostile::name", hostile::a_contract_is_called_by_its_own_name),
    ("hostile::answer", hostile::a_tokens_answer_is_yes_or_nothing),
    ("hostile::gas", hostile::a_token_that_burns_gas_settles_nothing),
    ("hostile::decimals", hostile::decimals_are_a_power_of_ten_that_fits),
    ("hostile::sums", hostile::no_sum_starts_again_at_zero),
    ("wallets::long_answer", wallets::a_long_answer_is_read_to_its_first_word),
    ("wallets::gas", wallets::a_signer_that_burns_gas_signs_nothing),
    ("wallets::back", wallets::a_signer_that_calls_back_changes_nothing),
    ("wallets::kind", wallets::a_signer_of_the_other_kind_signs_nothing),
    ("wallets::replaced", wallets::a_replaced_wallet_is_asked_no_more),
    ("wallets::batch", wallets::a_wallet_is_asked_about_each_item_of_a_batch),
    ("borders::second", borders::a_claim_is_good_to_the_end_of_its_last_second),
    ("borders::range", borders::each_range_of_the_first_blocks_settles_itself),
    ("borders::day", borders::the_cap_turns_with_the_day_on_every_door),
    ("borders::same_day", borders::a_day_of_the_same_number_counts_on),
    ("borders::cut", borders::a_call_that_is_cut_does_nothing),
    ("borders::words", borders::a_call_with_impossible_words_does_nothing),
    ("invariants", invariants::a_sample_agrees_with_the_model),
];

#[test]
fn every_mutant_dies_and_the_original_lives() {
    let source = contract();
    let mut variants = BTreeMap::from([("original".to_owned(), source.clone())]);
    for (name, piece, instead) in MUTATIONS {
        assert_eq!(source.matches(piece).count(), 1, "`{name}` must name one piece of the source");
        let former = variants.insert(name.to_owned(), source.replace(piece, instead));
        assert!(former.is_none(), "two mutants are called `{name}`");
    }
    let killers = killers(&variants);
    assert_eq!(killers.len(), variants.len(), "all of them compile");
    for (name, killer) in &killers {
        println!("| {name} | {} |", killer.unwrap_or("lives"));
    }
    let alive: Vec<_> = killers.iter().filter(|(_, killer)| killer.is_none()).map(|(name, _)| name.as_str()).collect();
    assert_eq!(alive, ["original"], "no test notices these");
}

#[test]
fn the_documentation_lists_every_mutant() {
    let path = build::contracts().join("../docs/contract-security.md");
    let text = fs::read_to_string(path).expect("the documentation is there");
    let rows: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("| ")).collect();
    for (name, ..) in MUTATIONS {
        assert!(rows.iter().any(|row| row.starts_with(&format!("{name} | `"))), "`{name}` is missing");
    }
}

/// The long form: every small slip in every line. `--ignored --nocapture contract::mutants` runs it, in some minutes.
#[test]
#[ignore = "takes some minutes; its figures stand in docs/contract-security.md"]
fn every_slip_is_noticed_or_explained() {
    let slips = operators::slips(&contract());
    let named: BTreeMap<_, _> = slips.iter().enumerate().map(|(number, slip)| (format!("{number:04}"), slip)).collect();
    let variants = named.iter().map(|(name, slip)| (name.clone(), slip.source.clone())).collect();
    let killers = killers(&variants);
    let mut alive = Vec::new();
    for (name, killer) in &killers {
        println!("{:<20} {}", killer.unwrap_or("lives"), named[name].place);
        if killer.is_none() {
            alive.push(named[name].place.as_str());
        }
    }
    println!("{} slips, {} compile, {} are noticed", slips.len(), killers.len(), killers.len() - alive.len());
    // The line's number may change; what is on it must not.
    let unexplained = alive.iter().filter(|place| !HARMLESS.iter().any(|(harmless, _)| place.ends_with(harmless)));
    assert_eq!(unexplained.collect::<Vec<_>>(), Vec::<&&str>::new(), "nobody notices or explains these");
    let outdated = HARMLESS.iter().filter(|(harmless, _)| !alive.iter().any(|place| place.ends_with(harmless)));
    assert_eq!(outdated.collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "these are noticed, or gone");
}

/// Slips that change nothing that anybody could notice, and why.
const HARMLESS: [(&str, &str); 2] = [
    (
        "`|` becomes `^`: `tile.bits = bits | mask;`",
        "the two have no bit in common: a claim whose months do is refused above",
    ),
    (
        "`|` becomes `^`: `mask = ((2 << (to - from)) - 1) << ((index & 15) << 4 | (from & 15));`",
        "the two have no bit in common: one fills the upper four, the other the lower four",
    ),
];

fn contract() -> String {
    fs::read_to_string(build::contracts().join("AmbassadorPayouts.sol")).expect("the contract is there")
}

/// The first test that notices each variant that compiles.
fn killers(variants: &BTreeMap<String, String>) -> BTreeMap<String, Option<&'static str>> {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the temporary folder is writable");
    let mut builds = Vec::new();
    // The compiler keeps everything that it is given in memory.
    let all: Vec<_> = variants.iter().collect();
    for some in all.chunks(80) {
        let list = dir.path().join("variants.json");
        let sources: BTreeMap<_, _> = some.iter().copied().collect();
        fs::write(&list, serde_json::to_vec(&sources).expect("text is JSON")).expect("the folder is writable");
        build::run_script(&["--variants".as_ref(), list.as_os_str(), dir.path().as_os_str()]);
        let names = some.iter().map(|(name, _)| (*name).clone());
        builds.extend(names.filter(|name| dir.path().join(format!("{name}.json")).exists()));
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| builds.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(|name| (name.clone(), killer(&dir.path().join(format!("{name}.json"))))).collect::<Vec<_>>()
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker ends")).collect()
    })
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

/// What `body` panics with, if it does.
pub(super) fn message(body: impl FnOnce()) -> Option<String> {
    let panic = quietly(|| catch_unwind(AssertUnwindSafe(body))).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
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
