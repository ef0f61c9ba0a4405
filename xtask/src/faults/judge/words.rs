//! What the client said, held against what happened: each end is reported, with its token, and no report is untrue at the moment when it was made.

use base64::Engine as _;

use super::Verdict;
use crate::faults::evidence::{Evidence, Exchange};
use crate::faults::wire::Line;

pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    for (at, (_, line)) in evidence.story.iter().enumerate() {
        match line {
            Line::Ended { .. } => ended(at, line, evidence, verdict),
            Line::Found { key, state, .. } => {
                let kept = evidence.kept.iter().any(|kept| kept.entry.key.to_string() == *key);
                if !kept {
                    verdict.lost.push(format!("an entry that was {state} has vanished"));
                }
            }
            _ => {}
        }
    }
    // Whoever starts the program again is told of everything that has no result.
    for kept in &evidence.kept {
        let key = kept.entry.key.to_string();
        let found = |line: &Line| matches!(line, Line::Found { key: found, .. } if *found == key);
        let state = kept.entry.state.as_str();
        let told = evidence.last_life().any(|(_, line)| match (line, kept.task()) {
            (Line::Ended { task, outcome, .. }, Some(of)) => task == of && outcome == state,
            (_, Some(_)) => false,
            (line, None) => found(line) || of_submission(line, kept.submission()),
        });
        if !told {
            verdict.unexplained.push(format!("an entry is {state}, and the last life did not say so"));
        }
    }
}

fn of_submission(line: &Line, number: Option<usize>) -> bool {
    matches!(line, Line::Submitted { submission, outcome: Err(_), .. } if Some(*submission) == number)
}

fn ended(at: usize, line: &Line, evidence: &Evidence, verdict: &mut Verdict) {
    let Line::Ended { task, outcome, fate, token, bytes } = line else { return };
    let by = evidence.story.get(at).map_or(0, |(life, _)| *life);
    let polls = || {
        let before = |exchange: &&Exchange| exchange.at < at || evidence.were_rivals(exchange.life, by);
        evidence.exchanges.iter().filter(|exchange| exchange.is_about(task)).filter(before)
    };
    let came = |poll: &Exchange| poll.head.is_some_and(|(status, _)| status < 300) && !poll.bytes.is_empty();
    let mut odd = |what: &str| verdict.unexplained.push(format!("task {task} was reported as {outcome}, {what}"));
    if !token {
        odd("without its token");
    }
    let bytes = bytes.as_ref().map(|bytes| base64::engine::general_purpose::STANDARD.decode(bytes).unwrap_or_default());
    match fate.as_str() {
        "not_consumed" => {
            // Another process at the same time may have taken it since.
            if polls().any(|poll| poll.has_consumed() && !evidence.were_rivals(poll.life, by)) {
                odd("and its result had been taken");
            }
        }
        "partial" => {
            if !polls().any(came) {
                odd("and nothing had come");
            }
        }
        "kept" => {
            if !polls().any(|poll| bytes.as_ref() == Some(&poll.bytes)) {
                odd("with an answer that never came");
            }
        }
        // Certain of nothing: true whatever happened, and counted as a false alarm elsewhere if nothing had.
        "possibly_lost" => {}
        other => odd(&format!("with a fate of {other}")),
    }
    let consistent = match outcome.as_str() {
        "done" | "failed" | "unread" => fate == "kept",
        "not_consumed" | "still_running" | "busy" => fate == "not_consumed",
        "partial" => fate == "partial",
        "possibly_lost" | "gone" => fate == "possibly_lost",
        _ => false,
    };
    if !consistent {
        odd(&format!("and its result as {fate}"));
    }
}
