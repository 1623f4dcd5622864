//! How signed acceptances join the records: each gives a referral its times, its ambassador and the creator's account.
//!
//! Data flows one way, from the acceptances into the records that rules R2 to R11 see. A row of the same creator and
//! ambassador may stand there already, with approval and launch; its own times may be empty or the same. Whether an
//! acceptance counts (`INVITE_EXPIRED`, `OTHER_AMBASSADOR_FIRST`, `SELF_REFERRAL`) the rules say as of any other.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    address::Address,
    attribution::{first_accepted, self_referrals},
    calendar::{Days, Instant},
    diagnostic::Diagnostic,
    identifier::{AmbassadorId, CoinId, CreatorId, canonical_actor},
    invite::SignedAcceptance,
    inviting::{InviteError, accepted},
    programme::{Pin, Programme},
    records::{Ambassador, Party, Payee, Records, Referral, ReferralStatus, Relation, Resolution},
    terms::TermsHistory,
};

/// An acceptance that cannot join the records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct AcceptanceError {
    /// The position of the acceptance among those that were given.
    pub acceptance: usize,
    /// The position of another one that it cannot stand beside.
    pub other: Option<usize>,
    /// The field that it is about.
    pub field: &'static str,
    /// What is wrong.
    pub problem: AcceptanceProblem,
}

/// What is wrong with an acceptance beside the records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum AcceptanceProblem {
    #[error(transparent)]
    Invite(InviteError),
    #[error("the account `{0}` is no ambassador's")]
    NoAmbassador(Address),
    #[error("the account `{0}` is that of several ambassadors")]
    ManyAmbassadors(Address),
    #[error("creator `{creator}` accepted `{ambassador}` already")]
    Twice { creator: CreatorId, ambassador: AmbassadorId },
    #[error("creator `{creator}` accepted with the account `{first}` before, not with `{account}`")]
    OtherAccount { creator: CreatorId, account: Address, first: Address },
    #[error("`referrals.csv` has the coin `{row}` for creator `{creator}`, and the acceptance `{coin}`")]
    OtherCoin { creator: CreatorId, coin: CoinId, row: CoinId },
    #[error("`referrals.csv` has {row} in `{column}` of `{creator}` and `{ambassador}`, and the acceptance {at}")]
    OtherTime { creator: CreatorId, ambassador: AmbassadorId, column: &'static str, at: Instant, row: Instant },
}

impl Diagnostic for AcceptanceError {
    fn code(&self) -> &'static str {
        match &self.problem {
            AcceptanceProblem::Invite(error) => error.code(),
            AcceptanceProblem::NoAmbassador(_) => "INVITE_AMBASSADOR_UNKNOWN",
            AcceptanceProblem::ManyAmbassadors(_) => "INVITE_AMBASSADOR_AMBIGUOUS",
            AcceptanceProblem::Twice { .. } => "ACCEPTANCE_TWICE",
            AcceptanceProblem::OtherAccount { .. } => "ACCEPTANCE_OTHER_ACCOUNT",
            AcceptanceProblem::OtherCoin { .. } => "COIN_DIFFERS",
            AcceptanceProblem::OtherTime { .. } => "TIME_DIFFERS",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            AcceptanceProblem::Invite(error) => return error.help(),
            AcceptanceProblem::NoAmbassador(_) => {
                "enrol the ambassador with this payee; if it is an earlier account of theirs, add it to `parties.csv` as `ambassador:<id>`"
            }
            AcceptanceProblem::ManyAmbassadors(_) => "keep the account in `parties.csv` for one of them only",
            AcceptanceProblem::Twice { .. } => "the first one counts and is fixed: remove this file",
            AcceptanceProblem::OtherAccount { .. } => {
                "one of the two is not the creator: ask them, and remove the other file; if both accounts are theirs, add both to `parties.csv` as `creator:<id>`"
            }
            AcceptanceProblem::OtherCoin { .. } => {
                "a creator has one coin: correct the row, or let the creator accept again with the right one"
            }
            AcceptanceProblem::OtherTime { .. } => "empty the cell: the signed acceptance fills it in",
        }
        .to_string()
    }
}

/// An acceptance that joined the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The ambassador whose account invited.
    pub ambassador: AmbassadorId,
    /// When the invite was made.
    pub invited_at: Instant,
    /// Where its referral stands among the rows.
    pub row: usize,
}

/// Lets acceptances, whose signatures were checked, join the records; returns what each became, in their order.
///
/// The order in which they are given does not matter.
///
/// # Errors
///
/// Every acceptance that cannot stand under its terms, beside the rows, or beside another one.
pub fn join(records: &mut Records, acceptances: &[SignedAcceptance]) -> Result<Vec<Joined>, Vec<AcceptanceError>> {
    let mut order: Vec<(usize, &SignedAcceptance)> = acceptances.iter().enumerate().collect();
    let late = |signed: &SignedAcceptance| signed.invite.invite.expires <= signed.acceptance.accepted_at;
    // One in time goes before one that came too late, then the first, then the earlier invite.
    order.sort_by_key(|(_, signed)| {
        let SignedAcceptance { invite, acceptance, .. } = signed;
        (late(signed), acceptance.accepted_at, invite.invite.expires, acceptance.invite, acceptance.account)
    });
    let mut join = Join::new(records);
    let mut joined = BTreeMap::new();
    let mut errors = Vec::new();
    for (position, signed) in order {
        match join.one(position, signed) {
            Ok(done) => {
                joined.insert(position, done);
            }
            Err((field, other, problem)) => {
                errors.push(AcceptanceError { acceptance: position, other, field, problem });
            }
        }
    }
    errors.sort_by_key(|error| error.acceptance);
    if errors.is_empty() { Ok(joined.into_values().collect()) } else { Err(errors) }
}

type Refused = (&'static str, Option<usize>, AcceptanceProblem);

struct Join<'a> {
    records: &'a mut Records,
    /// Whose account an account is, by payees, pinned names and parties.
    accounts: BTreeMap<String, Vec<AmbassadorId>>,
    /// Where the first row of a creator and an ambassador stands.
    rows: BTreeMap<(CreatorId, AmbassadorId), usize>,
    /// Where the first row of an actor, in canonical form, and a relation stands.
    parties: BTreeMap<(Relation, String), usize>,
    /// The acceptance of a creator and an ambassador.
    met: BTreeMap<(CreatorId, AmbassadorId), usize>,
    /// The first acceptance of a creator, and its account.
    first: BTreeMap<CreatorId, (usize, Address)>,
}

impl<'a> Join<'a> {
    fn new(records: &'a mut Records) -> Self {
        let (mut rows, mut parties) = (BTreeMap::new(), BTreeMap::new());
        for (place, row) in records.referrals.iter().enumerate() {
            rows.entry((row.creator.clone(), row.ambassador.clone())).or_insert(place);
        }
        for (place, row) in records.parties.iter().enumerate() {
            let actor = canonical_actor(row.actor.as_str()).into_owned();
            parties.entry((row.relation.clone(), actor)).or_insert(place);
        }
        Self { accounts: accounts(records), rows, parties, records, met: BTreeMap::new(), first: BTreeMap::new() }
    }

    fn one(&mut self, position: usize, signed: &SignedAcceptance) -> Result<Joined, Refused> {
        let SignedAcceptance { invite, acceptance, .. } = signed;
        let made = accepted(&invite.invite, &invite.domain, acceptance.accepted_at, &self.records.terms);
        let invited_at = made.map_err(|error| (field_of(&error), None, AcceptanceProblem::Invite(error)))?.invited_at;
        let ambassador = self.ambassador(invite.invite.ambassador)?;
        let creator = &acceptance.creator;
        let pair = (creator.clone(), ambassador.clone());
        if let Some(other) = self.met.get(&pair) {
            let problem = AcceptanceProblem::Twice { creator: creator.clone(), ambassador };
            return Err(("acceptance.creator", Some(*other), problem));
        }
        self.met.insert(pair, position);
        self.one_account(position, creator, acceptance.account)?;
        let row = self.row(creator, &ambassador, &acceptance.coin, invited_at, acceptance.accepted_at)?;
        self.party(creator, acceptance.account, acceptance.accepted_at);
        Ok(Joined { ambassador, invited_at, row })
    }

    fn ambassador(&self, account: Address) -> Result<AmbassadorId, Refused> {
        let refused = |problem| ("invite.invite.ambassador", None, problem);
        match self.accounts.get(canonical_actor(&account.to_string()).as_ref()).map(Vec::as_slice) {
            Some([one]) => Ok(one.clone()),
            None | Some([]) => Err(refused(AcceptanceProblem::NoAmbassador(account))),
            Some(_) => Err(refused(AcceptanceProblem::ManyAmbassadors(account))),
        }
    }

    /// Refuses a second account of a creator that the programme did not write down as theirs.
    fn one_account(&mut self, position: usize, creator: &CreatorId, account: Address) -> Result<(), Refused> {
        let (other, first) = *self.first.entry(creator.clone()).or_insert((position, account));
        if first == account || [first, account].iter().all(|account| self.is_on_record(creator, *account)) {
            return Ok(());
        }
        let problem = AcceptanceProblem::OtherAccount { creator: creator.clone(), account, first };
        Err(("acceptance.account", Some(other), problem))
    }

    fn is_on_record(&self, creator: &CreatorId, account: Address) -> bool {
        let place = self.parties.get(&party_of(creator, account));
        place.and_then(|place| self.records.parties.get(*place)).is_some_and(|row| row.since.is_none())
    }

    /// Fills a row in, or adds one; returns its place.
    fn row(
        &mut self,
        creator: &CreatorId,
        ambassador: &AmbassadorId,
        coin: &CoinId,
        invited_at: Instant,
        accepted_at: Instant,
    ) -> Result<usize, Refused> {
        let referrals = &mut self.records.referrals;
        let next = referrals.len();
        let place = *self.rows.entry((creator.clone(), ambassador.clone())).or_insert(next);
        let Some(row) = referrals.get_mut(place) else {
            referrals.push(Referral {
                creator: creator.clone(),
                coin: coin.clone(),
                ambassador: ambassador.clone(),
                invited_at: Some(invited_at),
                accepted_at: Some(accepted_at),
                approved_at: None,
                launched_at: None,
                status: ReferralStatus::Active,
            });
            return Ok(place);
        };
        if row.coin != *coin {
            let (creator, coin, row) = (creator.clone(), coin.clone(), row.coin.clone());
            return Err(("acceptance.coin", None, AcceptanceProblem::OtherCoin { creator, coin, row }));
        }
        for (cell, column, at, field) in [
            (&mut row.invited_at, "invited_at", invited_at, "invite.invite.expires"),
            (&mut row.accepted_at, "accepted_at", accepted_at, "acceptance.acceptedAt"),
        ] {
            let row = *cell.get_or_insert(at);
            if row != at {
                let (creator, ambassador) = (creator.clone(), ambassador.clone());
                return Err((field, None, AcceptanceProblem::OtherTime { creator, ambassador, column, at, row }));
            }
        }
        Ok(place)
    }

    /// Writes down that the account is the creator's: who signs with it is a related party (rule R3).
    fn party(&mut self, creator: &CreatorId, account: Address, accepted_at: Instant) {
        let party = party_of(creator, account);
        let (Ok(actor), relation) = (party.1.parse(), party.0.clone()) else { return };
        let next = self.records.parties.len();
        match self.records.parties.get_mut(*self.parties.entry(party).or_insert(next)) {
            Some(row) => row.since = row.since.map(|since| since.min(accepted_at)),
            None => self.records.parties.push(Party { actor, relation, since: Some(accepted_at) }),
        }
    }
}

/// Returns the relation and the actor of a creator's account.
fn party_of(creator: &CreatorId, account: Address) -> (Relation, String) {
    (Relation::Creator(creator.clone()), canonical_actor(&account.to_string()).into_owned())
}

/// Returns the field of the document that an error is about.
fn field_of(error: &InviteError) -> &'static str {
    match error {
        InviteError::TermsUnknown { .. } | InviteError::TermsReplaced { .. } => "invite.invite.terms",
        InviteError::OtherProgramme { .. } => "invite.domain",
        InviteError::TooEarly { .. } => "invite.invite.expires",
        _ => "acceptance.acceptedAt",
    }
}

/// Returns whose account an account is: a payee's, one that was pinned to a payee's name and counted, or on record.
fn accounts(records: &Records) -> BTreeMap<String, Vec<AmbassadorId>> {
    let mut accounts: BTreeMap<String, Vec<AmbassadorId>> = BTreeMap::new();
    let mut add = |actor: &str, id: &AmbassadorId| {
        let ids = accounts.entry(canonical_actor(actor).into_owned()).or_default();
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    };
    for ambassador in &records.ambassadors {
        for account in paid_to(ambassador, &records.resolutions) {
            add(&account.to_string(), &ambassador.id);
        }
    }
    for party in &records.parties {
        if let Relation::Ambassador(id) = &party.relation {
            add(party.actor.as_str(), id);
        }
    }
    accounts
}

/// Returns every account that an ambassador was or is paid to.
///
/// A name's earlier account stays the ambassador's: what it signed does not become another's when the name moves. An
/// account that nobody confirmed is not theirs yet.
fn paid_to(ambassador: &Ambassador, resolutions: &[Resolution]) -> Vec<Address> {
    let name = match &ambassador.payee {
        Payee::Address(account) => return [*account].into(),
        Payee::Name(name) => name,
    };
    let mut rows: Vec<&Resolution> = resolutions.iter().filter(|row| row.name == *name).collect();
    rows.sort_by_key(|row| row.block);
    let pins = (1..=rows.len()).filter_map(|length| Pin::of(rows.get(..length)?));
    pins.filter_map(|pin| if let Pin::Account(account) = pin { Some(account) } else { None }).collect()
}

/// Where an acceptance stands by rule R2, as far as acceptances alone can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptanceStanding {
    /// It was the first.
    First,
    /// The invite had ended.
    Expired,
    /// Another ambassador's was before.
    OtherFirst(AmbassadorId),
    /// Creator and ambassador are one.
    SelfReferral,
}

impl AcceptanceStanding {
    /// Returns the reason code (rule R10), or `ACCEPTED`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::First => "ACCEPTED",
            Self::Expired => "INVITE_EXPIRED",
            Self::OtherFirst(_) => "OTHER_AMBASSADOR_FIRST",
            Self::SelfReferral => "SELF_REFERRAL",
        }
    }
}

/// Where acceptances stand, all that is on record being known.
#[derive(Clone, Debug)]
pub struct Standings<'a> {
    referrals: BTreeMap<&'a CreatorId, Vec<&'a Referral>>,
    history: &'a TermsHistory,
    self_referrals: BTreeSet<(CreatorId, AmbassadorId)>,
}

impl<'a> Standings<'a> {
    /// Looks at a programme's referrals.
    pub fn of(programme: &'a Programme) -> Self {
        Self {
            referrals: programme.referrals_by_creator(),
            history: &programme.records().terms,
            self_referrals: self_referrals(programme),
        }
    }

    /// Returns where the acceptance of a creator and an ambassador stands.
    pub fn standing(&self, creator: &CreatorId, ambassador: &AmbassadorId) -> AcceptanceStanding {
        let referrals = self.referrals.get(creator).map(Vec::as_slice).unwrap_or_default();
        let latest = referrals.iter().filter_map(|row| row.accepted_at).max().unwrap_or(Instant::EPOCH);
        match first_accepted(referrals, self.history, latest.plus(Days::ONE)) {
            Some((first, _)) if first.ambassador != *ambassador => {
                AcceptanceStanding::OtherFirst(first.ambassador.clone())
            }
            None => AcceptanceStanding::Expired,
            Some(_) if self.self_referrals.contains(&(creator.clone(), ambassador.clone())) => {
                AcceptanceStanding::SelfReferral
            }
            Some(_) => AcceptanceStanding::First,
        }
    }
}

/// A creator who was one ambassador's when a month was settled, and would now be another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseated {
    /// The creator.
    pub creator: CreatorId,
    /// Whose the creator was.
    pub settled: AmbassadorId,
    /// Whose the creator would be.
    pub ambassador: AmbassadorId,
}

/// Returns the creators whose first acceptance as of a settled month was another one than it would be now.
///
/// A creator's clock says when an acceptance was signed, so that one may be dated back: what a settled month saw as the
/// first is fixed (rule R2).
pub fn unseated(settled: &Programme, now: &Programme, as_of: Instant) -> Vec<Unseated> {
    let first = |programme: &Programme| -> BTreeMap<CreatorId, AmbassadorId> {
        let by_creator = programme.referrals_by_creator();
        let history = &programme.records().terms;
        let first = |(creator, referrals): (&CreatorId, Vec<&Referral>)| {
            Some((creator.clone(), first_accepted(&referrals, history, as_of)?.0.ambassador.clone()))
        };
        by_creator.into_iter().filter_map(first).collect()
    };
    let now = first(now);
    let changed = |(creator, settled): (CreatorId, AmbassadorId)| {
        let ambassador = now.get(&creator)?.clone();
        (ambassador != settled).then_some(Unseated { creator, settled, ambassador })
    };
    first(settled).into_iter().filter_map(changed).collect()
}
