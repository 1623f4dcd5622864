//! From a password to 32 bytes, and the most that this may cost.
//!
//! A key file says itself how dear its derivation is, so the bounds are checked when it is read, before a password is asked for.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::error::KeystoreError;

/// The largest table of scrypt, 128·n·r bytes: 512 MiB, twice that of geth's own files.
pub const MAX_SCRYPT_TABLE_BYTES: u64 = 512 << 20;
/// The largest blocks of scrypt beside the table, 128·r·p bytes: 16 MiB.
pub const MAX_SCRYPT_BLOCK_BYTES: u64 = 16 << 20;
/// The most work of scrypt, n·r·p: eight times that of geth's own files.
pub const MAX_SCRYPT_WORK: u64 = 1 << 24;
/// The most rounds of pbkdf2.
pub const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// What scrypt costs: n (a power of two above 1), r and p (RFC 7914).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScryptCost {
    // INVARIANT: within the bounds of this module, `log_n` at least 1, `r` and `p` at least 1.
    log_n: u8,
    r: u32,
    p: u32,
}

impl ScryptCost {
    /// n = 262,144, r = 8, p = 1: 256 MiB and the better part of a second, as geth takes by default.
    pub const STANDARD: Self = Self { log_n: 18, r: 8, p: 1 };

    /// Takes any legal cost within the bounds.
    ///
    /// # Errors
    /// [`KeystoreError::IllegalCost`] where scrypt is not defined, [`KeystoreError::TooCostly`] beyond [`MAX_SCRYPT_TABLE_BYTES`], [`MAX_SCRYPT_BLOCK_BYTES`] or [`MAX_SCRYPT_WORK`].
    pub fn new(n: u64, r: u64, p: u64) -> Result<Self, KeystoreError> {
        let asked = || format!("scrypt n={n} r={r} p={p}");
        let within = |factors: [u64; 3], most: u64, limit: &'static str| {
            factors
                .into_iter()
                .try_fold(1_u64, u64::checked_mul)
                .filter(|product| *product <= most)
                .map(|_| ())
                .ok_or_else(|| KeystoreError::TooCostly { asked: asked(), limit })
        };
        let illegal = |rule| KeystoreError::IllegalCost { asked: asked(), rule };
        if n < 2 || !n.is_power_of_two() {
            return Err(illegal("n is a power of two above 1"));
        }
        if r == 0 || p == 0 {
            return Err(illegal("r and p are at least 1"));
        }
        within([n, r, p], MAX_SCRYPT_WORK, "n·r·p of 2^24")?;
        within([128, n, r], MAX_SCRYPT_TABLE_BYTES, "512 MiB of memory")?;
        within([128, r, p], MAX_SCRYPT_BLOCK_BYTES, "16 MiB of blocks")?;
        match (u8::try_from(n.trailing_zeros()), u32::try_from(r), u32::try_from(p)) {
            (Ok(log_n), Ok(r), Ok(p)) => Ok(Self { log_n, r, p }),
            _ => Err(illegal("r and p are below 2^32")),
        }
    }

    /// The number of table entries.
    pub fn n(self) -> u64 {
        1_u64.checked_shl(self.log_n.into()).unwrap_or(u64::MAX)
    }

    /// The block size.
    pub fn r(self) -> u32 {
        self.r
    }

    /// The number of independent mixes.
    pub fn p(self) -> u32 {
        self.p
    }
}

/// A derivation with its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kdf {
    Scrypt { cost: ScryptCost, salt: Vec<u8> },
    Pbkdf2 { rounds: Rounds, salt: Vec<u8> },
}

/// Rounds of pbkdf2: 1 to [`MAX_PBKDF2_ROUNDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rounds(u32);

impl Rounds {
    pub(super) fn new(c: u64) -> Result<Self, KeystoreError> {
        let asked = || format!("pbkdf2 c={c}");
        match u32::try_from(c) {
            Ok(0) => Err(KeystoreError::IllegalCost { asked: asked(), rule: "c is at least 1" }),
            Ok(rounds) if rounds <= MAX_PBKDF2_ROUNDS => Ok(Self(rounds)),
            _ => Err(KeystoreError::TooCostly { asked: asked(), limit: "10,000,000 rounds" }),
        }
    }

    pub(super) fn count(self) -> u32 {
        self.0
    }
}

impl Kdf {
    /// The two keys of version 3, of the cipher and of the check value.
    ///
    /// They are the first 32 bytes; a larger `dklen` does not change them.
    pub(super) fn derive(&self, password: &[u8]) -> Result<Zeroizing<[[u8; 16]; 2]>, KeystoreError> {
        let mut derived = Zeroizing::new([[0; 16]; 2]);
        match self {
            Self::Scrypt { cost, salt } => {
                let illegal = || KeystoreError::IllegalCost {
                    asked: format!("scrypt n={} r={} p={}", cost.n(), cost.r, cost.p),
                    rule: "scrypt is not defined for these",
                };
                let parameters = scrypt::Params::new(cost.log_n, cost.r, cost.p).map_err(|_| illegal())?;
                scrypt::scrypt(password, salt, &parameters, derived.as_flattened_mut()).map_err(|_| illegal())?;
            }
            Self::Pbkdf2 { rounds, salt } => {
                pbkdf2_hmac::<Sha256>(password, salt, rounds.0, derived.as_flattened_mut());
            }
        }
        Ok(derived)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use ambassador_core::diagnostic::Diagnostic as _;

    use super::*;

    #[test]
    fn costs_are_bounded_before_anything_is_derived() {
        for (n, r, p, expected) in [
            (262_144, 8, 1, "fine"),
            (262_144, 1, 8, "fine"),
            (4096, 8, 6, "fine"),
            (2, 1, 1, "fine"),
            (1 << 19, 8, 1, "fine"),
            (1 << 20, 8, 1, "KEY_TOO_COSTLY"),
            (1 << 22, 1, 1, "fine"),
            (1 << 23, 1, 1, "KEY_TOO_COSTLY"),
            (1 << 17, 8, 16, "fine"),
            (1 << 17, 8, 17, "KEY_TOO_COSTLY"),
            (2, 1, 1 << 17, "fine"),
            (2, 1, (1 << 17) + 1, "KEY_TOO_COSTLY"),
            (2, 1 << 22, 1, "KEY_TOO_COSTLY"),
            (2, u64::MAX, u64::MAX, "KEY_TOO_COSTLY"),
            (1 << 63, 8, 1, "KEY_TOO_COSTLY"),
            (0, 8, 1, "KEY_ILLEGAL_COST"),
            (1, 8, 1, "KEY_ILLEGAL_COST"),
            (3, 8, 1, "KEY_ILLEGAL_COST"),
            (262_143, 8, 1, "KEY_ILLEGAL_COST"),
            (262_144, 0, 1, "KEY_ILLEGAL_COST"),
            (262_144, 8, 0, "KEY_ILLEGAL_COST"),
        ] {
            let cost = ScryptCost::new(n, r, p);
            let code = cost.as_ref().map_or_else(KeystoreError::code, |_| "fine");
            assert_eq!(code, expected, "n={n} r={r} p={p}");
            if let Ok(cost) = cost {
                assert_eq!((cost.n(), cost.r().into(), cost.p().into()), (n, r, p));
            }
        }
        assert_eq!(ScryptCost::new(262_144, 8, 1), Ok(ScryptCost::STANDARD));
        for (c, expected) in [
            (0, "KEY_ILLEGAL_COST"),
            (1, "fine"),
            (262_144, "fine"),
            (10_000_000, "fine"),
            (10_000_001, "KEY_TOO_COSTLY"),
            (1 << 32, "KEY_TOO_COSTLY"),
        ] {
            let rounds = Rounds::new(c);
            assert_eq!(rounds.as_ref().map_or_else(KeystoreError::code, |_| "fine"), expected);
        }
    }

    #[test]
    fn derives_what_the_standards_print() {
        // RFC 7914, sections 11 and 12, cut to 32 bytes.
        for (kdf, password, expected) in [
            (
                Kdf::Pbkdf2 { rounds: Rounds::new(1).unwrap(), salt: b"salt".to_vec() },
                "passwd",
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
            ),
            (
                Kdf::Scrypt { cost: ScryptCost::new(1024, 8, 16).unwrap(), salt: b"NaCl".to_vec() },
                "password",
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162",
            ),
        ] {
            let derived = kdf.derive(password.as_bytes()).unwrap();
            assert_eq!(hex::encode(derived.as_flattened()), expected);
        }
    }
}
