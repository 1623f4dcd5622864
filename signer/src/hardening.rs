//! What the process gives up before it holds a secret.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;

/// Sees to it that a crash leaves no image of the memory behind, for the rest of the process's life.
///
/// The limit on core files becomes zero, for good; on Linux the process is also marked as one that may be neither dumped nor traced by others of the same user.
/// Memory that is swapped out, and what a superuser does, are out of its reach.
///
/// # Errors
/// [`HardeningError`] where the operating system refuses; the process is then as it was, or half way.
pub fn forbid_memory_images() -> Result<(), HardeningError> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if getrlimit(Resource::Core) != none {
        setrlimit(Resource::Core, none).map_err(|errno| HardeningError::new("limit", errno))?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|errno| HardeningError::new("mark", errno))?;
    }
    Ok(())
}

/// The operating system did not let the process forbid images of its memory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("core dumps could not be switched off (`{step}`): {reason}")]
pub struct HardeningError {
    step: &'static str,
    reason: String,
}

impl HardeningError {
    fn new(step: &'static str, errno: rustix::io::Errno) -> Self {
        Self { step, reason: errno.to_string() }
    }

    /// The error's stable name.
    pub fn code(&self) -> &'static str {
        "CORE_DUMPS_ALLOWED"
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        "run `ulimit -c 0` in the shell before signing"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_no_room_for_a_core_file_and_may_be_repeated() {
        for _ in 0..2 {
            assert_eq!(forbid_memory_images(), Ok(()));
            let limit = getrlimit(Resource::Core);
            assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        }
        #[cfg(target_os = "linux")]
        assert!(matches!(rustix::process::dumpable_behavior(), Ok(rustix::process::DumpableBehavior::NotDumpable)));
    }
}
