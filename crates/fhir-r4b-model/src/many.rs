//! The list of a field that may hold several. It is one pointer wide, because most lists of a resource are empty, and its
//! first element takes room for one, because most others hold one. It is no replacement for `Vec` elsewhere.

use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};

use thin_vec::ThinVec;

/// Any number of elements; used like a slice, filled like a `Vec`.
///
/// ```
/// use fhir_r4b_model::Many;
///
/// let mut list: Many<u8> = [1, 2].into();
/// list.push(3);
/// assert_eq!(list.first(), Some(&1));
/// assert_eq!(list.len(), 3);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Many<T>(pub(crate) ManuallyDrop<ThinVec<T>>);

impl<T> Many<T> {
    /// An empty list, which takes no memory beside its pointer.
    pub const fn new() -> Self {
        Self(ManuallyDrop::new(ThinVec::new()))
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    /// The elements, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.0.as_mut_slice()
    }

    /// Adds an element at the end.
    pub fn push(&mut self, element: T) {
        let length = self.0.len();
        if length == self.0.capacity() {
            self.0.reserve_exact(room_for_more(length));
        }
        self.0.push(element);
    }

    /// Takes the last element off.
    pub fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }

    /// Takes out the element at `index` and closes the gap; `None` if there is none.
    pub fn remove(&mut self, index: usize) -> Option<T> {
        (index < self.0.len()).then(|| self.0.remove(index))
    }

    /// Keeps the elements for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }

    /// Takes out all elements.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// How many elements a full list takes room for. A list is read once and seldom grows again, so little is left empty.
fn room_for_more(length: usize) -> usize {
    match length {
        0 => 1,
        1..4 => length,
        _ => length / 2,
    }
}

impl<T> Many<T> {
    // Why so: see `One`.
    #[inline(never)]
    fn free(&mut self) {
        *self.0 = const { ThinVec::new() };
    }
}

impl<T> Drop for Many<T> {
    // Most lists are empty, and own nothing.
    #[inline]
    fn drop(&mut self) {
        if self.0.capacity() != 0 {
            self.free();
        }
    }
}

impl<T: Default> Many<T> {
    #[inline]
    pub(crate) fn push_default(&mut self) -> &mut T {
        // The value is made where nothing can fail any more: whoever holds one while something can has code to drop it.
        let length = self.0.len();
        if length == self.0.capacity() {
            self.0.reserve_exact(room_for_more(length));
        }
        self.0.push(T::default());
        match self.0.as_mut_slice() {
            [.., last] => last,
            [] => unreachable!("one was added"),
        }
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        // Made by the compiler, so that there is no code for it, of each type.
        const { Self::new() }
    }
}

impl<T> Deref for Many<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for Many<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Many<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl<T> From<Vec<T>> for Many<T> {
    fn from(elements: Vec<T>) -> Self {
        elements.into_iter().collect()
    }
}

impl<T, const N: usize> From<[T; N]> for Many<T> {
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Many<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut many = Self::new();
        many.extend(elements);
        many
    }
}

impl<T> Extend<T> for Many<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        let elements = elements.into_iter();
        let expected = elements.size_hint().0;
        if self.0.capacity() - self.0.len() < expected {
            self.0.reserve_exact(expected);
        }
        for element in elements {
            self.push(element);
        }
    }
}

impl<T> IntoIterator for Many<T> {
    type Item = T;
    type IntoIter = ManyIntoIter<T>;

    fn into_iter(mut self) -> ManyIntoIter<T> {
        ManyIntoIter(mem::take(&mut *self.0).into_iter())
    }
}

impl<'a, T> IntoIterator for &'a Many<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Many<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_mut_slice().iter_mut()
    }
}

/// The elements of a [`Many`], by value.
#[derive(Debug)]
pub struct ManyIntoIter<T>(thin_vec::IntoIter<T>);

impl<T> Iterator for ManyIntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> ExactSizeIterator for ManyIntoIter<T> {}
