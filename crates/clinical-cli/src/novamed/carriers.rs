//! `clinical novamed carriers`: who brings what is ordered, and what that costs. Reads only.

use std::io::{self, Write};

use novamed_api::{Carrier, CarrierService, CarrierServices, Decimal};
use serde_json::json;

use crate::args::{CarriersArgs, ListFormat};
use crate::audit::{self, Trail};
use crate::connect::NovamedSession;
use crate::exit::{Exit, Stop};
use crate::output::table;
use crate::plain::plain;
use crate::progress::Progress;
use crate::signals;

pub(super) async fn run(args: CarriersArgs) -> Result<Exit, Stop> {
    let trail = args.audit.as_deref().map(Trail::at);
    let result = ask(&args, trail.as_ref()).await;
    audit::close(trail, result).await
}

async fn ask(args: &CarriersArgs, trail: Option<&Trail>) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    let progress = Progress::new(1);
    let session = NovamedSession::open(&args.connection, None, progress.clone(), trail.cloned()).await?;
    trail.map_or(Ok(()), Trail::open)?;
    let asked = async {
        match (&args.carrier, &args.patient) {
            (Some(carrier), Some(patient)) => {
                let answer = session.novamed.carrier_services(carrier, patient).await?;
                Ok(Listed::Services(answer.value))
            }
            _ => Ok(Listed::Carriers(session.novamed.carriers().await?.value)),
        }
    };
    let listed = tokio::select! {
        biased;
        exit = stopped => return Ok(exit),
        listed = asked => listed,
    };
    progress.clear();
    let listed = listed.map_err(|error| super::webhook::failed(&error))?;
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &listed.json()).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Table => listed.table(&mut out, args.connection.is_simulated())?,
    }
    out.flush()?;
    drop(out);
    session.close().await;
    Ok(Exit::Ok)
}

enum Listed {
    Carriers(Vec<Carrier>),
    Services(CarrierServices),
}

/// As the vendor wrote it: a binary fraction would be another number.
fn cost(cost: Option<Decimal>) -> Option<String> {
    cost.map(|cost| cost.to_string())
}

impl Listed {
    fn json(&self) -> serde_json::Value {
        match self {
            Self::Carriers(carriers) => {
                carriers.iter().map(|carrier| json!({ "id": carrier.id.as_str(), "name": carrier.name })).collect()
            }
            Self::Services(found) => json!({
                "services": found.services.iter().map(|service| json!({
                    "id": service.id.as_str(),
                    "name": service.name,
                    "total_cost": cost(service.total_cost),
                    "original_cost": cost(service.original_cost),
                })).collect::<Vec<_>>(),
                "is_free_shipment": found.is_free_shipment,
                "free_shipment_type": found.free_shipment_type,
                "patient_state": found.patient_state,
            }),
        }
    }

    fn table(&self, out: &mut impl Write, simulated: bool) -> io::Result<()> {
        let settings = table::Settings::of_stdout(simulated);
        if simulated {
            writeln!(out, "{}", settings.style.yellow("(SIMULATED)"))?;
        }
        match self {
            Self::Carriers(carriers) => {
                let mut page = table::new(settings.width, &["Carrier", "Name"], &[0]);
                for carrier in carriers {
                    page.add_row([plain(carrier.id.as_str()), plain(&carrier.name)]);
                }
                writeln!(out, "{}", page.trim_fmt())
            }
            Self::Services(found) => {
                let mut page = table::new(settings.width, &["Service", "Name", "Total cost", "Original cost"], &[0]);
                for CarrierService { id, name, total_cost, original_cost, .. } in &found.services {
                    let cost = |given| cost(given).unwrap_or_default();
                    page.add_row([plain(id.as_str()), plain(name), cost(*total_cost), cost(*original_cost)]);
                }
                writeln!(out, "{}", page.trim_fmt())?;
                if found.is_free_shipment == Some(true) {
                    let why = found.free_shipment_type.as_deref().map(|why| format!(" ({})", plain(why)));
                    writeln!(out, "Shipping is free{}.", why.unwrap_or_default())?;
                }
                Ok(())
            }
        }
    }
}
