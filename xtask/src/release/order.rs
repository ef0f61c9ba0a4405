//! The order in which crates can be published, and what they may say about each other. A crate is published after all that its package names
//! with a version; a test-only neighbour is named by its path alone, so that packaging leaves it out and no circle can arise.

use anyhow::{Result, bail};

use crate::packages::{Dependency, Package};
use crate::workspace::shown;

/// What cargo says of a dependency without a version.
const NO_VERSION: &str = "*";

/// The packages in an order in which each can be published; by name where there is a choice.
///
/// # Errors
///
/// If some need each other in a circle, naming them.
pub(super) fn of(packages: &[Package]) -> Result<Vec<&Package>> {
    let mut waiting: Vec<&Package> = packages.iter().collect();
    let mut order: Vec<&Package> = Vec::new();
    while !waiting.is_empty() {
        let is_free = |one: &&Package| !needs(one).any(|needed| waiting.iter().any(|other| other.name == needed));
        let Some(at) = waiting.iter().position(is_free) else {
            let names: Vec<_> = waiting.iter().map(|one| one.name.as_str()).collect();
            bail!(
                "no order in which to publish {}: they need each other, so leave the version out where one is needed for tests only",
                names.join(", ")
            );
        };
        order.push(waiting.remove(at));
    }
    Ok(order)
}

/// What must be in the registry before this package.
fn needs(package: &Package) -> impl Iterator<Item = &str> {
    let named = package.dependencies.iter().filter(|one| !is_for_tests(one) || one.req != NO_VERSION);
    named.map(|one| one.name.as_str())
}

fn is_for_tests(dependency: &Dependency) -> bool {
    dependency.kind.as_deref() == Some("dev")
}

/// One sentence for each dependency on another package of this workspace that would not be published as it is meant.
pub(super) fn problems(package: &Package, all: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let Some(other) = all.iter().find(|other| other.name == dependency.name) else { continue };
        let wanted = format!("^{}", other.about.version);
        let what = match (is_for_tests(dependency), dependency.req.as_str()) {
            (true, NO_VERSION) => continue,
            (true, _) => "a version of a crate that is needed for tests only: name it by its path alone".to_owned(),
            (false, req) if req == wanted => continue,
            (false, NO_VERSION) => "no version: add `workspace = true`".to_owned(),
            (false, req) => format!("version {req} where {wanted} is released with it: set it in the root Cargo.toml"),
        };
        found.push(format!("{} asks for {} with {what}.", shown(&package.about.manifest_path), other.name));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::made_up::library;

    fn package(name: &str, dependencies: &[(&str, Option<&str>, &str)]) -> Package {
        let mut package = library(name, &[], &[]);
        package.about.version = "0.1.0".into();
        let dependency = |&(name, kind, req): &(&str, Option<&str>, &str)| Dependency {
            name: name.into(),
            kind: kind.map(str::to_owned),
            req: req.into(),
        };
        package.dependencies = dependencies.iter().map(dependency).collect();
        package
    }

    fn names(packages: &[Package]) -> Vec<String> {
        of(packages).unwrap().into_iter().map(|one| one.name.clone()).collect()
    }

    #[test]
    fn what_is_needed_is_published_first() {
        let all = [
            package("a-client", &[("core", None, "^0.1.0"), ("other", None, "^1")]),
            package("core", &[("lower", None, "^0.1.0"), ("a-client", Some("dev"), "*")]),
            package("lower", &[]),
            package("z", &[("lower", Some("build"), "^0.1.0")]),
        ];
        assert_eq!(names(&all), ["lower", "core", "a-client", "z"]);
    }

    #[test]
    fn a_circle_through_tests_names_those_in_it_and_the_way_out() {
        let all = [
            package("free", &[]),
            package("a", &[("b", None, "^0.1.0")]),
            package("b", &[("a", Some("dev"), "^0.1.0")]),
        ];
        let error = of(&all).unwrap_err().to_string();
        assert!(error.contains("publish a, b:") && error.contains("leave the version out"), "{error}");
    }

    #[test]
    fn a_dependency_that_would_not_be_published_as_meant_is_one_sentence() {
        let found = |kind, req| problems(&package("a", &[("b", kind, req)]), &[package("b", &[])]);
        assert_eq!(found(None, "^0.1.0"), [""; 0]);
        assert_eq!(found(Some("dev"), "*"), [""; 0]);
        assert_eq!(problems(&package("a", &[("serde", None, "*")]), &[]), [""; 0]);
        for (kind, req, wanted) in [
            (None, "*", "no version"),
            (Some("build"), "*", "no version"),
            (None, "^0.0.9", "version ^0.0.9 where ^0.1.0"),
            (Some("dev"), "^0.1.0", "path alone"),
        ] {
            let found = found(kind, req);
            assert!(found.len() == 1 && found[0].contains(wanted), "{found:?}");
        }
    }
}
