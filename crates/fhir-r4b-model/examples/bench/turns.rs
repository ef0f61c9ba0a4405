//! Times several ways of doing the same work, in turns. The documents are cut into slices of a few milliseconds, and each way does a slice before
//! any does the next, so that a disturbance of the machine meets all of them alike. What is read is the processor's time of this process and
//! not the clock on the wall: a core that others work on does not count. It judges nothing.

use std::ops::Range;

pub(crate) type Failure = Box<dyn std::error::Error>;

/// One way: does the work for the documents of a slice.
pub(crate) type Way<'a> = Box<dyn Fn(Range<usize>) -> Result<(), Failure> + 'a>;

/// How many bytes of documents make a slice.
const SLICE: usize = 256 * 1024;

/// The slices of documents of these sizes. A document larger than a slice is one by itself.
pub(crate) fn slices(sizes: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    let (mut slices, mut start, mut bytes, mut count) = (Vec::new(), 0, 0, 0);
    for size in sizes {
        bytes += size;
        count += 1;
        if bytes >= SLICE {
            slices.push(start..count);
            (start, bytes) = (count, 0);
        }
    }
    if start < count {
        slices.push(start..count);
    }
    slices
}

/// Seconds of the processor for all documents: of each way, one number for each round.
pub(crate) fn in_turns(slices: &[Range<usize>], ways: &[Way<'_>], rounds: usize) -> Result<Vec<Vec<f64>>, Failure> {
    let mut taken = vec![Vec::new(); ways.len()];
    // One round that does not count: caches, page tables and the allocator are cold.
    for round in 0..=rounds {
        let mut sums = vec![0.0; ways.len()];
        for (place, slice) in slices.iter().enumerate() {
            for turn in 0..ways.len() {
                // There and back: each way is as often before another as after it.
                let way = if (place + round) % 2 == 0 { turn } else { ways.len() - 1 - turn };
                let before = processor_seconds();
                ways[way](slice.clone())?;
                sums[way] += processor_seconds() - before;
            }
        }
        if round > 0 {
            taken.iter_mut().zip(sums).for_each(|(taken, sum)| taken.push(sum));
        }
    }
    Ok(taken)
}

/// What this process has used of the processor so far, in the program and in the kernel.
#[cfg(unix)]
#[allow(clippy::cast_precision_loss, reason = "a measurement lasts less than 2^52 seconds")]
fn processor_seconds() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// The clock on the wall, where the processor's time is not to be had.
#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::{SLICE, in_turns, slices};
    use std::cell::RefCell;

    #[test]
    fn every_document_is_in_one_slice_and_a_slice_ends_when_it_is_full() {
        assert_eq!(slices([1, SLICE, 1, SLICE - 1, 1]), [0..2, 2..4, 4..5]);
        assert!(slices([]).is_empty());
    }

    #[test]
    fn the_ways_take_turns_and_each_is_as_often_first_as_last() {
        let order = RefCell::new(String::new());
        let way = |name| -> super::Way<'_> {
            let order = &order;
            Box::new(move |_| {
                order.borrow_mut().push(name);
                Ok(())
            })
        };
        let taken = in_turns(&[0..1, 1..2], &[way('a'), way('b')], 2).unwrap();
        // The first round warms up and is not told.
        assert_eq!(order.into_inner(), "abbabaababba");
        assert!(taken.iter().all(|rounds| rounds.len() == 2));
    }
}
