//! What a client needs to talk to the sandbox over HTTPS: the authority to trust and an identity to show, as PEM. Its private key is for
//! this sandbox only, and still stays out of `Debug` and of files that others may read.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::mint::Mint;

/// The authority of one sandbox and a client identity that it signed.
#[derive(Clone)]
pub struct Issued {
    authority: String,
    client: String,
    client_key: String,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").finish_non_exhaustive()
    }
}

impl Issued {
    pub(super) fn new(mint: &Mint) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (certificate, key) = mint.client()?;
        Ok(Self {
            authority: pem("CERTIFICATE", mint.authority()),
            client: pem("CERTIFICATE", &certificate),
            client_key: pem("PRIVATE KEY", key.secret_pkcs8_der()),
        })
    }

    /// The authority's certificate.
    pub fn authority_pem(&self) -> &str {
        &self.authority
    }

    /// The client's certificate.
    pub fn client_pem(&self) -> &str {
        &self.client
    }

    /// The client's private key (PKCS#8).
    pub fn client_key_pem(&self) -> &str {
        &self.client_key
    }

    /// Writes `authority.pem`, `client.pem` and `client-key.pem` into a folder, which is made if it is missing. Files of these names are
    /// replaced. On Unix only the owner may read the key.
    ///
    /// # Errors
    ///
    /// What the operating system says; some of the files may be there then.
    pub fn write_to(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("authority.pem"), &self.authority)?;
        std::fs::write(folder.join("client.pem"), &self.client)?;
        write_private(&folder.join("client-key.pem"), &self.client_key)
    }
}

/// An old file is removed first: its permissions, or the place that a link points to, would be somebody else's choice.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// The textual form of RFC 7468: base64 in lines of 64.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = next;
    }
    pem + "-----END " + label + "-----\n"
}
