//! Medical entities and their mentions: typed where the vendor's guide shows the type, and by their text where it does not.

use std::borrow::Cow;

use crate::json::open_object;
use crate::{Fields, Json};

/// The six kinds of entities that the vendor extracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntityKind {
    /// Drugs, doses, frequencies.
    Medications,
    /// Diagnoses and symptoms.
    Conditions,
    /// Procedures and interventions.
    Procedures,
    /// Allergies and intolerances.
    Allergies,
    /// Vaccinations.
    Immunizations,
    /// Vital signs, laboratory results, findings.
    Observations,
}

impl EntityKind {
    /// All of them, in the order of the vendor's guide.
    pub const ALL: [Self; 6] = [
        Self::Medications,
        Self::Conditions,
        Self::Procedures,
        Self::Allergies,
        Self::Immunizations,
        Self::Observations,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Medications => "medications",
            Self::Conditions => "conditions",
            Self::Procedures => "procedures",
            Self::Allergies => "allergies",
            Self::Immunizations => "immunizations",
            Self::Observations => "observations",
        }
    }
}

impl std::fmt::Display for EntityKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

open_object!(
    /// The entities that were found in a record, or in all records together.
    pub Entities {
        medications: Vec<Entity> = "medications",
        conditions: Vec<Entity> = "conditions",
        procedures: Vec<Entity> = "procedures",
        allergies: Vec<Entity> = "allergies",
        immunizations: Vec<Entity> = "immunizations",
        observations: Vec<Entity> = "observations",
    }
);

impl Entities {
    /// The entities of a kind; none if the vendor left the list out.
    pub fn of(&self, kind: EntityKind) -> &[Entity] {
        let list = match kind {
            EntityKind::Medications => &self.medications,
            EntityKind::Conditions => &self.conditions,
            EntityKind::Procedures => &self.procedures,
            EntityKind::Allergies => &self.allergies,
            EntityKind::Immunizations => &self.immunizations,
            EntityKind::Observations => &self.observations,
        };
        list.as_deref().unwrap_or_default()
    }

    /// What else the vendor sent beside the six lists.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for Entities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(EntityKind::ALL.map(|kind| (kind.as_str(), self.of(kind).len()))).finish()
    }
}

open_object!(
    /// One medical entity: each is there once, with all its mentions. `Debug` shows numbers only.
    pub Entity {
        identity_signature: String = "identity_signature",
        identity_fields: Fields = "identity_fields",
        instantiations: Vec<Mention> = "instantiations",
    }
);

impl Entity {
    /// The vendor's identifier of what the entity is. Opaque: the vendor's samples have different ones for one drug.
    pub fn identity_signature(&self) -> Option<&str> {
        self.identity_signature.as_deref()
    }

    /// What makes it the entity it is. The vendor shows `name`, `dose` and `frequency` for medications, and nothing for the other kinds.
    pub fn identity_fields(&self) -> Option<&Fields> {
        self.identity_fields.as_ref()
    }

    /// One of the identity fields, if it is a string: `medication.identity("dose")`.
    pub fn identity(&self, field: &str) -> Option<Cow<'_, str>> {
        self.identity_fields.as_ref()?.text(field)
    }

    /// All mentions.
    pub fn instantiations(&self) -> &[Mention] {
        self.instantiations.as_deref().unwrap_or_default()
    }

    /// The words of the first mention.
    pub fn display_str(&self) -> Option<&str> {
        self.instantiations().iter().find_map(Mention::display_str)
    }

    /// What else the vendor sent.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entity").field("instantiations", &self.instantiations().len()).finish_non_exhaustive()
    }
}

open_object!(
    /// One mention of an entity in a record. `Debug` shows no content.
    pub Mention {
        display_str: String = "display_str",
        span: Span = "span",
        tagging_certainty: f64 = "tagging_certainty",
        time_references: Json = "time_references",
        status: Json = "status",
    }
);

impl Mention {
    /// The words of the mention.
    pub fn display_str(&self) -> Option<&str> {
        self.display_str.as_deref()
    }

    /// Where it stands in the record's text.
    pub fn span(&self) -> Option<&Span> {
        self.span.as_ref()
    }

    /// How sure the vendor is. The vendor's sample is 0.95; the range is not documented.
    pub fn tagging_certainty(&self) -> Option<f64> {
        self.tagging_certainty
    }

    /// When it was; the vendor documents a list and not what is in it.
    pub fn time_references(&self) -> Option<&Json> {
        self.time_references.as_ref()
    }

    /// How it stands with it; the vendor documents an object and not what is in it.
    pub fn status(&self) -> Option<&Json> {
        self.status.as_ref()
    }

    /// What else the vendor sent.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for Mention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mention").field("tagging_certainty", &self.tagging_certainty).finish_non_exhaustive()
    }
}

open_object!(
    /// A place in a text. Whether the vendor counts bytes, characters or UTF-16 units, and whether the end belongs to it, is not
    /// documented, and the vendor's own sample does not fit its text: show it to nobody as if it were exact.
    pub Span { start: i64 = "start", end: i64 = "end" }
);

impl Span {
    /// Where it begins.
    pub fn start(&self) -> Option<i64> {
        self.start
    }

    /// Where it ends.
    pub fn end(&self) -> Option<i64> {
        self.end
    }

    /// What else the vendor sent.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Span").field("start", &self.start).field("end", &self.end).finish_non_exhaustive()
    }
}
