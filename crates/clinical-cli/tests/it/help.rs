//! The command tree, as its help pages show it.

use crate::support::run;

#[test]
fn every_help_page() {
    for page in [
        "",
        "demo",
        "codify",
        "structure",
        "results",
        "results list",
        "results show",
        "results recover",
        "results remove",
        "novamed",
        "novamed patient",
        "novamed carriers",
        "novamed webhook",
        "novamed webhook delete",
        "novamed log",
        "novamed log list",
        "novamed log remove",
        "sandbox",
        "health",
        "drift",
    ] {
        let args = page.split_whitespace().chain(["--help"]);
        let ran = run(args).expect(0);
        assert_eq!(ran.stderr, "");
        let name = if page.is_empty() { "help".to_owned() } else { page.replace(' ', "_") };
        insta::assert_snapshot!(format!("help_{name}"), ran.stdout);
    }
}

#[test]
fn the_exit_codes_are_in_the_long_help() {
    for args in
        [["--help"].as_slice(), &["codify", "--help"], &["structure", "--help"], &["novamed", "order", "--help"]]
    {
        let page = run(args).expect(0).stdout;
        for code in ["  0 ", "  1 ", "  2 ", "  4 ", "  5 ", "  6 ", "  130 "] {
            assert!(page.contains(&format!("\n{code}")), "{code} in {page}");
        }
    }
}

#[test]
fn no_command_is_a_usage_error_and_version_is_not() {
    run([""; 0]).expect(2);
    let ran = run(["--version"]).expect(0);
    assert_eq!(ran.stdout.trim_end(), concat!("clinical ", env!("CARGO_PKG_VERSION")));
}
