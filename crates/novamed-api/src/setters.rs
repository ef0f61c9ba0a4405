//! What the requests have in common: optional parts that are set one after the other, and a `Debug` that shows nothing.

/// Consuming setters of `Option` fields, those behind the bar for values that are given as they are, and a `Debug` that
/// names the type alone.
macro_rules! setters {
    ($request:ident {
        $($(#[$about:meta])* $field:ident: $kind:ty),* $(,)?
        $(; $($(#[$note:meta])* $plain:ident: $exact:ty),* $(,)?)?
    }) => {
        impl $request {
            $($(#[$about])*
            #[must_use]
            pub fn $field(mut self, $field: impl Into<$kind>) -> Self {
                self.$field = Some($field.into());
                self
            })*
            $($($(#[$note])*
            #[must_use]
            pub fn $plain(mut self, $plain: $exact) -> Self {
                self.$plain = Some($plain);
                self
            })*)?
        }

        impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($request), "(..)"))
            }
        }
    };
}
