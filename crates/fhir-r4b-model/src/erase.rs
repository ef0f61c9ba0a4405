//! Where the type of an element is forgotten. The table that `dyn Element` carries names the code that drops the type, and the compiler puts that code
//! into every part of the crate that makes such a table. This is written for `ThinVec` because the compiler sorts code by the type it is written for,
//! and lists have that code already: without it there would be two of each, a fifth of the crate.

use thin_vec::ThinVec;

use crate::access::Element;

pub(crate) trait Erase<T> {
    fn erased(element: &T) -> &dyn Element;
    fn erased_mut(element: &mut T) -> &mut dyn Element;
}

impl<T: Element> Erase<T> for ThinVec<T> {
    #[inline(never)]
    fn erased(element: &T) -> &dyn Element {
        element
    }

    #[inline(never)]
    fn erased_mut(element: &mut T) -> &mut dyn Element {
        element
    }
}
