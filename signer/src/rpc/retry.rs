//! When a question is asked again: after what may pass by itself, a few times, with growing pauses.

use std::{thread::sleep, time::Duration};

use super::{RpcError, Stated};

/// So often a question is asked at most, and so often where nobody answered in time.
const TRIES: u32 = 4;
const TRIES_IN_SILENCE: u32 = 2;
/// The first pause; each is twice the one before.
const PAUSE: Duration = Duration::from_millis(200);

/// Whether a question that failed is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Never: whoever sits at the other end should be asked once.
    Once,
    /// Where it may pass by itself: at most four times, within two seconds of pauses.
    Again,
}

impl Asking {
    /// Asks until there is an answer, or until it was asked often enough.
    pub(super) fn ask(self, question: impl Fn() -> Result<Stated, RpcError>) -> Result<Stated, RpcError> {
        let (mut tries, mut pause) = (1_u32, PAUSE);
        loop {
            let answer = question();
            let most = if self == Self::Once { 1 } else { most_tries(&answer) };
            if tries >= most {
                return answer.map_err(|error| error.after(tries));
            }
            sleep(pause);
            (tries, pause) = (tries.saturating_add(1), pause.saturating_mul(2));
        }
    }
}

/// Returns how often a question with this answer is asked.
fn most_tries(answer: &Result<Stated, RpcError>) -> u32 {
    match answer {
        Err(RpcError::TimedOut { .. }) => TRIES_IN_SILENCE,
        Err(RpcError::Status { status, .. }) if is_busy(*status) => TRIES,
        Err(RpcError::Unreachable { .. }) | Ok(Err(super::ErrorPart { passes: true, .. })) => TRIES,
        _ => 1,
    }
}

/// Says whether an HTTP status speaks of the moment and not of the question.
pub(super) const fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502..=504)
}

/// Says whether an error speaks of the moment: too many questions, or a block that this node has not heard of yet.
pub(super) fn says_busy(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let words = ["too many requests", "rate limit", "header not found", "unknown block", "block not found"];
    words.iter().any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    fn tries_of(asking: Asking, answer: &Result<Stated, RpcError>) -> (u32, Result<Stated, RpcError>) {
        let asked = Cell::new(0_u32);
        let last = asking.ask(|| {
            asked.set(asked.get().saturating_add(1));
            match answer {
                Ok(Ok(value)) => Ok(Ok(value.clone())),
                Ok(Err(part)) => Ok(Err(super::super::ErrorPart {
                    code: part.code,
                    message: part.message.clone(),
                    data: part.data.clone(),
                    passes: part.passes,
                })),
                Err(error) => Err(error.clone()),
            }
        });
        (asked.get(), last)
    }

    #[test]
    fn what_may_pass_is_asked_again_and_nothing_else() {
        let endpoint = || "http://node".to_owned();
        let stated = |message: &str| {
            let message = message.to_owned();
            let passes = says_busy(&message);
            Ok(Err(super::super::ErrorPart { code: -32_000, message, data: json!(null), passes }))
        };
        for (answer, tries) in [
            (Ok(Ok(json!("0x1"))), 1),
            (Err(RpcError::Unreachable { endpoint: endpoint(), reason: "refused".to_owned() }), TRIES),
            (Err(RpcError::TimedOut { endpoint: endpoint(), seconds: 1 }), TRIES_IN_SILENCE),
            (Err(RpcError::Status { endpoint: endpoint(), status: 429 }), TRIES),
            (Err(RpcError::Status { endpoint: endpoint(), status: 404 }), 1),
            (stated("Too Many Requests"), TRIES),
            (stated("header not found"), TRIES),
            (stated("execution reverted"), 1),
        ] {
            assert_eq!(tries_of(Asking::Once, &answer).0, 1, "{answer:?}");
            let (asked, last) = tries_of(Asking::Again, &answer);
            assert_eq!(asked, tries, "{answer:?}");
            let says = last.err().is_none_or(|error| tries == 1 || error.to_string().contains("asked "));
            assert!(says, "{answer:?}");
        }
    }
}
