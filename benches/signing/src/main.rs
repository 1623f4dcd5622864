//! Prints what a signed claim costs in microseconds, ours beside others: medians of rounds in which each has a turn.
//!
//! The signer's own files are compiled into it, so that nothing else of the signer is built.

#![expect(dead_code, reason = "of the signer's files only a part is called here")]

#[path = "../../../signer/src/instructions.rs"]
mod instructions;
#[path = "../../../signer/src/parallel.rs"]
mod parallel;
mod scripts;
#[path = "../../../signer/src/signing/mod.rs"]
mod signing;

use std::{convert::Infallible, env, hint::black_box, num::NonZero, thread, time::Instant};

use alloy_primitives::B256;
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use ambassador_core::{
    hash::{Hash32, keccak256},
    signature::Signature,
};
use k256::ecdsa::SigningKey;
use scripts::Script;
use secp256k1::{Message, Secp256k1};
use signing::SecretKey;

const KEY: [u8; 32] = [7; 32];
const ROUNDS: usize = 21;
/// The claims of a turn, for the batch and for who signs one at a time.
const MANY: u64 = 16_384;
const FEW: u64 = 1_024;
const VERY_FEW: u64 = 256;

/// The keccak work of a claim: a message of eight words, then the digest under a domain; three permutations.
fn digest(number: u64) -> Hash32 {
    let mut words = [0_u8; 256];
    words[..8].copy_from_slice(&number.to_be_bytes());
    keccak256(&[&[0x19, 0x01], &[3; 32], keccak256(&[&words]).as_bytes()])
}

/// Signs the claims with these numbers, on this thread.
type Sign<'a> = Box<dyn Fn(&[u64]) + Sync + 'a>;

/// Who signs.
enum Signer<'a> {
    /// Code of this process.
    Here(Sign<'a>),
    /// A script, in a process for each core.
    Scripts(Vec<Script>),
}

struct Contestant<'a> {
    name: &'static str,
    count: u64,
    signer: Signer<'a>,
    one: Vec<f64>,
    all: Vec<f64>,
}

fn main() {
    let ours = SecretKey::from_bytes(&KEY).expect("a key");
    let k256 = SigningKey::from_slice(&KEY).expect("a key");
    let secp256k1 = Secp256k1::signing_only();
    let secp256k1_key = secp256k1::SecretKey::from_byte_array(KEY).expect("a key");
    let alloy = PrivateKeySigner::from_bytes(&B256::from(KEY)).expect("a key");

    let sign_k256 = |number: u64| k256.sign_prehash_recoverable(digest(number).as_bytes());
    let sign_secp256k1 = |number: u64| {
        secp256k1.sign_ecdsa_recoverable(Message::from_digest(*digest(number).as_bytes()), &secp256k1_key)
    };
    let sign_alloy = |number: u64| alloy.sign_hash_sync(&B256::from(*digest(number).as_bytes())).expect("signs");
    let sign_ours = |numbers: &[u64]| {
        ours.sign_batch(&numbers.iter().map(|number| digest(*number)).collect::<Vec<_>>()).expect("signs")
    };

    let numbers: Vec<u64> = (0..FEW).collect();
    for (number, signature) in numbers.iter().zip(sign_ours(&numbers)) {
        assert_eq!(&sign_k256(*number).0.to_bytes()[..], [*signature.r(), *signature.s()].concat());
        assert_eq!(sign_secp256k1(*number).serialize_compact().1[..], [*signature.r(), *signature.s()].concat());
        assert_eq!(sign_alloy(*number).as_bytes()[..64], [*signature.r(), *signature.s()].concat());
    }
    let mut by_scripts = [("viem 2 (Node)", "viem"), ("ethers 6 (Node)", "ethers")].map(|(name, library)| {
        let scripts: Vec<Script> = (0..cores()).map(|_| Script::start(library)).collect();
        (name, scripts)
    });
    for (name, scripts) in &mut by_scripts {
        let expected: String = sign_ours(&numbers[..9]).iter().map(rs).collect();
        assert_eq!(scripts[0].show(9), expected, "{name}");
    }

    let mut contestants = vec![
        contestant("ours, made together and checked", MANY, |numbers| {
            numbers.chunks(SecretKey::LARGEST_BATCH).for_each(|numbers| drop(black_box(sign_ours(numbers))));
        }),
        contestant("k256 0.14", FEW, one_by_one(sign_k256)),
        contestant("libsecp256k1 (secp256k1 0.31)", FEW, one_by_one(sign_secp256k1)),
        contestant("alloy-signer-local, feature secp256k1", FEW, one_by_one(sign_alloy)),
    ];
    contestants.extend(by_scripts.map(|(name, scripts)| Contestant {
        name,
        count: VERY_FEW,
        signer: Signer::Scripts(scripts),
        one: Vec::new(),
        all: Vec::new(),
    }));
    let rounds = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    for round in 0..rounds {
        // Another order each time, so that a busy moment of the machine strikes all alike.
        let start = round % contestants.len();
        contestants.rotate_left(start);
        contestants.iter_mut().for_each(Contestant::turn);
        contestants.rotate_right(start);
    }

    let times =
        contestants.iter().map(|contestant| (contestant.name, median(&contestant.one), median(&contestant.all)));
    let times: Vec<(&str, f64, f64)> = times.collect();
    let (one, all) = (times[0].1, times[0].2);
    println!("| µs a claim | one thread | ratio | all cores | ratio |\n|---|--:|--:|--:|--:|");
    for (name, of_one, of_all) in times {
        println!("| {name} | {of_one:.1} | {:.2}× | {of_all:.1} | {:.2}× |", of_one / one, of_all / all);
    }
    println!("\n{} cores, {}; medians of {rounds} interleaved rounds", cores(), env::consts::ARCH);
}

fn contestant<'a>(name: &'static str, count: u64, sign: impl Fn(&[u64]) + Sync + 'a) -> Contestant<'a> {
    Contestant { name, count, signer: Signer::Here(Box::new(sign)), one: Vec::new(), all: Vec::new() }
}

fn one_by_one<T>(sign: impl Fn(u64) -> T + Sync) -> impl Fn(&[u64]) + Sync {
    move |numbers| numbers.iter().for_each(|number| drop(black_box(sign(*number))))
}

impl Contestant<'_> {
    fn turn(&mut self) {
        let numbers: Vec<u64> = (0..self.count).collect();
        match &mut self.signer {
            Signer::Here(sign) => {
                self.one.push(micros(self.count, || sign(&numbers)));
                self.all.push(micros(self.count, || {
                    let signed = parallel::map_chunks(&numbers, SecretKey::LARGEST_BATCH, |numbers| {
                        sign(numbers);
                        Ok::<Vec<()>, Infallible>(Vec::new())
                    });
                    signed.expect("nothing fails");
                }));
            }
            Signer::Scripts(scripts) => {
                self.one.push(micros(self.count, || Script::sign(&mut scripts[..1], self.count)));
                self.all.push(micros(self.count, || Script::sign(scripts, self.count)));
            }
        }
    }
}

fn micros(count: u64, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6 / count as f64
}

/// r and s of a signature, in hexadecimal.
fn rs(signature: &Signature) -> String {
    signature.to_string()[2..130].to_owned()
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
