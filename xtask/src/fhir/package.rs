//! The two npm packages that HL7 publishes for FHIR R4B, at a pinned version and hash. They are fetched by the ordinary npm
//! client and unpacked below the folder of what is built, so that no copy of them is committed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;

use crate::workspace;

/// A published package.
pub(super) struct Package {
    name: &'static str,
    sha256: &'static str,
}

/// The definitions.
pub(super) const CORE: Package =
    Package { name: "hl7.fhir.r4b.core", sha256: "2abd390aa5ad25eb269eb46dad45380db2fa7ba653e39926b75973475c3bc4ce" };

/// The examples.
pub(super) const EXAMPLES: Package = Package {
    name: "hl7.fhir.r4b.examples",
    sha256: "82cb78e05077f57ff416eb044831bad7de9fca602c0cea8ce5ef672b604344de",
};

const VERSION: &str = "4.3.0";

/// Fetches both packages, unless they are there.
pub(super) fn fetch() -> Result<()> {
    for package in [CORE, EXAMPLES] {
        package.fetch()?;
        println!("{}@{VERSION} is in {}", package.name, package.folder()?.display());
    }
    Ok(())
}

fn cache() -> PathBuf {
    workspace::target_dir().join("fhir")
}

impl Package {
    /// The folder with the package's files.
    pub(super) fn folder(&self) -> Result<PathBuf> {
        let folder = cache().join(self.name).join("package");
        if !folder.is_dir() {
            bail!("{}@{VERSION} is not there: run `cargo xtask fhir fetch`", self.name);
        }
        Ok(folder)
    }

    fn fetch(&self) -> Result<()> {
        let cache = cache();
        fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        let archive = cache.join(format!("{}-{VERSION}.tgz", self.name));
        if !archive.is_file() {
            self.pack(&cache)?;
        }
        let bytes = fs::read(&archive).with_context(|| format!("npm left no {}", archive.display()))?;
        let found = hex(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref());
        if found != self.sha256 {
            bail!("{} has SHA-256 {found}, expected {}: remove it and fetch again", archive.display(), self.sha256);
        }
        // Unpacked beside its place and then moved there: a run that was stopped leaves no half package.
        let (unpacked, folder) = (cache.join(format!("{}.new", self.name)), cache.join(self.name));
        for old in [&unpacked, &folder] {
            if old.exists() {
                fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
            }
        }
        tar::Archive::new(GzDecoder::new(bytes.as_slice())).unpack(&unpacked).context("cannot unpack the package")?;
        fs::rename(&unpacked, &folder).context("cannot move the unpacked package")?;
        Ok(())
    }

    fn pack(&self, cache: &PathBuf) -> Result<()> {
        let wanted = format!("{}@{VERSION}", self.name);
        let output = Command::new("npm")
            .args(["pack", "--silent", &wanted, "--pack-destination"])
            .arg(cache)
            .output()
            .context("cannot start npm: install it (it comes with Node.js) to fetch the FHIR packages")?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            let reason = reason.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
            bail!("npm could not fetch {wanted}; is its registry reachable? npm says: {reason}");
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
