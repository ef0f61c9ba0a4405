//! The rules about dependencies, as sentences that name what breaks them. A vendor's crate is a published library
//! that builds on the transport core and bears the vendor's name; this project's own begin with `clinical-`.

use super::tree::Tree;
use crate::packages::Package;

/// The transport core, and the most crates that it may bring in its default build.
const CORE: &str = "clinical-http";
const MOST_CRATES: usize = 92;

/// The lower half of the core: the one crate that knows the HTTP library.
const LOWER: &str = "clinical-transport";

/// How the crates begin that are no vendor's.
const OWN: &str = "clinical-";

/// The HTTP library.
const HTTP: &str = "reqwest";

/// The one TLS: the protocol, its provider of cryptography, and what must never stand beside them.
const TLS: [&str; 2] = ["rustls", "ring"];
const OTHER_TLS: [&str; 12] = [
    "aws-lc-fips-sys",
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "boring-sys",
    "graviola",
    "mbedtls",
    "native-tls",
    "openssl",
    "openssl-sys",
    "rustls-openssl",
    "wolfssl",
];

/// The test double and the model of health records: not in what a library's user gets unasked.
const SANDBOX: &str = "clinical-sandbox";
const MODEL: &str = "fhir-r4b-model";

/// The feature for callers without `async`, which may add no crate.
pub(super) const BLOCKING: &str = "blocking";

/// A published package and its trees.
pub(super) struct Trees {
    pub(super) package: Package,
    /// As its user gets it, on the system where crates are counted.
    pub(super) default: Tree,
    /// With all features, on all systems.
    pub(super) everything: Tree,
    /// Without features and with [`BLOCKING`] alone, on all systems.
    pub(super) blocking: Option<(Tree, Tree)>,
}

impl Trees {
    fn name(&self) -> &str {
        &self.package.name
    }

    fn is_library(&self) -> bool {
        !self.package.has_program() && self.name() != SANDBOX
    }

    fn is_vendors(&self) -> bool {
        self.is_library() && self.package.depends_on(CORE) && !self.name().starts_with(OWN)
    }
}

/// One sentence for each rule that is broken, by package.
pub(super) fn broken(all: &[Trees]) -> Vec<String> {
    let mut found = Vec::new();
    if !all.iter().any(|one| one.name() == CORE) {
        found.push(format!("{CORE} is not among the published packages: give the rules its new name."));
    }
    for one in all {
        size(one, &mut found);
        tls(one, &mut found);
        http(one, &mut found);
        strangers(one, all, &mut found);
        blocking(one, &mut found);
    }
    found
}

fn size(one: &Trees, found: &mut Vec<String>) {
    let crates = one.default.len();
    if one.name() == CORE && crates > MOST_CRATES {
        found.push(format!(
            "{CORE} brings {crates} crates, itself included; {MOST_CRATES} are allowed: do without one."
        ));
    }
}

fn tls(one: &Trees, found: &mut Vec<String>) {
    let name = one.name();
    for other in OTHER_TLS.iter().filter(|other| one.everything.has(other)) {
        let by = one.everything.parents(other).join(", ");
        found.push(format!("{name} brings {other} (through {by}): TLS is {} alone.", TLS.join(" with ")));
    }
    for part in TLS {
        let versions = one.everything.versions(part);
        if versions.len() > 1 {
            found.push(format!("{name} brings {part} in versions {}: one is enough.", versions.join(" and ")));
        }
        if versions.is_empty() && one.everything.has(HTTP) {
            found.push(format!("{name} brings {HTTP} without {part}: TLS is {}.", TLS.join(" with ")));
        }
    }
}

fn http(one: &Trees, found: &mut Vec<String>) {
    for parent in one.everything.parents(HTTP).into_iter().filter(|parent| *parent != LOWER) {
        found.push(format!("{parent} in the tree of {} asks for {HTTP}: requests go through {LOWER}.", one.name()));
    }
}

/// Who may not know whom.
fn strangers(one: &Trees, all: &[Trees], found: &mut Vec<String>) {
    let name = one.name();
    for other in all.iter().map(Trees::name).filter(|other| *other != name && one.everything.has(other)) {
        let others = all.iter().find(|one| one.name() == other);
        if one.is_vendors() && others.is_some_and(Trees::is_vendors) {
            found.push(format!("{name} brings {other}: crates of two vendors do not know each other."));
        }
        if name == SANDBOX || name == MODEL {
            found.push(format!("{name} brings {other}: it knows no other crate of this workspace."));
        }
        if name == CORE && other != LOWER {
            found.push(format!("{name} brings {other}: the core is below all others."));
        }
        if name == LOWER {
            found.push(format!("{name} brings {other}: the lower half of the core is below all others."));
        }
        if one.is_library() && other == SANDBOX {
            found.push(format!("{name} brings {SANDBOX}: a test double is for tests, so make it a dev-dependency."));
        }
    }
    if one.is_library() && name != MODEL && one.default.has(MODEL) {
        found.push(format!("{name} brings {MODEL} unasked: put it behind a feature."));
    }
}

fn blocking(one: &Trees, found: &mut Vec<String>) {
    let Some((without, with)) = &one.blocking else { return };
    for added in with.beyond(without) {
        found.push(format!("the feature {BLOCKING} of {} adds {added}: it may add no crate.", one.name()));
    }
}

#[cfg(test)]
mod tests;
