//! Made-up trees: one that keeps all rules, and one change at a time that breaks one of them.

use super::*;
use crate::packages::made_up::{library, program};

const HONEST_CORE: &str =
    "0clinical-http v1.0.0\n1clinical-transport v1.0.0\n2reqwest v1.0.0\n3rustls v1.0.0\n4ring v1.0.0\n";
const HONEST_LOWER: &str = "0clinical-transport v1.0.0\n1reqwest v1.0.0\n2rustls v1.0.0\n3ring v1.0.0\n";

fn below(name: &str, tree: &str) -> String {
    let deeper = tree.lines().map(|line| {
        let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap();
        let depth: usize = line[..digits].parse().unwrap();
        format!("{}{}\n", depth + 1, &line[digits..])
    });
    format!("0{name} v1.0.0\n{}", deeper.collect::<String>())
}

/// So many crates besides.
fn more(crates: usize) -> String {
    let lines: Vec<_> = (0..crates).map(|n| format!("1more v{n}.0.0\n")).collect();
    lines.concat()
}

fn trees(package: Package, tree: &str) -> Trees {
    let parse = || Tree::parse(tree).unwrap();
    Trees { package, default: parse(), everything: parse(), blocking: None }
}

fn core(tree: &str) -> Trees {
    trees(library(CORE, &[LOWER], &[]), tree)
}

fn lower(more: &str) -> Trees {
    trees(library(LOWER, &["reqwest"], &[]), &(HONEST_LOWER.to_owned() + more))
}

/// A library on the core; `more` is what its tree has besides.
fn vendor(name: &str, more: &str) -> Trees {
    trees(library(name, &[CORE], &[]), &(below(name, HONEST_CORE) + more))
}

fn command() -> Trees {
    let tree =
        below("command", HONEST_CORE) + "1one v1.0.0\n1two v1.0.0\n1clinical-sandbox v1.0.0\n1fhir-r4b-model v1.0.0\n";
    trees(program("command", &[CORE, "one", "two", SANDBOX]), &tree)
}

fn alone(name: &str, more: &str) -> Trees {
    trees(library(name, &[], &[]), &format!("0{name} v1.0.0\n{more}"))
}

fn honest() -> Vec<Trees> {
    vec![
        core(HONEST_CORE),
        lower(""),
        vendor("one", ""),
        vendor("two", ""),
        alone(SANDBOX, ""),
        alone(MODEL, ""),
        command(),
    ]
}

/// What is said of the honest workspace with one package exchanged.
fn with(changed: Trees) -> Vec<String> {
    let mut all = honest();
    all.retain(|one| one.name() != changed.name());
    all.push(changed);
    broken(&all)
}

#[test]
fn an_honest_workspace_breaks_no_rule() {
    assert_eq!(broken(&honest()), [""; 0]);
}

#[test]
fn a_workspace_without_the_core_is_not_passed_over() {
    let said = broken(&honest().into_iter().skip(1).collect::<Vec<_>>());
    assert_eq!(said, ["clinical-http is not among the published packages: give the rules its new name."]);
}

#[test]
fn the_core_brings_92_crates_and_not_one_more() {
    let sized = |crates: usize| with(core(&(HONEST_CORE.to_owned() + &more(crates - 5))));
    assert_eq!(sized(92), [""; 0]);
    assert_eq!(sized(93), ["clinical-http brings 93 crates, itself included; 92 are allowed: do without one."]);
    // Only the default build is counted.
    let mut optional = core(HONEST_CORE);
    optional.everything = Tree::parse(&(HONEST_CORE.to_owned() + &more(100))).unwrap();
    assert_eq!(with(optional), [""; 0]);
}

#[test]
fn a_second_tls_is_found_wherever_it_comes_from() {
    for other in OTHER_TLS {
        let said = with(vendor("one", &format!("1proxy v1.0.0\n2{other} v1.0.0\n")));
        assert_eq!(said, [format!("one brings {other} (through proxy): TLS is rustls with ring alone.")]);
        let said = with(alone(SANDBOX, &format!("1{other} v1.0.0\n")));
        assert_eq!(
            said,
            [format!("clinical-sandbox brings {other} (through clinical-sandbox): TLS is rustls with ring alone.")]
        );
    }
    let said = with(core(&(HONEST_CORE.to_owned() + "1rustls v0.9.0\n")));
    assert_eq!(said, ["clinical-http brings rustls in versions 0.9.0 and 1.0.0: one is enough."]);
    let said = with(core("0clinical-http v1.0.0\n1clinical-transport v1.0.0\n2reqwest v1.0.0\n3rustls v1.0.0\n"));
    assert_eq!(said, ["clinical-http brings reqwest without ring: TLS is rustls with ring."]);
}

#[test]
fn nobody_goes_around_the_core() {
    let said = with(vendor("one", "1reqwest v1.0.0 (*)\n"));
    assert_eq!(said, ["one in the tree of one asks for reqwest: requests go through clinical-transport."]);
    let said = with(vendor("two", "1helper v1.0.0\n2reqwest v1.0.0 (*)\n"));
    assert_eq!(said, ["helper in the tree of two asks for reqwest: requests go through clinical-transport."]);
}

#[test]
fn crates_of_two_vendors_do_not_know_each_other_but_a_program_knows_both() {
    let said = with(vendor("one", "1helper v1.0.0\n2two v1.0.0\n"));
    assert_eq!(said, ["one brings two: crates of two vendors do not know each other."]);
    // Nor is a helper of this project's a vendor's crate.
    let mut all = honest();
    all.push(vendor("clinical-helper", ""));
    all.push(vendor("three", "1clinical-helper v1.0.0\n"));
    assert_eq!(broken(&all), [""; 0]);
}

#[test]
fn the_test_double_is_in_no_library_and_knows_nobody() {
    let said = with(vendor("one", "1clinical-sandbox v1.0.0\n"));
    assert_eq!(said, ["one brings clinical-sandbox: a test double is for tests, so make it a dev-dependency."]);
    let said = with(alone(SANDBOX, "1one v1.0.0\n"));
    assert_eq!(said, ["clinical-sandbox brings one: it knows no other crate of this workspace."]);
    let said = with(core(&(HONEST_CORE.to_owned() + "1one v1.0.0\n")));
    assert_eq!(said, ["clinical-http brings one: the core is below all others."]);
    let said = with(lower("1clinical-http v1.0.0\n"));
    assert_eq!(said, ["clinical-transport brings clinical-http: the lower half of the core is below all others."]);
}

#[test]
fn the_model_is_in_a_library_only_behind_a_feature_and_knows_nobody() {
    let said = with(vendor("one", "1fhir-r4b-model v1.0.0\n"));
    assert_eq!(said, ["one brings fhir-r4b-model unasked: put it behind a feature."]);
    let mut asked = vendor("one", "");
    asked.everything = vendor("one", "1fhir-r4b-model v1.0.0\n").everything;
    assert_eq!(with(asked), [""; 0]);
    let said = with(alone(MODEL, "1clinical-http v1.0.0\n"));
    assert_eq!(said, ["fhir-r4b-model brings clinical-http: it knows no other crate of this workspace."]);
}

#[test]
fn the_blocking_feature_adds_no_crate() {
    let with_feature = |more: &str| {
        let mut changed = vendor("one", "");
        changed.blocking = Some((vendor("one", "").default, vendor("one", more).default));
        with(changed)
    };
    assert_eq!(with_feature(""), [""; 0]);
    assert_eq!(with_feature("1pool v2.0.0\n"), ["the feature blocking of one adds pool 2.0.0: it may add no crate."]);
}
