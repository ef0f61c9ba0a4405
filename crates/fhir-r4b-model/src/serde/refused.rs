//! What a visitor refuses. By itself `serde` would refuse it with an error that shows the value, which is a patient's.

/// Methods of a visitor that return the error `refuse()` of it.
macro_rules! refused {
    ($($kind:ident)*) => { $(refused!(@$kind);)* };
    (@boolean) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(self.refuse())
        }
    };
    (@number) => {
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(self.refuse())
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(self.refuse())
        }

        fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
            Err(self.refuse())
        }

        fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
            Err(self.refuse())
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(self.refuse())
        }
    };
    (@other) => {
        fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Self::Value, E> {
            Err(self.refuse())
        }

        fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.refuse())
        }
    };
    (@nothing) => {
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Err(self.refuse())
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Err(self.refuse())
        }
    };
    (@list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.refuse())
        }
    };
    (@map) => {
        fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.refuse())
        }
    };
}
pub(super) use refused;
