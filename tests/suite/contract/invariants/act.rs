//! Does a step on the chain and on the model, and compares.

use std::{collections::BTreeMap, fmt};

use alloy_sol_types::{SolCall, SolInterface as _, SolStruct as _};
use revm::primitives::{Address, B256, Bytes, U256};

use super::{
    books::Books,
    model::{Due, Model, Signer, months, transfer},
    state::{Powers, assert_agrees},
    step::{By, Duty, Item, Kind, NextSigner, Step, Which, Who},
};
use crate::contract::{
    abi::{AmbassadorPayouts as Payouts, Claim, Signed, Token},
    build,
    claims::{DAY, GROUP_ORDER, Signature, claim, domain, key, over, role, sign, tokens},
    evm::Outcome,
    world::{Entry, FUNDS, World},
};

/// One contract's life: the chain, what should be so, and what was written down.
#[derive(Debug)]
pub(super) struct History {
    world: World,
    model: Model,
    books: Books,
    stray: Address,
    people: Vec<Address>,
    signers: usize,
    /// How often each kind of step was done, and refused.
    done: BTreeMap<(String, bool), u32>,
}

/// What the long history must have seen done and refused.
const BOTH_WAYS: [&str; 15] = [
    "Compact",
    "Bytes",
    "To",
    "Many",
    "batch",
    "AcceptOwnership",
    "LowerCap",
    "Pause",
    "SetCap",
    "SetGuardian",
    "SetSigner",
    "TransferOwnership",
    "Unpause",
    "Void",
    "Withdraw",
];

impl History {
    pub(super) fn new(mut world: World) -> Self {
        let supply = tokens(FUNDS).to_be_bytes::<32>();
        let stray = world.chain.deploy(role("minter"), &build::double("SilentToken"), &supply).unwrap();
        let mistake = Token::transferCall { to: world.payouts, amount: tokens(FUNDS) };
        world.chain.send(role("minter"), stray, &mistake).unwrap();
        let model = Model::new(&world, tokens(FUNDS));
        let books = Books::new(Powers::of(&world));
        let people = (0..40).map(|number| role(&format!("person {number}"))).collect();
        Self { world, model, books, stray, people, signers: 0, done: BTreeMap::new() }
    }

    /// Does one step.
    ///
    /// # Panics
    ///
    /// When contract, model and books do not agree.
    pub(super) fn take(&mut self, step: &Step) {
        match step {
            Step::Redeem(entry, item, by, to) => self.redeem(*entry, item, *by, *to),
            Step::RedeemMany(items) => self.redeem_many(items, "batch"),
            Step::Duty(by, duty) => self.duty(*by, duty),
            Step::Pass(seconds) => self.world.chain.now += seconds,
            Step::ToMidnight(offset) => {
                let midnight = (self.world.chain.now / DAY + 1) * DAY;
                self.world.chain.now = midnight.saturating_add_signed(*offset);
            }
            Step::Fund(whole) => {
                let amount = tokens(*whole);
                let fund = Token::transferCall { to: self.world.payouts, amount };
                let outcome = self.world.chain.send(role("minter"), self.world.token, &fund);
                let payouts = self.world.payouts;
                let wanted = transfer(&mut self.model.balances, role("minter"), payouts, amount);
                assert_eq!(outcome.result.is_ok(), wanted.is_some());
            }
        }
        assert_agrees(&self.world, &self.model, self.stray);
    }

    fn redeem(&mut self, entry: Entry, item: &Item, by: By, to: Who) {
        if entry == Entry::Many {
            return self.redeem_many(std::slice::from_ref(item), "Many");
        }
        let c = self.claim(item);
        let (account, signature) = (c.account, self.signature(&c, item));
        let sender = match by {
            By::Right if entry == Entry::To => self.sender(account),
            By::Right => role("stranger"),
            By::Somebody(who) => self.sender(self.address(who)),
        };
        let receiver = if entry == Entry::To { self.address(to) } else { account };
        let due = Due::new(item, account, receiver);
        let wanted = (entry != Entry::To || sender == account)
            .then(|| self.model.redeem(self.world.chain.now, entry, &[due]))
            .flatten();
        let outcome = match entry {
            Entry::Compact => {
                let call = Payouts::redeem_0Call { c, r: signature.r, vs: signature.vs };
                self.world.call(sender, &call).map(drop)
            }
            Entry::Bytes => self.world.call(sender, &Payouts::redeem_1Call { c, signature: signature.bytes }).map(drop),
            Entry::To | Entry::Many => {
                let call = Payouts::redeemToCall { c, signature: signature.bytes, to: receiver };
                self.world.call(sender, &call).map(drop)
            }
        };
        self.judge(&format!("{entry:?}"), sender, &outcome, wanted.is_some());
        self.probe(item);
    }

    fn redeem_many(&mut self, items: &[Item], name: &str) {
        let claims: Vec<Claim> = items.iter().map(|item| self.claim(item)).collect();
        let due = items.iter().zip(&claims).map(|(item, claim)| Due::new(item, claim.account, claim.account));
        let due: Vec<Due> = due.collect();
        let wanted = self.model.redeem(self.world.chain.now, Entry::Many, &due);
        let signed = items.iter().zip(claims).map(|(item, claim)| {
            let Form { r, vs, .. } = self.signature(&claim, item);
            Signed { claim, r, vs }
        });
        let signed = signed.collect();
        let outcome = self.world.submit_many(signed);
        self.judge(name, role("stranger"), &outcome, wanted.is_some());
        if let (Ok(paid), Some(wanted)) = (&outcome.result, wanted) {
            assert_eq!(*paid, wanted.iter().map(|due| due.amount).sum::<U256>(), "what a batch says that it paid");
        }
        items.iter().take(1).for_each(|item| self.probe(item));
    }

    fn duty(&mut self, by: By, duty: &Duty) {
        let right = match duty {
            Duty::Pause | Duty::LowerCap(_) => self.model.guardian,
            Duty::AcceptOwnership => self.model.pending,
            _ => self.model.owner,
        };
        let sender = match by {
            By::Right => self.sender(right),
            By::Somebody(who) => self.sender(self.address(who)),
        };
        let allowed = sender == right;
        let outcome_and_wanted = match duty {
            Duty::SetSigner(next, fits) => self.set_signer(sender, allowed, *next, *fits),
            Duty::SetCap(cap) => {
                let outcome = self.call(sender, &Payouts::setDailyCapCall { cap: *cap });
                (outcome, self.change(allowed, |model| model.cap = *cap))
            }
            Duty::SetGuardian(who) => {
                let guardian = self.address(*who);
                let outcome = self.call(sender, &Payouts::setGuardianCall { newGuardian: guardian });
                (outcome, self.change(allowed && guardian != Address::ZERO, |model| model.guardian = guardian))
            }
            Duty::Unpause => {
                let outcome = self.call(sender, &Payouts::unpauseCall {});
                (outcome, self.change(allowed, |model| model.paused = false))
            }
            Duty::Void(index, from, more) => {
                let to = from.wrapping_add(U256::from(*more));
                let outcome = self.call(sender, &Payouts::voidMonthsCall { index: *index, from: *from, to });
                let months = months(*from, to).filter(|_| allowed);
                let wanted = months.is_some();
                self.model.settled.extend(months.into_iter().flatten().map(|month| (*index, month)));
                (outcome, wanted)
            }
            Duty::Withdraw(which, amount) => self.withdraw(sender, allowed, *which, *amount),
            Duty::TransferOwnership(who) => {
                let owner = self.address(*who);
                let outcome = self.call(sender, &Payouts::transferOwnershipCall { newOwner: owner });
                (outcome, self.change(allowed, |model| model.pending = owner))
            }
            Duty::AcceptOwnership => {
                let outcome = self.call(sender, &Payouts::acceptOwnershipCall {});
                (outcome, self.change(allowed, |model| (model.owner, model.pending) = (sender, Address::ZERO)))
            }
            Duty::Renounce => (self.call(sender, &Payouts::renounceOwnershipCall {}), false),
            Duty::Pause => {
                let outcome = self.call(sender, &Payouts::pauseCall {});
                (outcome, self.change(allowed, |model| model.paused = true))
            }
            Duty::LowerCap(cap) => {
                let outcome = self.call(sender, &Payouts::lowerDailyCapCall { cap: *cap });
                let wanted = allowed && *cap < self.model.cap;
                (outcome, self.change(wanted, |model| model.cap = *cap))
            }
        };
        let name = format!("{duty:?}");
        let name = name.split('(').next().unwrap_or_default();
        self.judge(name, sender, &outcome_and_wanted.0, outcome_and_wanted.1);
    }

    fn set_signer(&mut self, sender: Address, allowed: bool, next: NextSigner, fits: bool) -> (Outcome<()>, bool) {
        self.signers += 1;
        let (key_name, wallet) = (format!("signer {}", self.signers), format!("wallet {}", self.signers));
        let (address, key, is_wallet) = match next {
            NextSigner::Key => (role(&key_name), key_name, false),
            NextSigner::Wallet => {
                let code = build::double("HonestWallet");
                let owner = role(&wallet).into_word();
                (self.world.chain.deploy(role("minter"), &code, owner.as_slice()).unwrap(), wallet, true)
            }
            NextSigner::Same => {
                let Signer { address, key, is_wallet, .. } = self.model.signer.clone();
                (address, key, is_wallet)
            }
            NextSigner::Former(place) if !self.model.former.is_empty() => {
                let former = &self.model.former[place % self.model.former.len()];
                (former.address, former.key.clone(), former.is_wallet)
            }
            NextSigner::Former(_) | NextSigner::Nobody => (Address::ZERO, String::new(), false),
        };
        let signer = Signer { address, key, is_wallet, told_contract: is_wallet == fits };
        let set = Payouts::setSignerCall { newSigner: address, isContract: signer.told_contract };
        let outcome = self.call(sender, &set);
        let is_former = self.model.former.iter().any(|former| former.address == address);
        let wanted = allowed && address != Address::ZERO && !is_former;
        let set = |model: &mut Model| {
            let old = std::mem::replace(&mut model.signer, signer);
            if old.address != address {
                model.former.push(old);
            }
        };
        (outcome, self.change(wanted, set))
    }

    fn withdraw(&mut self, sender: Address, allowed: bool, which: Which, amount: U256) -> (Outcome<()>, bool) {
        let (payouts, treasury) = (self.world.payouts, role("treasury"));
        let (token, balances) = match which {
            Which::Own => (self.world.token, Some(&mut self.model.balances)),
            Which::Stray => (self.stray, Some(&mut self.model.stray)),
            Which::NoToken => (role("nobody"), None),
        };
        let balances = balances.filter(|_| allowed);
        let wanted = balances.and_then(|balances| transfer(balances, payouts, treasury, amount)).is_some();
        (self.call(sender, &Payouts::withdrawCall { token, amount }), wanted)
    }

    fn call<C: SolCall>(&mut self, sender: Address, call: &C) -> Outcome<()> {
        self.world.call(sender, call).map(drop)
    }

    fn change(&mut self, wanted: bool, change: impl FnOnce(&mut Model)) -> bool {
        if wanted {
            change(&mut self.model);
        }
        wanted
    }

    /// Compares what happened with what should have, and writes it into the books.
    fn judge<T: fmt::Debug>(&mut self, name: &str, sender: Address, outcome: &Outcome<T>, wanted: bool) {
        assert_eq!(outcome.result.is_ok(), wanted, "{name}: {:?}", outcome.result);
        if let Err(data) = &outcome.result {
            let said = Payouts::AmbassadorPayoutsErrors::abi_decode(data).is_ok();
            let poor = Token::TokenErrors::abi_decode(data).is_ok() || data.starts_with(b"NH{q");
            assert!(said || poor, "{name} is refused without a reason: {data}");
            assert!(outcome.logs.is_empty());
        }
        self.books.write(&self.world, sender, outcome);
        *self.done.entry((name.to_owned(), wanted)).or_default() += 1;
    }

    /// Asks the contract about the claim's months and their neighbours.
    fn probe(&self, item: &Item) {
        let one = U256::from(1);
        for index in [item.index, item.index ^ one] {
            for month in [item.from, item.to(), item.to().wrapping_add(one), item.from.wrapping_sub(one)] {
                let settled = self.world.read(&Payouts::isSettledCall { index, month });
                assert_eq!(settled, self.model.settled.contains(&(index, month)), "({index}, {month})");
            }
        }
    }

    fn claim(&self, item: &Item) -> Claim {
        let mut claim = over(claim(self.address(item.account), 0), item.amount);
        (claim.index, claim.from, claim.to) = (item.index, item.from, item.to());
        claim.validUntil = U256::from(self.world.chain.now.saturating_add_signed(item.expires_in));
        claim
    }

    fn address(&self, who: Who) -> Address {
        match who {
            Who::Person(number) => self.people[number],
            Who::Payouts => self.world.payouts,
            Who::Token => self.world.token,
            Who::Nobody => Address::ZERO,
            Who::Treasury => role("treasury"),
            Who::Owner => role("owner"),
            Who::Guardian => role("guardian"),
            Who::SecondOwner => role("second owner"),
            Who::SecondGuardian => role("second guardian"),
            Who::Stranger => role("stranger"),
        }
    }

    /// The account itself, or a stranger where it cannot send anything.
    fn sender(&self, account: Address) -> Address {
        let silent = [self.world.payouts, self.world.token, Address::ZERO];
        if silent.contains(&account) { role("stranger") } else { account }
    }

    /// The signature that an item asks for.
    fn signature(&self, claim: &Claim, item: &Item) -> Form {
        let chain = self.world.chain.id;
        let good = |digest: B256| sign(&key(&self.model.signer.key), digest);
        let digest = self.world.digest(claim);
        let under = |chain: u64, at: Address| good(claim.eip712_signing_hash(&domain(chain, at)));
        let signature = match item.signature {
            Kind::Good | Kind::Cut | Kind::Compact => good(digest),
            Kind::Stranger => sign(&key("mallory"), digest),
            Kind::Account => match item.account {
                Who::Person(number) => sign(&key(&format!("person {number}")), digest),
                _ => sign(&key("treasury"), digest),
            },
            Kind::Retired => {
                sign(&key(self.model.former.last().map_or("mallory", |former| former.key.as_str())), digest)
            }
            Kind::OtherChain => under(chain + 1, self.world.payouts),
            Kind::OtherContract => under(chain, self.world.token),
            Kind::OtherAmount => {
                good(self.world.digest(&over(claim.clone(), claim.amount.wrapping_add(U256::from(1)))))
            }
            Kind::HighS => {
                let low = good(digest);
                Signature { s: GROUP_ORDER - low.s, odd: !low.odd, ..low }
            }
            Kind::OtherParity => {
                let good = good(digest);
                Signature { odd: !good.odd, ..good }
            }
            Kind::Zero => Signature { r: B256::ZERO, s: U256::ZERO, odd: false },
        };
        let form = Form { r: signature.r, vs: signature.vs(), bytes: signature.bytes() };
        match item.signature {
            Kind::Cut => Form { vs: B256::ZERO, bytes: form.bytes.slice(..64), ..form },
            Kind::Compact => {
                Form { r: form.vs, vs: form.r, bytes: [form.r.as_slice(), form.vs.as_slice()].concat().into() }
            }
            _ => form,
        }
    }

    /// Requires that every kind of step was both done and refused.
    pub(super) fn assert_everything_happened(&self) {
        for name in BOTH_WAYS {
            for way in [true, false] {
                assert!(self.done.contains_key(&(name.to_owned(), way)), "{name} was never {way}: {:?}", self.done);
            }
        }
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |way: bool| self.done.iter().filter(|(key, _)| key.1 == way).map(|(_, times)| times).sum::<u32>();
        write!(f, "{} calls done, {} refused, {}", sum(true), sum(false), self.books)
    }
}

/// A signature in both forms.
struct Form {
    r: B256,
    vs: B256,
    bytes: Bytes,
}
