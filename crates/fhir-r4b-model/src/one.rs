//! A value on the heap, like `Box`. It differs in one thing: dropping it is a call and not code at each place that drops it.
//! With `Box` the code that drops things was two thirds of this crate's machine code, and as much of the time to compile it.

use std::fmt;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};

use thin_vec::ThinVec;

/// One value on the heap, used like a `Box`.
///
/// ```
/// use fhir_r4b_model::{One, Period};
///
/// let mut period = One::new(Period::default());
/// period.start = Some("2024-02".into());
/// let period: Period = period.into_inner();
/// # assert_eq!(period.start.as_ref().and_then(|start| start.as_str()), Some("2024-02"));
/// ```
#[derive(Clone, PartialEq)]
pub struct One<T>(ManuallyDrop<ThinVec<T>>); // Holds exactly one, until it is dropped. `Drop` says why it is not dropped by itself.

impl<T> One<T> {
    /// Moves the value to the heap.
    pub fn new(value: T) -> Self {
        let mut one = ThinVec::with_capacity(1);
        one.push(value);
        Self(ManuallyDrop::new(one))
    }

    /// Moves the value out.
    pub fn into_inner(mut self) -> T {
        let mut one = mem::take(&mut *self.0);
        one.swap_remove(0)
    }
}

impl<T> Drop for One<T> {
    // What a type drops by itself is compiled again in each part of the crate. A function is compiled once, so the list is moved into one, and an empty
    // list, which owns nothing, stays.
    #[inline(never)]
    fn drop(&mut self) {
        *self.0 = const { ThinVec::new() };
    }
}

impl<T> Deref for One<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self.0.as_slice() {
            [value, ..] => value,
            [] => unreachable!("it holds exactly one"),
        }
    }
}

impl<T> DerefMut for One<T> {
    fn deref_mut(&mut self) -> &mut T {
        match self.0.as_mut_slice() {
            [value, ..] => value,
            [] => unreachable!("it holds exactly one"),
        }
    }
}

impl<T: Default> Default for One<T> {
    fn default() -> Self {
        // The value is made where nothing can fail any more: whoever holds one while something can has code to drop it.
        let mut one = ThinVec::with_capacity(1);
        one.push(T::default());
        Self(ManuallyDrop::new(one))
    }
}

impl<T> From<T> for One<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: fmt::Debug> fmt::Debug for One<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}
