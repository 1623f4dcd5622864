//! What the claim contract answers and says, and what may become of claims by it.

use alloy_primitives::keccak256 as other_keccak;
use ambassador_core::{
    address::Address,
    calendar::Month,
    calldata,
    claim::{Claim, Domain, MonthRange},
    contract::{
        AnswerError, ContractSigned, ContractState, Refusal, max_claim_question, questions, read_max_claim,
        read_settled, read_token, settled_question, what_to_do,
    },
    contract_event::{Redeemed, Voided, settling_topics},
    diagnostic::Diagnostic as _,
    ens,
    funding::{Sum, Tally},
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
    redemption::{ChainState, Outcome, Presented, Signer, judge, shown_time},
    token::TokenAmount,
};

fn account(byte: u8) -> Address {
    Address::from_bytes([byte; 20]).expect("an account")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn tokens(amount: u128) -> TokenAmount {
    TokenAmount::from_base_units(amount)
}

fn domain() -> Domain {
    Domain { chain_id: 1, verifying_contract: account(0xcc) }
}

fn claim(index: u32, from: &str, to: &str, amount: u128, deadline: u64) -> Claim {
    Claim {
        account: account(0xaa),
        index: AmbassadorIndex::new(index),
        months: MonthRange::new(month(from), month(to)).expect("months of one block"),
        amount: tokens(amount),
        deadline,
        statement: keccak256(&[b"statement"]),
    }
}

fn word(value: u128) -> Vec<u8> {
    [[0; 16], value.to_be_bytes()].concat()
}

fn address_word(byte: u8) -> Vec<u8> {
    [vec![0; 12], vec![byte; 20]].concat()
}

fn array(word: &[u8]) -> [u8; 32] {
    word.try_into().expect("32 bytes")
}

fn selector(signature: &str) -> Vec<u8> {
    other_keccak(signature)[..4].to_vec()
}

/// Two claims that share a month, and the answers about them: the later month is settled.
fn asked() -> ([Claim; 2], Vec<Vec<u8>>) {
    let claims = [claim(3, "2020-11", "2020-12", 100, 50), claim(3, "2020-12", "2020-12", 7, 50)];
    let answers = vec![
        address_word(0x51),
        word(1),
        word(0),
        word(u32::MAX.into()),
        word(12),
        vec![0xff; 32],
        word(2),
        word(900),
        word(0),
        word(1),
    ];
    (claims, answers)
}

#[test]
fn the_contract_is_asked_and_its_answers_are_read() {
    let (claims, answers) = asked();
    let signed = [ContractSigned {
        signer: account(0x51),
        digest: claims[0].digest(&domain()),
        signature: "0x0badc0de".parse().expect("a signature"),
    }];
    let asked = questions(&domain(), &account(0x70), &claims, &signed);
    let expected = ["signer()", "signerIsContract()", "paused()", "dailyCap()", "spentToday()", "maxClaim()"];
    let expected =
        expected.into_iter().chain(["decimals()", "balanceOf(address)"]).chain(["isSettled(uint256,uint256)"; 2]);
    let expected = expected.chain(["isValidSignature(bytes32,bytes)"]);
    let selectors: Vec<_> = expected.map(selector).collect();
    assert_eq!(asked.iter().map(|question| question.data[..4].to_vec()).collect::<Vec<_>>(), selectors);
    assert_eq!(asked[9], settled_question(&domain(), AmbassadorIndex::new(3), month("2020-12")));
    assert_eq!(asked[9].data[4..], [word(3), word(611)].concat());
    assert_eq!(asked[5], max_claim_question(&domain()));
    assert_eq!((asked[10].to, asked[0].to), (account(0x51), domain().verifying_contract));
    assert_eq!(asked[10].data, calldata::is_valid_signature(&signed[0].digest, &[0x0b, 0xad, 0xc0, 0xde]));

    let state = ContractState {
        signer: account(0x51),
        signer_is_contract: true,
        paused: false,
        daily_cap: None,
        spent_today: 12,
        max_claim: tokens(u128::MAX),
        unit: 100,
        balance: tokens(900),
        settled: [(3, month("2020-12"))].into(),
        confirmed: Vec::new(),
    };
    // A contract that signed says one word; whatever else it says, or where it says nothing, it did not.
    let yes = calldata::is_valid_signature_yes();
    let confirmed = vec![(account(0x51), signed[0].digest)];
    for (answer, confirmed) in [
        (yes.to_vec(), confirmed),
        ([yes.as_slice(), &[0]].concat(), Vec::new()),
        (yes[..4].to_vec(), Vec::new()),
        (vec![0xff; 32], Vec::new()),
        (Vec::new(), Vec::new()),
    ] {
        let answers = [answers.clone(), vec![answer]].concat();
        let expected = ContractState { confirmed, ..state.clone() };
        assert_eq!(ContractState::read(&claims, &signed, &answers), Ok(expected));
    }
    let error = ContractState::read(&claims, &signed, &answers).expect_err("one too few");
    assert_eq!(error, AnswerError::Number { found: 10, expected: 11 });
    assert_eq!(ContractState::read(&claims, &[], &answers), Ok(state.clone()));
    let changed = |place: usize, answer: Vec<u8>| {
        let mut answers = answers.clone();
        answers[place] = answer;
        ContractState::read(&claims, &[], &answers)
    };
    assert_eq!(changed(3, word(5)), Ok(ContractState { daily_cap: Some(5), ..state.clone() }));
    assert_eq!(changed(2, word(1)), Ok(ContractState { paused: true, ..state }));
    for (place, answer, question) in [
        (0, [vec![1; 12], vec![7; 20]].concat(), "signer()"),
        (0, vec![0; 32], "signer()"),
        (1, word(2), "signerIsContract()"),
        (4, Vec::new(), "spentToday()"),
        (6, word(39), "decimals()"),
        (9, word(2), "isSettled(uint256,uint256)"),
    ] {
        let error = changed(place, answer.clone()).expect_err(question);
        let said = format!("the answer `0x{}` to `{question}` cannot be read", hex::encode(answer));
        assert_eq!((error.code(), error.to_string()), ("CHAIN_ANSWER", said));
        assert_eq!(error.help(), "ask again, or through another node");
    }
    let error = ContractState::read(&claims, &[], &answers[..9]).expect_err("one too few");
    assert_eq!(error, AnswerError::Number { found: 9, expected: 10 });
    let nobody = ContractState::read(&claims, &[], &vec![Vec::new(); 10]).expect_err("nobody answers");
    assert_eq!((nobody.code(), nobody.help().as_str()), ("NO_CONTRACT", "choose the network that the claims are for"));
}

#[test]
fn single_answers_are_read() {
    assert_eq!([0, 1].map(|number| read_settled(word(number))), [Ok(false), Ok(true)]);
    assert!(read_settled(word(2)).is_err());
    assert_eq!(read_max_claim(word(77)), Ok(tokens(77)));
    assert_eq!(read_token(address_word(7)), Ok(account(7)));
    assert_eq!(read_token(Vec::new()), Err(AnswerError::NoContract));
    assert_eq!(calldata::is_valid_signature_yes()[..4], selector("isValidSignature(bytes32,bytes)"));
    assert_eq!(calldata::is_valid_signature_yes()[4..], [0; 28]);
    // Bytes are filled up to whole words, and whole words by none.
    for (length, words) in [(0, 3), (1, 4), (32, 4), (33, 5), (64, 5)] {
        let data = calldata::is_valid_signature(&Hash32::default(), &vec![7; length]);
        assert_eq!(data.len(), 4 + 32 * words, "{length}");
    }
    let error = ens::read_answer(&[7; 65]).expect_err("too long");
    let said = format!("the answer `0x{}…` is no address in one word of 32 bytes", "07".repeat(64));
    assert_eq!((error.code(), error.to_string()), ("ENS_ANSWER", said));
    assert_eq!(error.help(), "let the name's owner set a resolver that answers `addr(bytes32)`");
    let error = ens::read_answer(&[7; 64]).expect_err("two words");
    assert_eq!(error.to_string(), format!("the answer `0x{}` is no address in one word of 32 bytes", "07".repeat(64)));
}

#[test]
fn refusals_are_told_apart_and_each_says_what_to_do() {
    for (text, code, help) in [
        ("RedemptionsPaused()", "PAUSED", "Wait until the programme unpauses them."),
        (
            "ClaimExpired(uint256)",
            "CLAIM_EXPIRED",
            "The amount is still owed: ask the treasury to issue the claim again.",
        ),
        ("AlreadySettled(uint256,uint256,uint256)", "ALREADY_SETTLED", "Nothing is left to redeem of it."),
        ("ZeroAmount()", "CLAIM_ZERO", "There is nothing to redeem."),
        ("AboveMaxClaim(uint256,uint256)", "ABOVE_MAX_CLAIM", "Ask the treasury to split it."),
        ("DailyCapExceeded(uint256,uint256,uint256)", "DAILY_CAP", "Try again after midnight UTC."),
        ("InvalidSignature(bytes32)", "SIGNER_DIFFERS", "Fetch the claim again, or ask the treasury to sign it again."),
        ("InvalidMonths(uint256,uint256)", "CLAIM_MONTHS", "Fetch the claim again from the programme."),
        ("NotAccount(address,address)", "NOT_ACCOUNT", "Send from the account that the claim is for."),
        ("ERC20InsufficientBalance(address,uint256,uint256)", "NO_FUNDS", "Ask the treasury to fund the month."),
        ("Error(string)", "NO_FUNDS", "Ask the treasury to fund the month."),
        ("Other()", "REVERTED", "Check that the claim, the network and the contract belong together."),
    ] {
        let refusal = Refusal::read(&selector(text));
        assert_eq!((refusal.code, refusal.help), (code, help), "{text}");
        assert!(refusal.sentence.ends_with('.'), "{text}");
    }
    for (code, help) in [
        ("READY", ""),
        ("WRONG_CHAIN", "Switch the network."),
        ("STATEMENT_MISSING", "Fetch claim and statement again from the programme."),
        ("STATEMENT_DIFFERS", "Fetch claim and statement again from the programme."),
    ] {
        assert_eq!(what_to_do(code), help);
    }
    assert_eq!(Refusal::read(&[]).sentence, "The contract refused the call with `0x`.");
    let shown = format!("The contract refused the call with `0x{}`.", "07".repeat(36));
    assert_eq!(Refusal::read(&[7; 40]).sentence, shown);
}

#[test]
fn events_that_settle_months_are_read_and_no_others() {
    let [redeemed, voided] =
        ["Redeemed(address,uint256,uint256,uint256,uint256,bytes32)", "Voided(uint256,uint256,uint256)"]
            .map(|event| *other_keccak(event));
    assert_eq!(settling_topics().map(|topic| *topic.as_bytes()), [redeemed, voided]);
    let index = array(&word(3));
    let found = Redeemed::topics(AmbassadorIndex::new(3));
    assert_eq!(found.map(|topic| *topic.as_bytes()), [redeemed, index]);

    let topics = [redeemed, array(&address_word(7)), index];
    let data = [word(610), word(611), word(99), vec![9; 32]].concat();
    let event = Redeemed {
        account: account(7),
        index: 3,
        from: month("2020-11"),
        to: month("2020-12"),
        amount: tokens(99),
        statement: Hash32::from_bytes([9; 32]),
    };
    assert_eq!(Redeemed::read(&topics, &data), Some(event));
    assert_eq!(Redeemed::read(&[voided, topics[1], index], &data), None);
    assert_eq!(Redeemed::read(&topics[..2], &data), None);
    assert_eq!(Redeemed::read(&topics, &data[..127]), None);
    assert_eq!(Redeemed::read(&topics, &[&data[..], &[0]].concat()), None);

    let topics = [voided, index];
    let data = [word(610), word(611)].concat();
    let event = Voided { index: 3, from: month("2020-11"), to: month("2020-12") };
    assert_eq!(Voided::read(&topics, &data), Some(event));
    assert_eq!(Voided::read(&[redeemed, index], &data), None);
    assert_eq!(Voided::read(&topics, &data[..63]), None);
    assert_eq!(Voided::read(&topics, &[&data[..], &[0]].concat()), None);
    assert_eq!(Voided::read(&topics, &[word(2_760), word(2_760)].concat()), None, "after 2199");
}

#[test]
fn claims_are_settled_expired_or_open() {
    let (asked, answers) = asked();
    let state = ContractState::read(&asked, &[], &answers).expect("answers");
    let claims = [
        asked[0],
        claim(4, "2020-12", "2020-12", 20, 99),
        claim(4, "2021-01", "2021-01", 3, 100),
        claim(4, "2021-02", "2021-02", 4, 101),
    ];
    let sum = |claims, amount| Sum { claims, amount: tokens(amount) };
    let tally = Tally { settled: sum(1, 100), expired: sum(1, 20), open: sum(2, 7) };
    assert_eq!(Tally::of(&claims, &state, 100), Some(tally));
    assert_eq!(Sum::of(&claims), Some(sum(4, 127)));
    assert_eq!(Sum::of(&[claim(1, "2020-12", "2020-12", u128::MAX, 1), claims[0]]), None);
}

#[test]
fn claims_are_judged_in_order_by_what_is_left() {
    let (_, answers) = asked();
    let contract = ContractState::read(&asked().0, &[], &answers).expect("answers");
    let contract = ContractState { signer_is_contract: false, daily_cap: Some(20), max_claim: tokens(700), ..contract };
    let chain = ChainState { chain_id: 1, timestamp: 1_606_867_200, contract };
    let good = claim(4, "2020-12", "2020-12", 500, 1_606_867_200);
    let presented = |claim: Claim| Presented {
        domain: domain(),
        claim,
        signer: Signer::Key(account(0x51)),
        statement: Some(claim.statement),
    };
    let of = |presented: &[Presented], chain: &ChainState| {
        let judged = judge(presented, chain);
        judged.iter().map(|verdict| (verdict.outcome, verdict.code)).collect::<Vec<_>>()
    };
    let ready = (Outcome::Redeemable, "READY");
    assert_eq!(of(&[presented(good)], &chain), [ready]);
    // 500 and 301 base units are 5 and 4 whole tokens of the 8 that the day has left.
    let several = |amounts: [u128; 4]| {
        let one =
            |(index, amount)| presented(Claim { index: AmbassadorIndex::new(index), amount: tokens(amount), ..good });
        (4..).zip(amounts).map(one).collect::<Vec<_>>()
    };
    let many = several([500, 200, 101, 100]);
    assert_eq!(of(&many, &chain), [ready, ready, (Outcome::Refused, "DAILY_CAP"), ready]);
    // What cannot be redeemed uses up nothing.
    let wide = ChainState { contract: ContractState { daily_cap: None, ..chain.contract.clone() }, ..chain.clone() };
    let many = several([500, 401, 400, 1]);
    assert_eq!(of(&many, &wide), [ready, (Outcome::Refused, "NO_FUNDS"), ready, (Outcome::Refused, "NO_FUNDS")]);

    let contract = |change: fn(&mut ContractState)| {
        let mut changed = chain.clone();
        change(&mut changed.contract);
        of(&[presented(good)], &changed)
    };
    assert_eq!(contract(|contract| contract.paused = true), [(Outcome::Refused, "PAUSED")]);
    assert_eq!(contract(|contract| contract.signer_is_contract = true), [(Outcome::Refused, "SIGNER_DIFFERS")]);
    assert_eq!(contract(|contract| contract.max_claim = tokens(499)), [(Outcome::Refused, "ABOVE_MAX_CLAIM")]);
    let one = |presented: Presented| of(&[presented], &chain)[0];
    let bad = presented(good);
    for signer in [Signer::Key(account(1)), Signer::Contract(account(0x51)), Signer::Contract(account(1))] {
        assert_eq!(one(Presented { signer, ..bad }), (Outcome::Refused, "SIGNER_DIFFERS"));
    }
    // A contract that is the signer must have said of this very claim that it signed it.
    let of_contract = Presented { signer: Signer::Contract(account(0x51)), ..bad };
    let digest = good.digest(&domain());
    for (confirmed, expected) in [
        (vec![(account(0x51), digest)], ready),
        (vec![(account(1), digest)], (Outcome::Refused, "SIGNATURE_NOT_OF_CONTRACT")),
        (vec![(account(0x51), Hash32::default())], (Outcome::Refused, "SIGNATURE_NOT_OF_CONTRACT")),
        (Vec::new(), (Outcome::Refused, "SIGNATURE_NOT_OF_CONTRACT")),
    ] {
        let mut chain = chain.clone();
        (chain.contract.signer_is_contract, chain.contract.confirmed) = (true, confirmed);
        assert_eq!(of(&[of_contract], &chain), [expected]);
        assert_eq!(of(&[bad], &chain), [(Outcome::Refused, "SIGNER_DIFFERS")], "a key is not the contract");
    }
    // Of claims over one month the first that can be redeemed is; of another ambassador, or month, it is nothing.
    let span = Claim { months: claim(4, "2020-11", "2020-12", 1, 1).months, amount: tokens(1), ..good };
    let later = Claim { months: claim(4, "2021-01", "2021-01", 1, 1).months, amount: tokens(1), ..good };
    let another = (Outcome::Refused, "OTHER_CLAIM_FIRST");
    assert_eq!(of(&[presented(span), presented(good), presented(later)], &chain), [ready, another, ready]);
    assert_eq!(of(&[presented(good), presented(span)], &chain), [ready, another]);
    let expired = Claim { deadline: 1_606_867_199, ..span };
    assert_eq!(of(&[presented(expired), presented(good)], &chain), [(Outcome::Refused, "CLAIM_EXPIRED"), ready]);
    assert_eq!(what_to_do("OTHER_CLAIM_FIRST"), "Redeem the other claim: it holds this amount, too.");
    assert_eq!(what_to_do("SIGNATURE_NOT_OF_CONTRACT"), what_to_do("SIGNER_DIFFERS"));
    assert_eq!(one(Presented { statement: None, ..bad }), (Outcome::Refused, "STATEMENT_MISSING"));
    assert_eq!(one(Presented { statement: Some(Hash32::default()), ..bad }), (Outcome::Refused, "STATEMENT_DIFFERS"));
    assert_eq!(one(Presented { domain: Domain { chain_id: 2, ..domain() }, ..bad }), (Outcome::Refused, "WRONG_CHAIN"));
    assert_eq!(one(presented(Claim { deadline: 1_606_867_199, ..good })), (Outcome::Refused, "CLAIM_EXPIRED"));
    assert_eq!(one(presented(Claim { index: AmbassadorIndex::new(3), ..good })), (Outcome::Settled, "ALREADY_SETTLED"));
    assert_eq!(shown_time(1_606_867_200), "2020-12-02T00:00:00Z");
    assert_eq!(shown_time(u64::MAX), u64::MAX.to_string());
}
