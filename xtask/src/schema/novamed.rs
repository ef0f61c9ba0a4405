//! What the `NovaMed` client writes, per revision, found out by writing. Its revisions are code and no types, so no schema can be derived from
//! them: instead each request is filled in completely, then with each part left out or varied, and what goes out is looked at. A field is
//! required if it is in everything that was sent, and has the types that were seen.
//!
//! What cannot be seen so: rules for the content of texts. They are no part of these schemas; the contracts have them.

mod observed;
mod samples;

use anyhow::{Context as _, Result, bail, ensure};
use novamed_api::{ClinicId, NovaMed, Request, Revision};
use serde::de::DeserializeOwned;
use serde_json::Value;

use observed::Observed;
use samples::Sample;

/// The schema of each request in each revision, by `TYPE@REVISION`.
pub(super) fn written() -> Result<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for sample in samples::all()? {
        for revision in Revision::ALL {
            let client = client(*revision)?;
            let schema = of(&sample, &client).with_context(|| format!("{} in {revision}", sample.name))?;
            all.push((format!("{}@{revision}", sample.name), schema));
        }
    }
    Ok(all)
}

fn client(revision: Revision) -> Result<NovaMed> {
    let builder = NovaMed::builder().revision(revision).base_url("http://127.0.0.1:9").synthetic_data_only();
    Ok(builder.api_key("dev_key").clinic(ClinicId::new(samples::UUID)?).build()?)
}

fn of(sample: &Sample, client: &NovaMed) -> Result<Value> {
    let full = carried(sample, client)?;
    let mut seen = Observed::default();
    let body = sent(sample, client, &full)?.context("the full request has no body")?;
    seen.add(&body);
    let least = samples::least(&full, |value| Ok(sent(sample, client, value)?.is_some()))?;
    for variation in samples::variations(&full).into_iter().chain([least]) {
        if let Some(body) = sent(sample, client, &variation)? {
            seen.add(&body);
        }
    }
    for (at, names) in &sample.open_lists {
        // Where a value of an open list comes out is where all of them do.
        let mut places = Vec::new();
        for name in names {
            let mut varied = full.clone();
            let Some(field) = varied.pointer_mut(at) else { break };
            *field = Value::String(name.clone());
            if let Some(body) = sent(sample, client, &varied)? {
                places.push((name, observed::texts(&body)));
            }
        }
        seen.open_list(&places);
    }
    Ok(seen.schema())
}

/// As much of the sample as this revision can carry.
fn carried(sample: &Sample, client: &NovaMed) -> Result<Value> {
    let mut full = sample.full.clone();
    for _ in 0..64 {
        let problems = (sample.write)(client, &full)?.err().unwrap_or_default();
        if problems.is_empty() {
            return Ok(full);
        }
        ensure!(
            samples::without(&mut full, &problems),
            "cannot be sent, whatever is left out: {}",
            problems.join(", ")
        );
    }
    bail!("cannot be sent, whatever is left out")
}

fn sent(sample: &Sample, client: &NovaMed, value: &Value) -> Result<Option<Value>> {
    Ok((sample.write)(client, value)?.ok())
}

/// What goes out for a request in its JSON form, or the fields that are in the way.
type Written = Result<Result<Value, Vec<String>>>;

fn write<R: Request + DeserializeOwned>(client: &NovaMed, value: &Value) -> Written {
    let Ok(request) = serde_json::from_value::<R>(value.clone()) else {
        return Ok(Err(vec!["(the form)".to_owned()]));
    };
    match client.preview(&request) {
        Ok(preview) => match preview.body {
            Some(body) => Ok(Ok(serde_json::from_slice(body.expose())?)),
            // The form of a deletion that has all in its address.
            None => Ok(Err(vec!["(the body)".to_owned()])),
        },
        Err(error) => Ok(Err(error.problems().iter().map(|problem| problem.field.clone()).collect())),
    }
}
