//! Random histories over few people and months, beside a model that is too simple to share the contract's mistakes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use revm::primitives::{Address, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Token},
    claims::{DAY, claim, for_months, key, over, role, tokens},
    evm::Outcome,
    world::{CAP, ENTRIES, Entry, FUNDS, MAX_CLAIM, World},
};

const PEOPLE: [&str; 3] = ["ann", "bob", "elsewhere"];
/// Two tiles of indexes.
const INDEXES: [u64; 4] = [0, 1, 15, 16];
/// 607 and 608 lie in two blocks.
const MONTHS: std::ops::Range<u64> = 605..612;

/// One claim in few numbers.
#[derive(Clone, Debug)]
struct Item {
    person: usize,
    index: usize,
    from: u64,
    more_months: u64,
    amount: U256,
    expires_in: i64,
    forged: bool,
}

/// What can happen.
#[derive(Clone, Debug)]
enum Step {
    Redeem(Entry, Item),
    RedeemMany(Vec<Item>),
    Void(usize, u64, u64),
    Pause,
    Unpause,
    Cap(u32),
    LowerCap(u32),
    Pass(u64),
    Withdraw(u64),
    Fund(u64),
    Rotate,
}

/// What should be so.
#[derive(Debug, Default)]
struct Model {
    settled: BTreeSet<(u64, u64)>,
    balances: BTreeMap<Address, U256>,
    funds: U256,
    paused: bool,
    cap: u32,
    day: u64,
    spent: u64,
    paid_today: U256,
    signers: u32,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_agrees_with_the_model(steps in vec(step(), 1..40)) {
        check_history(&World::new(), &steps);
    }
}

/// A fixed sample of histories, for the mutants.
pub(super) fn a_sample_agrees_with_the_model() {
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config { cases: 8, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let world = World::new();
    TestRunner::new_with_rng(config, rng)
        .run(&vec(step(), 1..40), |steps| {
            check_history(&world, &steps);
            Ok(())
        })
        .expect("the contract agrees with its model");
}

fn check_history(world: &World, steps: &[Step]) {
    let mut world = world.clone();
    let mut model = Model { funds: tokens(FUNDS), cap: CAP, ..Model::default() };
    let everything = total(&world);
    for step in steps {
        let before = model.settled.clone();
        take(&mut world, &mut model, step);
        assert!(model.settled.is_superset(&before));
        check_agreement(&world, &model);
        assert_eq!(total(&world), everything, "tokens appear or vanish");
    }
}

fn take(world: &mut World, model: &mut Model, step: &Step) {
    let (owner, guardian) = (role("owner"), role("guardian"));
    match step {
        Step::Redeem(entry, item) => take_redeem(world, model, *entry, item),
        Step::RedeemMany(items) => take_redeem_many(world, model, items),
        Step::Void(index, from, to) => {
            let index = INDEXES[*index];
            let void =
                Payouts::voidMonthsCall { index: U256::from(index), from: U256::from(*from), to: U256::from(*to) };
            let wanted = from <= to && from / 16 == to / 16;
            check(&world.call(owner, &void), wanted);
            if wanted {
                model.settled.extend((*from..=*to).map(|month| (index, month)));
            }
        }
        Step::Pause => {
            check(&world.call(guardian, &Payouts::pauseCall {}), true);
            model.paused = true;
        }
        Step::Unpause => {
            check(&world.call(owner, &Payouts::unpauseCall {}), true);
            model.paused = false;
        }
        Step::Cap(cap) => {
            check(&world.call(owner, &Payouts::setDailyCapCall { cap: *cap }), true);
            model.cap = *cap;
        }
        Step::LowerCap(cap) => {
            let wanted = *cap < model.cap;
            check(&world.call(guardian, &Payouts::lowerDailyCapCall { cap: *cap }), wanted);
            model.cap = model.cap.min(*cap);
        }
        Step::Pass(seconds) => world.chain.now += seconds,
        Step::Withdraw(whole) => {
            let (token, amount) = (world.token, tokens(*whole));
            let wanted = amount <= model.funds;
            check(&world.call(owner, &Payouts::withdrawCall { token, amount }), wanted);
            if wanted {
                model.funds -= amount;
                *model.balances.entry(role("treasury")).or_default() += amount;
            }
        }
        Step::Fund(whole) => {
            let fund = Token::transferCall { to: world.payouts, amount: tokens(*whole) };
            check(&world.chain.send(role("minter"), world.token, &fund), true);
            model.funds += tokens(*whole);
        }
        Step::Rotate => {
            model.signers += 1;
            let name = format!("signer {}", model.signers);
            let set = Payouts::setSignerCall { newSigner: role(&name), isContract: false };
            check(&world.call(owner, &set), true);
            world.key = key(&name);
        }
    }
}

fn take_redeem(world: &mut World, model: &mut Model, entry: Entry, item: &Item) {
    let claim = item.claim(world);
    let wanted = model.redeem_many(world, &[item], entry != Entry::Many);
    let outcome = item.sign_as(world, |world| world.redeem_by(entry, &claim));
    check(&outcome, wanted.is_some());
    let receiver = if entry == Entry::To { role("elsewhere") } else { claim.account };
    model.credit(wanted, &[receiver]);
}

fn take_redeem_many(world: &mut World, model: &mut Model, items: &[Item]) {
    let claims = items.iter().map(|item| item.claim(world)).collect::<Vec<_>>();
    let references = items.iter().collect::<Vec<_>>();
    let wanted = model.redeem_many(world, &references, false);
    let signed = items.iter().zip(&claims);
    let signed = signed.map(|(item, claim)| item.sign_as(world, |world| world.signed(claim))).collect();
    let outcome = world.submit_many(signed);
    check(&outcome, wanted.is_some());
    if let (Ok(paid), Some(wanted)) = (&outcome.result, &wanted) {
        assert_eq!(*paid, wanted.iter().map(|(_, amount)| *amount).sum::<U256>());
    }
    let receivers = claims.iter().map(|claim| claim.account).collect::<Vec<_>>();
    model.credit(wanted, &receivers);
}

impl Model {
    /// Settles and counts what a call pays: each paid item's place and amount, or `None` if the call is refused.
    fn redeem_many(&mut self, world: &World, items: &[&Item], strict: bool) -> Option<Vec<(usize, U256)>> {
        let today = world.chain.now / DAY;
        if self.day != today {
            (self.day, self.spent, self.paid_today) = (today, 0, U256::ZERO);
        }
        let mut settled = self.settled.clone();
        let (mut paid, mut sum, mut counted) = (Vec::new(), U256::ZERO, 0);
        for (place, item) in items.iter().enumerate() {
            let index = INDEXES[item.index];
            let months = (item.from..=item.from + item.more_months).map(|month| (index, month));
            let one_block = item.from / 16 == (item.from + item.more_months) / 16;
            if item.expires_in < 0 || (one_block && months.clone().any(|month| settled.contains(&month))) {
                if strict {
                    return None;
                }
                continue;
            }
            if !one_block || item.amount.is_zero() || item.amount > tokens(MAX_CLAIM) || item.forged {
                return None;
            }
            settled.extend(months);
            paid.push((place, item.amount));
            sum += item.amount;
            counted += item.amount.div_ceil(tokens(1)).to::<u64>();
        }
        let metered = self.cap != u32::MAX;
        if self.paused || sum > self.funds || (metered && self.spent + counted > self.cap.into()) {
            return None;
        }
        if metered {
            self.spent += counted;
            self.paid_today += sum;
        }
        self.settled = settled;
        self.funds -= sum;
        Some(paid)
    }

    fn credit(&mut self, paid: Option<Vec<(usize, U256)>>, receivers: &[Address]) {
        for (place, amount) in paid.into_iter().flatten() {
            *self.balances.entry(receivers[place]).or_default() += amount;
        }
    }
}

fn check_agreement(world: &World, model: &Model) {
    for index in INDEXES {
        for month in MONTHS.start..MONTHS.end + 4 {
            assert_eq!(world.is_settled(index, month), model.settled.contains(&(index, month)), "({index}, {month})");
        }
    }
    for account in PEOPLE.map(role).into_iter().chain([role("treasury")]) {
        assert_eq!(world.balance(account), model.balances.get(&account).copied().unwrap_or_default());
    }
    assert_eq!(world.balance(world.payouts), model.funds);
    assert_eq!(world.read(&Payouts::dailyCapCall {}), model.cap);
    assert_eq!(world.read(&Payouts::pausedCall {}), model.paused);
    let today = world.chain.now / DAY;
    let spent = if model.day == today { model.spent } else { 0 };
    assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(spent));
    assert!(model.paid_today <= tokens(model.spent), "the count is never below the truth");
}

#[track_caller]
fn check<T: std::fmt::Debug>(outcome: &Outcome<T>, wanted: bool) {
    assert_eq!(outcome.result.is_ok(), wanted, "{:?}", outcome.result);
}

/// Every token that anybody has.
fn total(world: &World) -> U256 {
    let others = ["treasury", "minter"].map(role);
    let everybody = PEOPLE.map(role).into_iter().chain(others).chain([world.payouts]);
    everybody.map(|account| world.balance(account)).sum()
}

impl Item {
    fn claim(&self, world: &World) -> Claim {
        let claim = claim(role(PEOPLE[self.person]), INDEXES[self.index]);
        let mut claim = for_months(over(claim, self.amount), self.from, self.from + self.more_months);
        claim.validUntil = U256::from(world.chain.now.saturating_add_signed(self.expires_in));
        claim
    }

    /// Does `act` while the key is this item's: the programme's, or a forger's.
    fn sign_as<T>(&self, world: &mut World, act: impl FnOnce(&mut World) -> T) -> T {
        let programme = world.key.clone();
        if self.forged {
            world.key = key("mallory");
        }
        let result = act(world);
        world.key = programme;
        result
    }
}

fn step() -> impl Strategy<Value = Step> {
    let months = || MONTHS;
    prop_oneof![
        8 => (prop::sample::select(ENTRIES.to_vec()), item()).prop_map(|(entry, item)| Step::Redeem(entry, item)),
        8 => vec(item(), 0..5).prop_map(Step::RedeemMany),
        1 => (0..INDEXES.len(), months(), months()).prop_map(|(index, from, to)| Step::Void(index, from, to)),
        1 => Just(Step::Pause),
        2 => Just(Step::Unpause),
        2 => prop::sample::select(vec![u32::MAX, CAP, 201, 150, 51]).prop_map(Step::Cap),
        1 => prop::sample::select(vec![CAP, 200, 151, 50, 0]).prop_map(Step::LowerCap),
        3 => (0..2 * DAY).prop_map(Step::Pass),
        1 => (0..2 * FUNDS).prop_map(Step::Withdraw),
        1 => (0..1000_u64).prop_map(Step::Fund),
        1 => Just(Step::Rotate),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    let amount = prop_oneof![
        1 => Just(U256::ZERO),
        1 => Just(tokens(MAX_CLAIM) + U256::from(1)),
        2 => Just(tokens(MAX_CLAIM)),
        // Few sums, so that a cap is met exactly, and partial tokens on both sides of a whole one.
        8 => prop::sample::select(vec![1, 50, 51, 100]).prop_map(tokens),
        2 => prop::sample::select(vec![1, 50]).prop_map(|whole| tokens(whole) + U256::from(1)),
        2 => prop::sample::select(vec![1, 51]).prop_map(|whole| tokens(whole) - U256::from(1)),
    ];
    let expires_in = prop_oneof![9 => 0..1000_i64, 1 => -1000..0_i64];
    let forged = prop::bool::weighted(0.05);
    let people = 0..PEOPLE.len();
    (people, 0..INDEXES.len(), MONTHS, 0..3_u64, amount, expires_in, forged).prop_map(
        |(person, index, from, more_months, amount, expires_in, forged)| Item {
            person,
            index,
            from,
            more_months,
            amount,
            expires_in,
            forged,
        },
    )
}
