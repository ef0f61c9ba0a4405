//! The README's JSON is the JSON that the sandbox takes.

use crate::wire::{call, start};

#[tokio::test]
async fn every_json_block_of_the_readme_is_accepted_as_faults() {
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> = readme.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    let sandbox = start().await;
    for block in blocks {
        let answer = call(&sandbox, "POST", "/_sandbox/faults", block.as_bytes()).await;
        assert_eq!(answer.status, 201, "{block}");
    }
}
