//! What the standard library would bring along: memory, and an end where nothing can go on.

use core::panic::PanicInfo;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Ends the call with a trap, which JavaScript sees as a `RuntimeError`.
///
/// The lints of this workspace leave no panic in code of ours; the message would cost every page its formatting.
#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
