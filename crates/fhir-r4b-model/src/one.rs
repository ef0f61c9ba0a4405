//! A value on the heap, like `Box`. It differs in one thing: dropping it is a call and not code at each place that drops it.
//! With `Box` the code that drops things was two thirds of this crate's machine code, and as much of the time to compile it.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

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
pub struct One<T>(ManuallyDrop<Option<Box<T>>>); // There is a value until it is dropped. `Drop` says why it is not dropped by itself.

impl<T> One<T> {
    /// Moves the value to the heap.
    pub fn new(value: T) -> Self {
        Self(ManuallyDrop::new(Some(Box::new(value))))
    }

    /// Moves the value out.
    pub fn into_inner(mut self) -> T {
        match self.0.take() {
            Some(value) => *value,
            None => unreachable!("there is a value until it is dropped"),
        }
    }
}

impl<T> Drop for One<T> {
    // What a type drops by itself is compiled again in each part of the crate. A function is compiled once, so this is one, which nothing takes apart.
    #[inline(never)]
    fn drop(&mut self) {
        *self.0 = None;
    }
}

// Plain `match`: each function of `Option` would be one more for each of hundreds of types.

impl<T> Deref for One<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &*self.0 {
            Some(value) => value,
            None => unreachable!("there is a value until it is dropped"),
        }
    }
}

impl<T> DerefMut for One<T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut *self.0 {
            Some(value) => value,
            None => unreachable!("there is a value until it is dropped"),
        }
    }
}

impl<T: Default> Default for One<T> {
    fn default() -> Self {
        Self(ManuallyDrop::new(Some(Box::default())))
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
