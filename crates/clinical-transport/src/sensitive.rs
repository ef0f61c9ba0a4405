//! A wrapper for values that may be patients' data: it holds them, hands them out on an explicit
//! word, and never prints them.

/// A value that may be protected health information.
///
/// `Debug` prints `[redacted]` and nothing switches that off; there is no `Display`. Reading it
/// takes the word [`expose`](Sensitive::expose), so that a search of a code base for that word
/// finds every place that does.
///
/// It guards against carelessness and not against an attacker: memory is not wiped. For secrets
/// there is `secrecy`. It does not serialize, so that a structure that holds one cannot be written
/// out by a derive.
///
/// ```
/// use clinical_transport::Sensitive;
///
/// let name = Sensitive::new("Jane Roe");
/// assert_eq!(format!("{name:?}"), "[redacted]");
/// assert_eq!(*name.expose(), "Jane Roe");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Do not log it.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out. Do not log it.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> std::fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Sensitive;

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Sensitive::new("Jane Roe")), "[redacted]");
        assert_eq!(format!("{:#?}", Some(Sensitive::new("Jane Roe"))), "Some(\n    [redacted],\n)");
    }
}
