//! A chain in memory: deploy, call, read, and a clock that moves when told.

use std::{collections::BTreeMap, fmt::Debug};

use alloy_sol_types::{SolCall, SolEvent};
use revm::{
    Context, Database, ExecuteCommitEvm as _, ExecuteEvm as _, MainBuilder as _, MainContext as _, MainnetEvm,
    context::{TxEnv, result::ExecutionResult},
    database::{InMemoryDB, WrapDatabaseRef},
    handler::MainnetContext,
    primitives::{Address, Bytes, Log, TxKind, U256, hardfork::SpecId},
    state::{AccountInfo, Bytecode},
};

/// More than any call here needs.
const GAS_LIMIT: u64 = 16_000_000;

/// State, clock and number of a chain. A clone is a snapshot.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    db: InMemoryDB,
    pub(super) id: u64,
    pub(super) now: u64,
}

/// What a transaction did.
#[derive(Clone, Debug)]
pub(super) struct Outcome<T> {
    /// The returned value, or the revert's bytes.
    pub(super) result: Result<T, Bytes>,
    pub(super) gas: u64,
    pub(super) logs: Vec<Log>,
}

impl Chain {
    pub(super) fn new(id: u64, now: u64) -> Self {
        Self { db: InMemoryDB::default(), id, now }
    }

    /// Creates a contract.
    pub(super) fn deploy(&mut self, from: Address, code: &Bytes, arguments: &[u8]) -> Outcome<Address> {
        let data = [code.as_ref(), arguments].concat();
        self.transact(from, TxKind::Create, data.into(), |address, _| address.expect("a creation gives an address"))
    }

    /// Sends a call as a transaction of its own.
    pub(super) fn send<C: SolCall>(&mut self, from: Address, to: Address, call: &C) -> Outcome<C::Return> {
        self.transact(from, TxKind::Call(to), call.abi_encode().into(), |_, output| {
            C::abi_decode_returns(output).expect("the answer has the declared type")
        })
    }

    /// Reads without leaving a trace.
    pub(super) fn read<C: SolCall>(&self, to: Address, call: &C) -> C::Return {
        let mut evm = self.evm(WrapDatabaseRef(&self.db));
        let tx = self.transaction(Address::ZERO, TxKind::Call(to), call.abi_encode().into());
        let result = evm.transact(tx).expect("state in memory never fails").result;
        let output = result.is_success().then(|| result.into_output()).flatten();
        let output = output.unwrap_or_else(|| panic!("{} reverts", C::SIGNATURE));
        C::abi_decode_returns(&output).expect("the answer has the declared type")
    }

    /// Sends bytes as a transaction of its own.
    pub(super) fn send_bytes(&mut self, from: Address, to: Address, data: Bytes) -> Outcome<Bytes> {
        self.transact(from, TxKind::Call(to), data, |_, output| output.clone())
    }

    /// Puts code at an address, as a delegation does to an ordinary account.
    pub(super) fn set_code(&mut self, at: Address, code: &Bytes) {
        let code = Bytecode::new_raw(code.clone());
        self.db.insert_account_info(at, AccountInfo::from_bytecode(code));
    }

    /// The words of an account's storage that are not zero, by slot.
    pub(super) fn storage(&self, of: Address) -> BTreeMap<U256, U256> {
        let account = self.db.cache.accounts.get(&of);
        let words = account.into_iter().flat_map(|account| &account.storage);
        words.filter(|(_, word)| !word.is_zero()).map(|(slot, word)| (*slot, *word)).collect()
    }

    fn transact<T>(
        &mut self,
        from: Address,
        to: TxKind,
        data: Bytes,
        read: impl FnOnce(Option<Address>, &Bytes) -> T,
    ) -> Outcome<T> {
        let tx = self.transaction(from, to, data);
        let mut db = std::mem::take(&mut self.db);
        let result = self.evm(&mut db).transact_commit(tx).expect("state in memory never fails");
        self.db = db;
        let gas = result.tx_gas_used();
        match result {
            ExecutionResult::Success { output, logs, .. } => {
                let value = read(output.address().copied(), output.data());
                Outcome { result: Ok(value), gas, logs }
            }
            ExecutionResult::Revert { output, logs, .. } => Outcome { result: Err(output), gas, logs },
            ExecutionResult::Halt { reason, .. } => panic!("the call halts: {reason:?}"),
        }
    }
}

impl Chain {
    fn evm<D: Database>(&self, db: D) -> MainnetEvm<MainnetContext<D>> {
        Context::mainnet()
            .with_db(db)
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::PRAGUE);
                cfg.chain_id = self.id;
                cfg.disable_nonce_check = true;
            })
            .modify_block_chained(|block| block.timestamp = U256::from(self.now))
            .build_mainnet()
    }

    fn transaction(&self, from: Address, to: TxKind, data: Bytes) -> TxEnv {
        let tx = TxEnv::builder().caller(from).kind(to).data(data).gas_limit(GAS_LIMIT).chain_id(Some(self.id));
        tx.build().expect("a legacy transaction")
    }
}

impl<T: Debug> Outcome<T> {
    /// The returned value.
    ///
    /// # Panics
    ///
    /// When the call reverted.
    #[track_caller]
    pub(super) fn unwrap(self) -> T {
        self.result.unwrap_or_else(|data| panic!("the call reverts with {data}"))
    }
}

impl<T> Outcome<T> {
    /// The outcome with another value.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome { result: self.result.map(change), gas: self.gas, logs: self.logs }
    }

    /// The events of one type, in order.
    pub(super) fn events<E: SolEvent>(&self) -> Vec<E> {
        self.logs.iter().filter_map(|log| E::decode_log(log).ok()).map(|log| log.data).collect()
    }
}
