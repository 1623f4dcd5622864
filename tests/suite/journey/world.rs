//! A programme whose token and claim contract live on a local chain.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolConstructor as _, SolError};
use ambassador_core::claim::Claim;

use super::{
    node::{Node, Receipt, tokens},
    programme::Programme,
};
use crate::contract::{
    abi::{AmbassadorPayouts as Payouts, Token},
    build,
};

/// The contract's largest claim, in whole tokens.
pub(super) const MAX_CLAIM: u64 = 40_000;
/// The contract's daily cap, in whole tokens: enough for two months of the example in a day.
pub(super) const DAILY_CAP: u32 = 100_000;

/// Where a month goes its way.
#[derive(Debug)]
pub(super) struct World {
    pub(super) node: Node,
    pub(super) programme: Programme,
    pub(super) token: Address,
    pub(super) payouts: Address,
}

impl World {
    /// A chain with the token and the pinned contract, and a programme whose terms name them. The contract has no funds.
    pub(super) fn new() -> Self {
        Self::signed_by(|_, programme| programme.signer())
    }

    /// The same, with a contract that takes the claims of another signer.
    pub(super) fn signed_by(signer: impl FnOnce(&Node, &Programme) -> Address) -> Self {
        Self::with(signer, false)
    }

    /// The same, with a contract that asks another one whether it signed.
    pub(super) fn signed_by_contract(signer: impl FnOnce(&Node) -> Address) -> Self {
        Self::with(|node, _| signer(node), true)
    }

    fn with(signer: impl FnOnce(&Node, &Programme) -> Address, signer_is_contract: bool) -> Self {
        let node = Node::start();
        let programme = Programme::copy();
        let token = deploy_token(&node);
        let arguments = Payouts::constructorCall {
            token,
            treasury: treasury(&node),
            owner: node.account(1),
            guardian: node.account(2),
            signer: signer(&node, &programme),
            signerIsContract: signer_is_contract,
            dailyCap: DAILY_CAP,
            maxClaim: tokens(MAX_CLAIM),
        };
        let code = build::creation_code(&build::contracts().join("AmbassadorPayouts.json"));
        let payouts = node.deploy(treasury(&node), &code, &arguments.abi_encode());
        programme.name_contracts(token, payouts);
        Self { node, programme, token, payouts }
    }

    /// Closes a month and returns its total in base units.
    pub(super) fn close(&self, month: &str) -> U256 {
        let closed = self.programme.run(&["close", month, "--yes"]);
        assert_eq!(closed["closed"], true);
        closed["summary"]["amount"].as_str().expect("a total").parse().expect("base units")
    }

    /// Moves tokens from the treasury to the contract.
    pub(super) fn fund(&self, amount: U256) {
        let call = Token::transferCall { to: self.payouts, amount };
        let receipt = self.node.send(treasury(&self.node), self.token, &call.abi_encode().into());
        assert!(receipt.succeeded, "the treasury has the whole supply");
    }

    /// Sends a call to the contract from somebody who has nothing to do with the programme.
    pub(super) fn send(&self, data: &Bytes) -> Receipt {
        self.node.send(self.node.account(9), self.payouts, data)
    }

    /// Sends a call to the contract from one of the node's accounts.
    pub(super) fn call<C: SolCall>(&self, from: usize, call: &C) {
        let receipt = self.node.send(self.node.account(from), self.payouts, &call.abi_encode().into());
        assert!(receipt.succeeded, "{} reverts", C::SIGNATURE);
    }

    /// Reads the contract.
    pub(super) fn read<C: SolCall>(&self, call: &C) -> C::Return {
        self.node.read(self.payouts, call)
    }

    /// Base units of the token that an account has.
    pub(super) fn balance(&self, account: Address) -> U256 {
        self.node.read(self.token, &Token::balanceOfCall { account })
    }

    /// Whether the contract counts the claim's month as settled.
    pub(super) fn is_settled(&self, claim: &Claim) -> bool {
        let month = U256::from(claim.months.from().as_number());
        self.read(&Payouts::isSettledCall { index: U256::from(claim.index.as_u32()), month })
    }

    /// Sends a call that must revert with this error, mined, and move nothing.
    #[track_caller]
    pub(super) fn assert_refused<E: SolError>(&self, data: &Bytes, expected: &E) {
        let before = self.balance(self.payouts);
        let receipt = self.send(data);
        assert!(!receipt.succeeded, "the call succeeds");
        assert_eq!(self.balance(self.payouts), before);
        let revert = self.node.simulate(self.node.account(9), self.payouts, data);
        assert_eq!(revert, Err(expected.abi_encode().into()));
    }
}

/// Deploys an ordinary token whose supply the treasury has.
pub(super) fn deploy_token(node: &Node) -> Address {
    let supply = tokens(1_000_000).to_be_bytes::<32>();
    node.deploy(treasury(node), &build::double("PlainToken"), &supply)
}

/// The account that has the token's supply and deploys.
pub(super) fn treasury(node: &Node) -> Address {
    node.account(0)
}

/// An address of core as one of the chain's.
pub(super) fn on_chain(address: &ambassador_core::address::Address) -> Address {
    Address::from(*address.as_bytes())
}
