//! What the events come to: which order has reached what. It stands for your database.
//!
//! Effects and the place in the inbox are saved in one step, so each line counts once, also if the process dies in between. If yours cannot be
//! saved together, save the place last, and make acting twice harmless, as it is here: all effects are "this has happened", none is "one more".
//! That is needed in any case, because some events have no key, and their repeats come this far.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use novamed_api::webhook::{Event, Notification};
use serde::{Deserialize, Serialize};

use super::inbox::{FILE, Line};

pub(crate) const BOARD: &str = "board.json";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Board {
    /// How far the inbox was acted on, in bytes.
    pub(crate) place: u64,
    pub(crate) orders: BTreeMap<String, BTreeSet<String>>,
    pub(crate) shipments: BTreeMap<String, BTreeSet<String>>,
    pub(crate) practitioners: BTreeSet<String>,
    /// Somebody should look at these.
    pub(crate) unknown: BTreeSet<String>,
}

impl Board {
    pub(crate) fn load(folder: &Path) -> io::Result<Self> {
        match std::fs::read(folder.join(BOARD)) {
            Ok(board) => Ok(serde_json::from_slice(&board)?),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// A file is the old one or the new one, whatever happens.
    fn save(&self, folder: &Path) -> io::Result<()> {
        let new = folder.join("board.new");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        std::fs::rename(new, folder.join(BOARD))
    }

    fn act_on(&mut self, event: &Event) {
        let mut has_reached = |order: &str| {
            self.orders.entry(order.to_owned()).or_default().insert(event.name().to_owned());
        };
        match event {
            Event::MedicationOrderVerified(order)
            | Event::MedicationOrderSubmitted(order)
            | Event::MedicationOrderAcknowledged(order)
            | Event::MedicationOrderFilled(order) => has_reached(order.order.as_str()),
            Event::ShipmentCreated(shipment) | Event::ShipmentCancelled(shipment) => {
                shipment.order.iter().chain(&shipment.orders).for_each(|order| has_reached(order.as_str()));
                let id = shipment.shipment.as_ref().map_or("unnamed", |shipment| shipment.as_str());
                self.shipments.entry(id.to_owned()).or_default().insert(event.name().to_owned());
            }
            Event::PractitionerActivated(one) => {
                self.practitioners.insert(one.practitioner.as_str().to_owned());
            }
            other => {
                self.unknown.insert(other.name().to_owned());
            }
        }
    }
}

/// Starts a thread that acts on what is in the inbox, and on what comes into it.
pub(crate) fn start(folder: &Path, length: u64) -> io::Result<Sender<u64>> {
    let mut board = Board::load(folder)?;
    let (sender, lengths) = channel();
    let _ = sender.send(length);
    let folder = PathBuf::from(folder);
    std::thread::Builder::new().name("events".to_owned()).spawn(move || {
        for length in lengths {
            // What failed is tried again with the next event, and after a restart.
            if let Err(error) = catch_up(&folder, &mut board, length) {
                eprintln!("events wait in the inbox: {error}");
            }
        }
    })?;
    Ok(sender)
}

fn catch_up(folder: &Path, board: &mut Board, length: u64) -> io::Result<()> {
    if board.place >= length {
        return Ok(());
    }
    let mut inbox = File::open(folder.join(FILE))?;
    inbox.seek(SeekFrom::Start(board.place))?;
    // No further: what is behind is being written.
    for line in BufReader::new(inbox.take(length - board.place)).lines() {
        let line = line?;
        let place = board.place + line.len() as u64 + 1;
        let stored: Line = serde_json::from_str(&line)?;
        let event = Notification::from_stored(stored.body.as_bytes()).map_err(io::Error::other)?.into_event();
        board.act_on(&event);
        let before = std::mem::replace(&mut board.place, place);
        board.save(folder).inspect_err(|_| board.place = before)?;
        println!("acted on an event, {place} of {length} bytes");
    }
    Ok(())
}
