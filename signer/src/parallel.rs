//! Work on every core.

use std::{
    num::NonZero,
    panic,
    sync::{Mutex, PoisonError},
    thread,
};

use ambassador_core::volume::Workers;

/// Maps items, a chunk at a time, on every core; what comes out stands in the order of the items.
///
/// A chunk has `largest` items at most, and fewer where every core would not get one.
///
/// # Errors
///
/// The first error, in the order of the items, of those that were met before every core stopped.
pub fn map_chunks<T: Sync, U: Send, E: Send>(
    items: &[T],
    largest: usize,
    map: impl Fn(&[T]) -> Result<Vec<U>, E> + Sync,
) -> Result<Vec<U>, E> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = items.len().div_ceil(cores).clamp(1, largest.max(1));
    let chunks = Mutex::new(items.chunks(size).enumerate());
    let next = || chunks.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut done = Vec::new();
        while let Some((position, chunk)) = next() {
            let mapped = map(chunk);
            let failed = mapped.is_err();
            done.push((position, mapped));
            if failed {
                break;
            }
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let workers: Vec<_> = (1..cores.min(items.len().div_ceil(size))).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for worker in workers {
            done.extend(worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)));
        }
        done
    });
    done.sort_by_key(|(position, _)| *position);
    let mut all = Vec::with_capacity(items.len());
    for (_, mapped) in done {
        all.extend(mapped?);
    }
    Ok(all)
}

/// Does two pieces of work at the same time.
pub fn both<A: Send, B>(beside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let here = here();
        (beside.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)), here)
    })
}

/// So many threads, which take the items of a piece of work as they come.
#[derive(Clone, Copy, Debug)]
pub struct Threads(pub usize);

impl Workers for Threads {
    fn map<T: Send, U: Send>(&self, items: Vec<T>, work: impl Fn(T) -> U + Sync) -> Vec<U> {
        let count = items.len();
        let items = Mutex::new(items.into_iter().enumerate());
        let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work_on = || {
            let mut done = Vec::new();
            while let Some((position, item)) = next() {
                done.push((position, work(item)));
            }
            done
        };
        let mut done = thread::scope(|scope| {
            let others: Vec<_> = (1..self.0.min(count)).map(|_| scope.spawn(work_on)).collect();
            let mut done = work_on();
            for other in others {
                done.extend(other.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)));
            }
            done
        });
        done.sort_unstable_by_key(|(position, _)| *position);
        done.into_iter().map(|(_, made)| made).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_stands_in_order() {
        for count in [0, 1, 2, 3, 99, 100] {
            let items: Vec<u32> = (0..count).collect();
            let doubled = map_chunks(&items, 7, |chunk| Ok::<_, ()>(chunk.iter().map(|item| item ^ 1).collect()));
            assert_eq!(doubled, Ok(items.iter().map(|item| item ^ 1).collect()));
        }
    }

    #[test]
    fn both_pieces_of_work_are_done() {
        assert_eq!(both(|| 1, || "one"), (1, "one"));
    }

    #[test]
    fn what_threads_make_stands_in_order() {
        for threads in [0, 1, 3] {
            let made = Threads(threads).map((0..50).collect(), |item: u32| item ^ 1);
            assert_eq!(made, (0..50).map(|item| item ^ 1).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_stops_the_work() {
        let items: Vec<u32> = (0..100).collect();
        let refuse = |chunk: &[u32]| if chunk.contains(&60) { Err("60") } else { Ok(chunk.to_vec()) };
        assert_eq!(map_chunks(&items, 7, refuse), Err("60"));
    }
}
