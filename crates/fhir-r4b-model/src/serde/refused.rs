//! What a visitor refuses. By itself `serde` would refuse it with an error that shows the value, which is a patient's.

/// Methods of a visitor that return an error with its `RULE`.
macro_rules! refused {
    ($($kind:ident)*) => { $(refused!(@$kind);)* };
    (@boolean) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }
    };
    (@number) => {
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }

        fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }

        fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }
    };
    (@text) => {
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }
    };
    (@other) => {
        fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }

        fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(A::Error::custom(Self::RULE))
        }
    };
    (@nothing) => {
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Err(E::custom(Self::RULE))
        }
    };
    (@list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(A::Error::custom(Self::RULE))
        }
    };
    (@map) => {
        fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(A::Error::custom(Self::RULE))
        }
    };
}
pub(super) use refused;
