//! Work that is compiled for several sets of instructions, of which the best that the processor has is chosen when it runs.

/// Does work by the widest vectors and multiplications that the processor has; `$simd` names them to the work.
///
/// Of what the work calls, only what is inlined into it is compiled for them.
macro_rules! with_best {
    ($simd:pat => $work:expr) => {
        fearless_simd::dispatch!(fearless_simd::Level::new(), simd => {
            let $simd = simd;
            fearless_simd::Simd::vectorize(
                simd,
                #[inline(always)]
                || $work,
            )
        })
    };
}

pub(crate) use with_best;
