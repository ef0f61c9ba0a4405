//! A record as a file: one line of JSON, and the SHA-256 of it, so that damage is seen as damage and never taken for another truth.

use std::time::{Duration, SystemTime};

use ring::digest;
use serde::{Deserialize, Serialize};

use crate::log::record::Record;
use crate::log::{Submission, SubmissionKey, SubmissionState, hexadecimal};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Content<'a> {
    version: u32,
    key: &'a str,
    submissions: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    operation: String,
    /// Nanoseconds since 1970.
    at: i64,
    /// The vendor's identifier; without it the end is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
}

pub(super) fn encode(key: &SubmissionKey, record: &Record) -> Vec<u8> {
    let submissions = record.submissions().iter().map(|submission| Line {
        operation: submission.operation.clone(),
        at: nanoseconds(submission.at),
        created: match &submission.state {
            SubmissionState::Created { id } => Some(id.clone()),
            SubmissionState::Uncertain => None,
        },
    });
    let content = Content { version: VERSION, key: key.as_str(), submissions: submissions.collect() };
    // Strings and numbers always become JSON; if they did not, the file would count as damaged, which is the safe side.
    let mut content = serde_json::to_vec(&content).unwrap_or_default();
    let check = check(&content);
    content.extend_from_slice(check.as_bytes());
    content
}

/// `None` for a file that was not written by [`encode`] for this key.
pub(super) fn decode(key: &SubmissionKey, file: &[u8]) -> Option<Record> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    let (line, found) = file.split_at(end);
    let content: Content<'_> = serde_json::from_slice(line).ok()?;
    let is_whole = found == check(line).as_bytes() && content.version == VERSION && content.key == key.as_str();
    if !is_whole || content.submissions.is_empty() {
        return None;
    }
    let submission = |line: Line| {
        let mut submission = Submission::begun(key.clone(), line.operation, time(line.at));
        if let Some(id) = line.created {
            submission.state = SubmissionState::Created { id };
        }
        submission
    };
    Some(Record::new(content.submissions.into_iter().map(submission).collect()))
}

fn check(line: &[u8]) -> String {
    format!("\n{}\n", hexadecimal(digest::digest(&digest::SHA256, line).as_ref()))
}

fn nanoseconds(at: SystemTime) -> i64 {
    match at.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds),
    }
}

fn time(nanoseconds: i64) -> SystemTime {
    let distance = Duration::from_nanos(nanoseconds.unsigned_abs());
    let time = if nanoseconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: &SubmissionKey) -> Record {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::new(seconds, 123_456_700);
        let mut created = Submission::begun(key.clone(), "create_patient", time(1_700_000_000));
        created.state = SubmissionState::Created { id: "id \"with\"\nall".to_owned() };
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(5);
        Record::new(vec![Submission::begun(key.clone(), "create_patient", before), created])
    }

    #[test]
    fn what_was_written_is_read_and_every_other_byte_is_damage() {
        let key = SubmissionKey::parse(&"5a".repeat(32)).unwrap();
        let file = encode(&key, &record(&key));
        assert_eq!(decode(&key, &file), Some(record(&key)));
        for place in 0..file.len() {
            assert_eq!(decode(&key, &file[..place]), None, "cut at {place}");
            for flip in [1, 0x20, 0x80] {
                let mut damaged = file.clone();
                damaged[place] ^= flip;
                assert_eq!(decode(&key, &damaged), None, "{flip} at {place}");
            }
        }
        let longer = [&file[..], b"\n"].concat();
        assert_eq!(decode(&key, &longer), None);
        let other = SubmissionKey::parse(&"5b".repeat(32)).unwrap();
        assert_eq!(decode(&other, &file), None);
        assert_eq!(decode(&key, &encode(&key, &Record::default())), None);
    }
}
