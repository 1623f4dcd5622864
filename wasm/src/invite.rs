//! Invites and acceptances: what a wallet is asked to sign, what a link carries, and the file that the treasury takes.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use ambassador_core::{
    calendar::Instant,
    claim::Domain,
    documents::{
        acceptance::AcceptanceDocument,
        invite_link::{from_link, to_link},
        terms::TermsDocument,
        typed_data::TypedDataDocument,
    },
    hash::keccak256,
    invite::{Acceptance, Invite, SignedAcceptance, SignedInvite},
    inviting::{accept_now, invite_now, made, signed_by},
    signature::Signature,
    terms::{Terms, TermsHistory},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    error::Failure,
    mirror::{self, received, written},
    recovery::recover,
    text::parse,
};

written! {
    /// An invite, before or after it is signed; times are RFC 3339.
    InviteView {
        ambassador: String => "ambassador": "string",
        creator: String => "creator": "string",
        terms: String => "terms": "string",
        terms_version: u32 => "termsVersion": "number",
        invited_at: String => "invitedAt": "string",
        expires: String => "expires": "string",
        chain_id: String => "chainId": "string",
        payouts: String => "payouts": "string",
        digest: String => "digest": "string",
        typed_data: String => "typedData": "string",
    }
    /// An acceptance that is going to be signed; times are RFC 3339.
    AcceptanceView {
        creator: String => "creator": "string",
        coin: String => "coin": "string",
        account: String => "account": "string",
        accepted_at: String => "acceptedAt": "string",
        chain_id: String => "chainId": "string",
        digest: String => "digest": "string",
        typed_data: String => "typedData": "string",
    }
}

received! {
    /// Who invites whom: the account that the ambassador is paid to, the one that signs, and the creator's id.
    InviteWish {
        payee: String => "payee": "string",
        account: String => "account": "string",
        creator: String => "creator": "string",
        now: String => "now": "string",
    }
    /// Who accepts: the creator's coin and own account.
    AcceptanceWish {
        coin: String => "coin": "string",
        account: String => "account": "string",
        now: String => "now": "string",
    }
}

#[wasm_bindgen(typescript_custom_section)]
const FILES: &str = r#"
/** A published version of the terms: the file's bytes, and what a reader of TOML sees in them. */
export interface PublishedTerms {
    bytes: Uint8Array;
    table: TermsTable;
}
"#;

/// Returns the invite that an ambassador's wallet is asked to sign; `now` is in unix seconds or RFC 3339.
#[wasm_bindgen(js_name = inviteToSign, unchecked_return_type = "InviteView")]
pub fn invite_to_sign(
    #[wasm_bindgen(unchecked_param_type = "PublishedTerms[]")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "InviteWish")] wish: &JsValue,
) -> Result<JsValue, Failure> {
    let history = history(terms)?;
    let (invite, terms) = wished_invite(&history, wish)?;
    mirror::write(&InviteView::of(&invite, &Domain::of(terms), &history)?)
}

/// Returns what the link of an invite carries, once its wallet signed it; another account's signature is refused.
#[wasm_bindgen(js_name = inviteLink)]
pub fn invite_link(
    #[wasm_bindgen(unchecked_param_type = "PublishedTerms[]")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "InviteWish")] wish: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] signature: &JsValue,
) -> Result<String, Failure> {
    let history = history(terms)?;
    let (invite, terms) = wished_invite(&history, wish)?;
    let signed = SignedInvite { domain: Domain::of(terms), invite, signature: wallet_signature(signature)? };
    check_invite(&signed)?;
    Ok(to_link(&signed))
}

/// Reads the invite that a link carries; one that its ambassador did not sign is refused.
#[wasm_bindgen(js_name = readInvite, unchecked_return_type = "InviteView")]
pub fn read_invite(
    #[wasm_bindgen(unchecked_param_type = "PublishedTerms[]")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] link: &JsValue,
) -> Result<JsValue, Failure> {
    let history = history(terms)?;
    let signed = linked(&history, link)?;
    mirror::write(&InviteView::of(&signed.invite, &signed.domain, &history)?)
}

/// Returns the acceptance that a creator's wallet is asked to sign; an invite that has ended is refused.
#[wasm_bindgen(js_name = acceptanceToSign, unchecked_return_type = "AcceptanceView")]
pub fn acceptance_to_sign(
    #[wasm_bindgen(unchecked_param_type = "PublishedTerms[]")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] link: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "AcceptanceWish")] wish: &JsValue,
) -> Result<JsValue, Failure> {
    let history = history(terms)?;
    let signed = linked(&history, link)?;
    let acceptance = wished_acceptance(&history, &signed, wish)?;
    mirror::write(&AcceptanceView::of(&acceptance, &signed.domain))
}

/// Returns the file of an acceptance, once its wallet signed it; another account's signature is refused.
#[wasm_bindgen(js_name = acceptanceFile)]
pub fn acceptance_file(
    #[wasm_bindgen(unchecked_param_type = "PublishedTerms[]")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] link: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "AcceptanceWish")] wish: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] signature: &JsValue,
) -> Result<String, Failure> {
    let history = history(terms)?;
    let invite = linked(&history, link)?;
    let acceptance = wished_acceptance(&history, &invite, wish)?;
    let signed = SignedAcceptance { invite, acceptance, signature: wallet_signature(signature)? };
    let found = recover(&signed.digest(), &signed.signature);
    signed_by("acceptance", signed.acceptance.account, found).map_err(|error| Failure::of(&error))?;
    Ok(text_of(AcceptanceDocument::of(&signed).to_bytes()))
}

/// Reads versions of the terms, in any order.
fn history(terms: &JsValue) -> Result<TermsHistory, Failure> {
    let version = |(place, file): (usize, JsValue)| {
        let bytes = mirror::bytes(&format!("terms[{place}].bytes"), &mirror::property(&file, "bytes"))?;
        let table: TermsDocument = mirror::read(&mirror::property(&file, "table"))?;
        Ok(table.to_terms(keccak256(&[&bytes]))?)
    };
    let versions = mirror::items("terms", terms)?.into_iter().enumerate().map(version);
    let mut versions = versions.collect::<Result<Vec<Terms>, Failure>>()?;
    versions.sort_by_key(Terms::version);
    TermsHistory::new(versions).map_err(|error| Failure::of(&error))
}

fn wished_invite<'a>(history: &'a TermsHistory, wish: &JsValue) -> Result<(Invite, &'a Terms), Failure> {
    let wish: InviteWish = mirror::read(wish)?;
    let (payee, account) = (parse("payee", &wish.payee)?, parse("account", &wish.account)?);
    let invited = invite_now(history, payee, account, parse("creator", &wish.creator)?, instant(&wish.now)?);
    invited.map_err(|error| Failure::of(&error))
}

fn wished_acceptance(history: &TermsHistory, signed: &SignedInvite, wish: &JsValue) -> Result<Acceptance, Failure> {
    let wish: AcceptanceWish = mirror::read(wish)?;
    let (coin, account) = (parse("coin", &wish.coin)?, parse("account", &wish.account)?);
    accept_now(history, signed, coin, account, instant(&wish.now)?).map_err(|error| Failure::of(&error))
}

fn linked(history: &TermsHistory, link: &JsValue) -> Result<SignedInvite, Failure> {
    let link: String = mirror::read_at("link", link)?;
    let signed = from_link(&link, history).map_err(|error| Failure::of(&error))?;
    check_invite(&signed)?;
    Ok(signed)
}

fn check_invite(signed: &SignedInvite) -> Result<(), Failure> {
    let found = recover(&signed.digest(), &signed.signature);
    signed_by("invite", signed.invite.ambassador, found).map_err(|error| Failure::of(&error))
}

fn wallet_signature(text: &JsValue) -> Result<Signature, Failure> {
    let text: String = mirror::read_at("signature", text)?;
    Signature::from_wallet(&text).map_err(|error| Failure::at("signature", &error))
}

fn instant(text: &str) -> Result<Instant, Failure> {
    parse("now", text)
}

impl InviteView {
    fn of(invite: &Invite, domain: &Domain, history: &TermsHistory) -> Result<Self, Failure> {
        let made = made(invite, domain, history).map_err(|error| Failure::of(&error))?;
        Ok(Self {
            ambassador: invite.ambassador.to_string(),
            creator: invite.creator.to_string(),
            terms: invite.terms.to_string(),
            terms_version: made.terms.version(),
            invited_at: made.invited_at.to_string(),
            expires: invite.expires.to_string(),
            chain_id: domain.chain_id.to_string(),
            payouts: domain.verifying_contract.to_string(),
            digest: invite.digest(domain).to_string(),
            typed_data: text_of(TypedDataDocument::of_invite(invite, domain).to_bytes()),
        })
    }
}

impl AcceptanceView {
    fn of(acceptance: &Acceptance, domain: &Domain) -> Self {
        Self {
            creator: acceptance.creator.to_string(),
            coin: acceptance.coin.to_string(),
            account: acceptance.account.to_string(),
            accepted_at: acceptance.accepted_at.to_string(),
            chain_id: domain.chain_id.to_string(),
            digest: acceptance.digest(domain).to_string(),
            typed_data: text_of(TypedDataDocument::of_acceptance(acceptance, domain).to_bytes()),
        }
    }
}

/// Returns a document, which is text, as text.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}
