//! The vendor's size limits, checked before a byte is sent.

/// How large an input may be.
///
/// The vendor writes "50 KB" and "5 MB" without saying whether that is 1000 or 1024; the defaults take the widest reading, so that
/// nothing is refused here that the vendor would accept. Customers with higher limits by contract set their own.
///
/// | limit | default |
/// |---|---|
/// | `note` | 51,200 bytes of UTF-8 |
/// | `pdf` | 5,242,880 bytes, before base64 |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    note: usize,
    pdf: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { note: 50 * 1024, pdf: 5 * 1024 * 1024 }
    }
}

impl Limits {
    /// The most bytes of UTF-8 of a note.
    #[must_use]
    pub fn note(mut self, bytes: usize) -> Self {
        self.note = bytes;
        self
    }

    /// The most bytes of a PDF, before base64.
    #[must_use]
    pub fn pdf(mut self, bytes: u64) -> Self {
        self.pdf = bytes;
        self
    }

    /// The most bytes of UTF-8 of a note.
    pub fn note_bytes(&self) -> usize {
        self.note
    }

    /// The most bytes of a PDF, before base64.
    pub fn pdf_bytes(&self) -> u64 {
        self.pdf
    }
}
