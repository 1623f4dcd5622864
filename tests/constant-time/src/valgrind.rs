//! What is said to valgrind's memcheck: which memory it should take for undefined.
//!
//! The requests and their numbers are those of `valgrind.h` and `memcheck.h`; without valgrind they do nothing.

use std::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

/// Whether valgrind runs this program.
pub fn is_running() -> bool {
    request([RUNNING_ON_VALGRIND, 0, 0]) != 0
}

/// Takes a value for undefined: a branch or an address that depends on it is an error from here on.
pub fn make_undefined<T: ?Sized>(value: &T) {
    request([MAKE_MEM_UNDEFINED, std::ptr::from_ref(value).addr(), size_of_val(value)]);
}

/// Takes a value for defined.
pub fn make_defined<T: ?Sized>(value: &T) {
    request([MAKE_MEM_DEFINED, std::ptr::from_ref(value).addr(), size_of_val(value)]);
}

fn request([number, first, second]: [usize; 3]) -> usize {
    let arguments: [usize; 6] = [number, first, second, 0, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: rotations of 128 bits in sum and an exchange of a register with itself change nothing but the flags;
    // valgrind sees them, reads the six arguments, and answers in rdx.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") arguments.as_ptr(), inout("rdx") answer, inout("rdi") 0_usize => _,
        );
    }
    answer
}
