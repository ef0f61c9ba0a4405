//! What the text of a canonical address means: which definition, in which version, and which part of it.

use crate::primitives::Canonical;

impl Canonical {
    /// The address of the definition, without version and fragment; `None` if there is none, as in `#vs1`.
    ///
    /// ```
    /// use fhir_r4b_model::primitives::Canonical;
    ///
    /// let canonical = Canonical::from("http://example.org/ValueSet/colours|2.1#warm");
    /// assert_eq!(canonical.url(), Some("http://example.org/ValueSet/colours"));
    /// assert_eq!((canonical.version(), canonical.fragment()), (Some("2.1"), Some("warm")));
    /// ```
    pub fn url(&self) -> Option<&str> {
        let url = self.whole()?.split('|').next()?;
        (!url.is_empty()).then_some(url)
    }

    /// The business version behind the `|`. It is not the version of a resource on a server, which `/_history/` names.
    pub fn version(&self) -> Option<&str> {
        let (_, version) = self.whole()?.split_once('|')?;
        (!version.is_empty()).then_some(version)
    }

    /// The id behind the `#`: what is meant is contained in the definition, or, where there is no address, beside this element.
    pub fn fragment(&self) -> Option<&str> {
        let (_, fragment) = self.as_str()?.split_once('#')?;
        (!fragment.is_empty()).then_some(fragment)
    }

    fn whole(&self) -> Option<&str> {
        self.as_str()?.split('#').next()
    }
}
