//! A value on the heap, like `Box`. It differs in one thing: dropping it is a call and not code at each place that drops it.
//! With `Box` the code that drops things was two thirds of this crate's machine code, and as much of the time to compile it.

use std::fmt;
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
pub struct One<T>(ThinVec<T>); // Holds exactly one.

impl<T> One<T> {
    /// Moves the value to the heap.
    pub fn new(value: T) -> Self {
        let mut one = ThinVec::with_capacity(1);
        one.push(value);
        Self(one)
    }

    /// Moves the value out.
    pub fn into_inner(self) -> T {
        let mut one = self.0;
        one.swap_remove(0)
    }
}

impl<T> Deref for One<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0[0]
    }
}

impl<T> DerefMut for One<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0[0]
    }
}

impl<T: Default> Default for One<T> {
    fn default() -> Self {
        // The value is made where nothing can fail any more: whoever holds one while something can has code to drop it.
        let mut one = ThinVec::with_capacity(1);
        one.push(T::default());
        Self(one)
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
