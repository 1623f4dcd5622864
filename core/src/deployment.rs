//! What deploys the claim contract, and whether what lives at an address is that contract.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};

use crate::{
    address::Address,
    calldata::selector,
    claim::{DOMAIN_NAME, DOMAIN_VERSION, Domain, word_of_address, word_of_u128},
    contract::Question,
    diagnostic::Diagnostic,
    hash::keccak256,
    token::{Decimals, TokenAmount},
    transfer::decimals_question,
};

/// How the contract checks signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerKind {
    /// A key signs, and is recovered.
    Key,
    /// A contract signs, and is asked (ERC-1271).
    Contract,
}

/// Whole tokens that a UTC day may pay: from 1 to 2^32 − 2, or no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DailyCap {
    /// A limit.
    Tokens(
        // INVARIANT: neither zero nor the largest number, which means no limit.
        u32,
    ),
    /// None.
    Unlimited,
}

/// The text is no daily cap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no daily cap")]
pub struct DailyCapError {
    /// The offending text.
    pub text: String,
}

impl Diagnostic for DailyCapError {
    fn code(&self) -> &'static str {
        "DEPLOY_DAILY_CAP"
    }

    fn help(&self) -> String {
        "write whole tokens from 1 to 4294967294 without separators, or `none`".to_string()
    }
}

impl FromStr for DailyCap {
    type Err = DailyCapError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self::Unlimited);
        }
        let cap = text.parse().ok().filter(|cap: &u32| ![0, u32::MAX].contains(cap) && cap.to_string() == text);
        cap.map(Self::Tokens).ok_or_else(|| DailyCapError { text: text.to_string() })
    }
}

impl fmt::Display for DailyCap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens(tokens) => formatter.pad(&tokens.to_string()),
            Self::Unlimited => formatter.pad("none"),
        }
    }
}

/// The arguments of the constructor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// What is paid in.
    pub token: Address,
    /// The decimal places of the token, which the constructor asks it.
    pub decimals: Decimals,
    /// Where withdrawals go, for ever.
    pub treasury: Address,
    /// Who replaces signer and guardian, raises the cap, voids and withdraws.
    pub owner: Address,
    /// Who pauses and lowers the cap.
    pub guardian: Address,
    /// Who signs claims.
    pub signer: Address,
    /// How its signatures are checked.
    pub signer_kind: SignerKind,
    /// What a day may pay.
    pub daily_cap: DailyCap,
    /// What one claim may be over.
    pub max_claim: TokenAmount,
}

/// Why a contract with these arguments would not pay, or not be safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// A role is the token itself.
    #[error("the {role} is the token `{token}` itself")]
    Token {
        /// The role.
        role: &'static str,
        /// The token.
        token: Address,
    },
    /// The signer could undo what bounds it.
    #[error("the signer `{signer}` is the {role}, too")]
    Signer {
        /// The other role.
        role: &'static str,
        /// The signer.
        signer: Address,
    },
    /// No claim could be redeemed.
    #[error("the largest claim is nothing")]
    NoClaim,
    /// A claim could be signed that no day pays.
    #[error("a claim of {max_claim} base units is more than the {daily_cap} whole tokens of a day")]
    NeverPaid {
        /// The largest claim.
        max_claim: TokenAmount,
        /// What a day may pay.
        daily_cap: DailyCap,
    },
    /// The contract cannot hold the token's unit.
    #[error("a token of {0} decimal places has no whole token here")]
    Unit(u8),
}

impl Diagnostic for ArgumentError {
    fn code(&self) -> &'static str {
        match self {
            Self::Token { .. } => "DEPLOY_ROLE_TOKEN",
            Self::Signer { .. } => "DEPLOY_SIGNER_ROLE",
            Self::NoClaim => "DEPLOY_MAX_CLAIM",
            Self::NeverPaid { .. } => "DEPLOY_NEVER_PAID",
            Self::Unit(_) => "DEPLOY_UNIT",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Token { .. } => "name the account that has this role",
            Self::Signer { .. } => "name another account: a stolen signer key must not undo the pause or the cap",
            Self::NoClaim => "name the most that one month may pay to one ambassador, in tokens",
            Self::NeverPaid { .. } => "raise the daily cap, or lower the largest claim",
            Self::Unit(_) => "check `decimals` in the terms",
        }
        .to_string()
    }
}

/// A contract that can be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployment {
    // INVARIANT: no role is the token, the signer has no other power, and the largest claim fits into a day.
    arguments: Arguments,
    whole_token: u128,
}

impl Deployment {
    /// Checks arguments.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn new(arguments: Arguments) -> Result<Self, Vec<ArgumentError>> {
        let Arguments { token, treasury, owner, guardian, signer, daily_cap, max_claim, .. } = arguments;
        let mut errors = Vec::new();
        for (role, account) in [("treasury", treasury), ("owner", owner), ("guardian", guardian), ("signer", signer)] {
            if account == token {
                errors.push(ArgumentError::Token { role, token });
            }
        }
        for (role, account) in [("owner", owner), ("guardian", guardian)] {
            if account == signer {
                errors.push(ArgumentError::Signer { role, signer });
            }
        }
        if max_claim.is_zero() {
            errors.push(ArgumentError::NoClaim);
        }
        let places = arguments.decimals.places();
        let whole_token = 10_u128.checked_pow(places.into());
        match (whole_token, daily_cap) {
            (None, _) => errors.push(ArgumentError::Unit(places)),
            (Some(unit), DailyCap::Tokens(cap)) if max_claim.as_base_units().div_ceil(unit) > cap.into() => {
                errors.push(ArgumentError::NeverPaid { max_claim, daily_cap });
            }
            _ => {}
        }
        match whole_token {
            Some(whole_token) if errors.is_empty() => Ok(Self { arguments, whole_token }),
            _ => Err(errors),
        }
    }

    /// Returns the arguments.
    pub const fn arguments(&self) -> &Arguments {
        &self.arguments
    }

    /// Returns the data of the transaction that deploys: the compiled creation code, and the arguments behind it.
    pub fn creation_data(&self, creation_code: &[u8]) -> Vec<u8> {
        let Arguments { token, treasury, owner, guardian, signer, max_claim, .. } = &self.arguments;
        let mut data = creation_code.to_vec();
        for account in [token, treasury, owner, guardian, signer] {
            data.extend(word_of_address(account));
        }
        data.extend(self.word_of_kind());
        data.extend(self.word_of_cap());
        data.extend(word_of_u128(max_claim.as_base_units()));
        data
    }

    fn word_of_kind(&self) -> [u8; 32] {
        word_of_u128(u128::from(self.arguments.signer_kind == SignerKind::Contract))
    }

    fn word_of_cap(&self) -> [u8; 32] {
        word_of_u128(match self.arguments.daily_cap {
            DailyCap::Tokens(tokens) => tokens.into(),
            DailyCap::Unlimited => u32::MAX.into(),
        })
    }

    /// Returns what asks the token for its decimal places, and the one word that it must answer.
    pub fn token_question(&self) -> (Question, [u8; 32]) {
        decimals_question(self.arguments.token, self.arguments.decimals)
    }

    /// Returns every question to the deployed contract, with its name and the one word that it must answer.
    pub fn questions(&self, payouts: Address) -> Vec<(&'static str, Question, [u8; 32])> {
        let Arguments { token, treasury, owner, guardian, signer, max_claim, .. } = &self.arguments;
        [
            ("token()", word_of_address(token)),
            ("treasury()", word_of_address(treasury)),
            ("owner()", word_of_address(owner)),
            ("guardian()", word_of_address(guardian)),
            ("signer()", word_of_address(signer)),
            ("signerIsContract()", self.word_of_kind()),
            ("dailyCap()", self.word_of_cap()),
            ("maxClaim()", word_of_u128(max_claim.as_base_units())),
            ("paused()", word_of_u128(0)),
        ]
        .map(|(name, expected)| (name, Question { to: payouts, data: selector(&[name]) }, expected))
        .into()
    }

    /// Checks the code at an address against the compiled one.
    ///
    /// The compiler leaves 32 zero bytes wherever the constructor puts a value that never changes; each of these must be
    /// one of the values that these arguments lead to on this chain. Every other byte must be the same.
    ///
    /// # Errors
    ///
    /// The first place where the code differs.
    pub fn check_code(&self, compiled: &[u8], found: &[u8], domain: &Domain) -> Result<(), CodeError> {
        if found.is_empty() {
            return Err(CodeError::None { payouts: domain.verifying_contract });
        }
        if found.len() != compiled.len() {
            return Err(CodeError::Length { found: found.len(), expected: compiled.len() });
        }
        let values = self.immutable_values(domain);
        let mut place = 0_usize;
        while let Some(instruction) = compiled.get(place) {
            let width = usize::from(pushed_bytes(*instruction));
            let end = place.saturating_add(1).saturating_add(width);
            let data = place.saturating_add(1)..end;
            let is_value = width == 32 && compiled.get(data.clone()).is_some_and(|word| word.iter().all(|b| *b == 0));
            let same = if is_value {
                found.get(place) == Some(instruction) && found.get(data).is_some_and(|word| values.contains(word))
            } else {
                // The last instruction may lack some of its bytes.
                let end = end.min(compiled.len());
                compiled.get(place..end) == found.get(place..end)
            };
            if !same {
                return Err(CodeError::Differs { place });
            }
            place = end;
        }
        Ok(())
    }

    /// Returns the values that the constructor puts into the code, its own and those of its EIP-712 domain.
    fn immutable_values(&self, domain: &Domain) -> BTreeSet<Vec<u8>> {
        let Arguments { token, treasury, max_claim, .. } = &self.arguments;
        let hash = |text: &str| *keccak256(&[text.as_bytes()]).as_bytes();
        let words = [
            word_of_address(token),
            word_of_address(treasury),
            word_of_u128(max_claim.as_base_units()),
            word_of_u128(self.whole_token),
            *domain.separator().as_bytes(),
            word_of_u128(domain.chain_id.into()),
            word_of_address(&domain.verifying_contract),
            hash(DOMAIN_NAME),
            hash(DOMAIN_VERSION),
            word_of_short_text(DOMAIN_NAME),
            word_of_short_text(DOMAIN_VERSION),
        ];
        words.into_iter().map(|word| word.to_vec()).collect()
    }
}

/// Returns how many bytes an instruction pushes that stand behind it.
fn pushed_bytes(instruction: u8) -> u8 {
    const PUSH0: u8 = 0x5f;
    const PUSH32: u8 = 0x7f;
    if instruction <= PUSH32 { instruction.saturating_sub(PUSH0) } else { 0 }
}

/// Returns a text of up to 31 bytes as contracts keep it in one word: its bytes, and its length in the last one.
fn word_of_short_text(text: &str) -> [u8; 32] {
    let mut word = [0; 32];
    for (byte, part) in word.iter_mut().zip(text.bytes()) {
        *byte = part;
    }
    if let Some(last) = word.last_mut() {
        *last = u8::try_from(text.len()).unwrap_or(u8::MAX);
    }
    word
}

/// Why what lives at an address is not the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Nothing does.
    #[error("there is no contract at `{payouts}`")]
    None {
        /// The address.
        payouts: Address,
    },
    /// The code is of another length.
    #[error("the code has {found} bytes and not {expected}")]
    Length {
        /// How many bytes were found.
        found: usize,
        /// How many the compiled code has.
        expected: usize,
    },
    /// An instruction differs, or a value that the arguments do not lead to.
    #[error("the code differs at byte {place}")]
    Differs {
        /// The place of the instruction, from 0.
        place: usize,
    },
}

impl Diagnostic for CodeError {
    fn code(&self) -> &'static str {
        "DEPLOYED_CODE"
    }

    fn help(&self) -> String {
        match self {
            Self::None { .. } => "check the address, and whether its transaction is final",
            Self::Length { .. } | Self::Differs { .. } => {
                "it is another contract, or has other arguments: neither fund it nor name it in the terms"
            }
        }
        .to_string()
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    /// A hundred tokens of 18 places.
    const HUNDRED: u128 = 100_000_000_000_000_000_000;

    fn address(byte: u8) -> Address {
        Address::from_bytes([byte; 20]).expect("not zero")
    }

    fn arguments() -> Arguments {
        Arguments {
            token: address(1),
            decimals: Decimals::new(18).expect("at most 30"),
            treasury: address(2),
            owner: address(3),
            guardian: address(4),
            signer: address(5),
            signer_kind: SignerKind::Key,
            daily_cap: DailyCap::Tokens(100),
            max_claim: TokenAmount::from_base_units(HUNDRED),
        }
    }

    fn check(change: impl FnOnce(&mut Arguments), expected: &[&str]) {
        let mut arguments = arguments();
        change(&mut arguments);
        let errors = Deployment::new(arguments).err().unwrap_or_default();
        assert_eq!(errors.iter().map(Diagnostic::code).collect::<Vec<_>>(), expected, "{arguments:?}");
    }

    #[test]
    fn arguments_that_would_not_pay_are_refused() {
        check(|_| {}, &[]);
        check(|arguments| arguments.owner = address(4), &[]);
        check(|arguments| arguments.treasury = address(1), &["DEPLOY_ROLE_TOKEN"]);
        check(|arguments| arguments.signer = address(3), &["DEPLOY_SIGNER_ROLE"]);
        check(|arguments| arguments.guardian = address(5), &["DEPLOY_SIGNER_ROLE"]);
        check(|arguments| arguments.max_claim = TokenAmount::ZERO, &["DEPLOY_MAX_CLAIM"]);
        let more = TokenAmount::from_base_units(HUNDRED.saturating_add(1));
        check(|arguments| arguments.max_claim = more, &["DEPLOY_NEVER_PAID"]);
        check(|arguments| (arguments.max_claim, arguments.daily_cap) = (more, DailyCap::Unlimited), &[]);
    }

    #[test]
    fn a_cap_is_a_whole_number_or_none() {
        assert_eq!("none".parse(), Ok(DailyCap::Unlimited));
        assert_eq!("4294967294".parse(), Ok(DailyCap::Tokens(4_294_967_294)));
        for text in ["", "0", "4294967295", "+5", "007", "1.0", "None"] {
            assert!(text.parse::<DailyCap>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_constructor_gets_the_arguments_in_its_order() {
        let words = |deployment: &Deployment| {
            let data = deployment.creation_data(&[0xfe]);
            let (words, rest) = data[1..].as_chunks::<32>();
            assert_eq!((data[0], rest), (0xfe, &[][..]));
            words.to_vec()
        };
        let expected = |kind, cap| {
            let accounts = [1, 2, 3, 4, 5].map(|byte| word_of_address(&address(byte)));
            [&accounts[..], &[kind, cap, HUNDRED].map(word_of_u128)].concat()
        };
        let mut arguments = arguments();
        assert_eq!(words(&Deployment::new(arguments).expect("good arguments")), expected(0, 100));
        (arguments.signer_kind, arguments.daily_cap) = (SignerKind::Contract, DailyCap::Unlimited);
        assert_eq!(words(&Deployment::new(arguments).expect("good arguments")), expected(1, u32::MAX.into()));
    }

    #[test]
    fn what_is_wrong_says_how_to_mend_it() {
        let error = "0".parse::<DailyCap>().expect_err("no cap");
        let help = "write whole tokens from 1 to 4294967294 without separators, or `none`";
        assert_eq!((error.code(), error.help().as_str()), ("DEPLOY_DAILY_CAP", help));
        assert_eq!([DailyCap::Tokens(7), DailyCap::Unlimited].map(|cap| cap.to_string()), ["7", "none"]);
        let none = CodeError::None { payouts: address(9) };
        let help = "check the address, and whether its transaction is final";
        assert_eq!((none.code(), none.help().as_str()), ("DEPLOYED_CODE", help));
        let help = "it is another contract, or has other arguments: neither fund it nor name it in the terms";
        assert_eq!(CodeError::Differs { place: 2 }.help(), help);
        for (error, help) in [
            (ArgumentError::Token { role: "owner", token: address(1) }, "name the account that has this role"),
            (
                ArgumentError::Signer { role: "owner", signer: address(5) },
                "name another account: a stolen signer key must not undo the pause or the cap",
            ),
            (ArgumentError::NoClaim, "name the most that one month may pay to one ambassador, in tokens"),
            (ArgumentError::Unit(39), "check `decimals` in the terms"),
        ] {
            assert_eq!(error.help(), help);
        }
    }

    #[test]
    fn only_values_of_these_arguments_may_stand_in_the_code() {
        let deployment = Deployment::new(arguments()).expect("good arguments");
        let domain = Domain { chain_id: 1, verifying_contract: address(9) };
        // PUSH1 1, PUSH32 of a value, STOP, and a PUSH2 that is cut short.
        let code = |value: [u8; 32], tail: u8| [&[0x60, 1, 0x7f][..], &value, &[0, 0x61, tail]].concat();
        let compiled = code([0; 32], 7);
        let check = |found: &[u8]| deployment.check_code(&compiled, found, &domain);
        assert_eq!(check(&code(word_of_address(&address(2)), 7)), Ok(()));
        assert_eq!(check(&code(*domain.separator().as_bytes(), 7)), Ok(()));
        assert_eq!(check(&code(word_of_address(&address(3)), 7)), Err(CodeError::Differs { place: 2 }));
        let mut name = [0; 32];
        name[..17].copy_from_slice(b"AmbassadorPayouts");
        name[31] = 17;
        assert_eq!(check(&code(name, 7)), Ok(()));
        assert_eq!(check(&code([1; 32], 7)), Err(CodeError::Differs { place: 2 }));
        assert_eq!(check(&code([0; 32], 7)), Err(CodeError::Differs { place: 2 }));
        assert_eq!(check(&code(word_of_address(&address(2)), 8)), Err(CodeError::Differs { place: 36 }));
        assert_eq!(check(&[]), Err(CodeError::None { payouts: address(9) }));
        assert_eq!(check(&compiled[1..]), Err(CodeError::Length { found: 37, expected: 38 }));
    }
}
