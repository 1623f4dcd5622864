//! What the claim contract will pay: the token of the newest terms, read before these name the contract.

use std::{fs, path::Path};

use ambassador_core::{
    address::{Address, AddressError},
    documents::terms::TermsDocument,
    token::Decimals,
};

use crate::{
    files,
    problem::{Exit, Failure, Problem},
};

const FOLDER: &str = "terms";

/// A programme's token, and where it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coin {
    /// The programme's name.
    pub programme: String,
    /// The token's symbol.
    pub symbol: String,
    /// Its decimal places.
    pub decimals: Decimals,
    /// Its chain (EIP-155).
    pub chain_id: u64,
    /// Its address.
    pub address: Address,
}

impl Coin {
    /// Reads the newest version of a programme's terms as far as its token.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`] where the file could not be read; [`Exit::Records`]: there are no terms, or no token in them.
    pub fn of_terms(root: &Path) -> Result<Self, Failure> {
        let folder = root.join(FOLDER);
        let missing = || {
            let problem = Problem::new("TERMS_MISSING", "there is no version of the terms").file(FOLDER);
            Failure::new(Exit::Records, problem.help("name the programme's folder with `-C`, or run `init`"))
        };
        let names = files::names_in(&folder).map_err(|_| missing())?;
        let versions = names.iter().filter_map(|name| name.to_str()?.strip_suffix(".toml")?.parse::<u32>().ok());
        let file = format!("{FOLDER}/{}.toml", versions.max().ok_or_else(missing)?);
        let text = fs::read_to_string(root.join(&file)).map_err(|error| Failure::disk(&file, &error))?;
        Self::read(&text).map_err(|problem| Failure::new(Exit::Records, problem.file(file)))
    }

    fn read(text: &str) -> Result<Self, Problem> {
        let help = "compare it with the terms that `init` writes; only `payouts` may be wrong yet";
        let document: TermsDocument = toml::from_str(text)
            .map_err(|error| Problem::new("TERMS_SYNTAX", error.message().to_owned()).help(help))?;
        let token = document.token;
        let address = token.address.parse();
        let address = address.map_err(|error: AddressError| Problem::of(&error).column("token.address"))?;
        let decimals = Decimals::new(token.decimals).ok_or_else(|| {
            let message = format!("`{}` is more decimal places than any token has", token.decimals);
            Problem::new("NUMBER_TOO_LARGE", message).column("token.decimals").help(help)
        })?;
        let (programme, symbol, chain_id) = (document.name, token.symbol, token.chain_id);
        Ok(Self { programme, symbol, decimals, chain_id, address })
    }
}
