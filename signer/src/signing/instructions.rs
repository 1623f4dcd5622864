//! Work that is compiled a second time, for instructions that most processors have by now.

#![expect(clippy::inline_always, reason = "the work must become a part of the function that has the instructions")]

use fearless_simd::Level;
#[cfg(target_arch = "x86_64")]
use fearless_simd::Simd;

/// Does work by the wider vectors and multiplications of x86-64-v3 where the processor has them.
///
/// Of what the work calls, only what is inlined into it is compiled for them.
#[inline(always)]
pub(crate) fn with_best<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if let Some(wide) = Level::new().as_avx2() {
        return wide.vectorize(work);
    }
    work()
}
