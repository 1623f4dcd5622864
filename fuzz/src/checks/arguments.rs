//! Command lines, one argument a line: what is accepted says what its arguments say and shows no secret of an endpoint;
//! what is refused is refused with the status for it.

use std::iter;

use ambassador_core::{address::Address, calendar::Month};
use ambassador_signer::{
    cli::{ChainOptions, Cli, Command, ContractOptions, ExportCommand},
    rpc::RpcUrl,
};
use clap::Parser as _;

/// So many arguments are looked at.
const MOST: usize = 40;

/// Checks a command line.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let arguments: Vec<&str> = text.lines().take(MOST).collect();
    let program = iter::once("ambassador-signer");
    match Cli::try_parse_from(program.clone().chain(arguments.iter().copied())) {
        Ok(cli) => {
            accepted(&cli, &arguments);
            // What is global may stand anywhere.
            let globals = ["--json", "-C", "elsewhere"];
            if !cli.json
                && cli.folder.as_os_str() == "."
                && !arguments.iter().any(|argument| argument.starts_with("-C"))
            {
                let again = Cli::try_parse_from(program.chain(globals).chain(arguments.iter().copied()));
                let again = again.unwrap_or_else(|error| panic!("{error}"));
                assert!(again.json && again.folder.as_os_str() == "elsewhere");
                assert_eq!(format!("{:?}", again.command), format!("{:?}", cli.command));
            }
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(error.exit_code(), if error.use_stderr() { 2 } else { 0 });
        }
    }
}

/// What a command line named.
#[derive(Default)]
struct Named<'c> {
    months: Vec<Month>,
    accounts: Vec<Address>,
    endpoints: Vec<&'c RpcUrl>,
    seconds: Vec<u64>,
    confirmations: Vec<u64>,
}

fn accepted(cli: &Cli, arguments: &[&str]) {
    let named = Named::of(&cli.command);
    // A value stands alone or behind its option, as in `--signer=0x…`.
    let says = |text: &str| {
        let value =
            |argument: &&str| *argument == text || argument.split_once('=').is_some_and(|(_, value)| value == text);
        arguments.iter().any(value)
    };
    for month in named.months {
        assert!(says(&month.to_string()), "{month}");
    }
    for account in named.accounts {
        let (checked, lower) = (account.to_string(), account.to_string().to_lowercase());
        assert!(says(&checked) || says(&lower), "{account}");
    }
    assert!(named.seconds.iter().all(|seconds| (1..=86_400).contains(seconds)));
    assert!(named.confirmations.iter().all(|blocks| (1..=100_000).contains(blocks)));
    let shown = format!("{cli:?}");
    for endpoint in named.endpoints {
        let (text, debug) = (endpoint.to_string(), format!("{endpoint:?}"));
        assert!(text.starts_with("http://") || text.starts_with("https://"), "{text}");
        assert!(!text.contains('@') && debug.len() < text.len() + 20 && shown.contains(&debug), "{debug}");
        assert_eq!(text.matches('/').count(), 2, "{text}");
    }
    if let Command::ActivitySql(options) = &cli.command {
        let table = options.table.to_string();
        assert!(
            table.chars().all(|character| character.is_ascii_alphanumeric() || "_.".contains(character)),
            "{table}"
        );
    }
}

impl<'c> Named<'c> {
    fn of(command: &'c Command) -> Self {
        let mut named = Self::default();
        match command {
            Command::Settle(options) => named.months.push(options.month),
            Command::ActivitySql(options) => named.months.push(options.month),
            Command::Sign(options) => {
                named.months.extend(options.month);
                named.accounts.extend(options.outside.signer);
                named.endpoints.extend(&options.outside.rpc);
                named.seconds.push(options.outside.timeout);
                named.confirmations.extend(options.confirmations);
            }
            Command::Reissue(options) => {
                named.months.push(options.month);
                named.accounts.extend(options.signer);
                named.chain(&options.chain);
            }
            Command::Attach(options) => {
                named.months.push(options.month);
                named.accounts.extend(options.signer);
                named.contract(&options.contract);
            }
            Command::Publish(options) => {
                named.months.extend(&options.months);
                named.chain(&options.chain);
            }
            Command::Close(options) => named.months.push(options.month),
            Command::Verify(options) => {
                named.accounts.extend(options.signer);
                named.contract(&options.contract);
            }
            Command::Status(options) => named.chain(&options.chain),
            Command::Resolve(options) => {
                named.accounts.extend(options.registry);
                named.endpoints.push(&options.rpc);
                named.seconds.push(options.timeout);
            }
            Command::Deploy(options) => {
                let accounts = [options.treasury, options.owner, options.guardian, options.signer];
                named.accounts.extend(accounts.into_iter().chain(options.check));
                named.endpoints.extend(&options.rpc);
                named.seconds.extend([options.timeout, options.sending.wait]);
            }
            Command::Fund(options) => {
                named.months.push(options.month);
                named.chain(&options.chain);
            }
            Command::Import(options) => {
                named.endpoints.extend(&options.rpc);
                named.seconds.push(options.timeout);
            }
            Command::Export(ExportCommand::Airdrop(options)) => named.months.push(options.month),
            Command::Export(ExportCommand::Tax(options)) => named.months.push(options.month),
            Command::Export(ExportCommand::Calendar(options)) => named.months.push(options.month),
            Command::Export(ExportCommand::Statement(options)) => named.months.push(options.month),
            Command::Init(_) | Command::Check(_) | Command::Terms(_) | Command::Key(_) | Command::Completions(_) => {}
        }
        named
    }

    fn chain(&mut self, options: &'c ChainOptions) {
        self.endpoints.extend(&options.rpc);
        self.seconds.push(options.timeout);
        self.confirmations.extend(options.confirmations);
    }

    fn contract(&mut self, options: &'c ContractOptions) {
        self.endpoints.extend(&options.rpc);
        self.seconds.push(options.timeout);
    }
}
