//! Where the type of an element is forgotten: in one function of each type that is never inlined. The table that `dyn Element` carries names the code that
//! drops the type, and the compiler puts that code into every part of the crate that makes such a table.

/// [`Typed`](crate::access::Typed) of a type.
macro_rules! typed {
    ($type:ty) => {
        impl $crate::access::Typed for $type {
            #[inline(never)]
            fn erased(&self) -> &dyn $crate::access::Element {
                self
            }

            #[inline(never)]
            fn erased_mut(&mut self) -> &mut dyn $crate::access::Element {
                self
            }
        }
    };
}
pub(crate) use typed;
