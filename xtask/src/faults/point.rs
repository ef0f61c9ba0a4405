//! Where a client's process can be killed: on both sides of everything that leaves it or is asked of the store, and wherever one of its futures is
//! polled. The engine awaits nothing else, so each of its awaits lies between two of these.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! points {
    ($($(#[$doc:meta])* $name:ident $text:literal $most:literal,)*) => {
        /// A place in the client where its process can die.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Point { $($(#[$doc])* $name,)* }

        impl Point {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Up to how many times a schedule may let it pass: about as often as an ordinary run comes by.
            pub fn passes(self) -> u32 {
                match self { $(Self::$name => $most,)* }
            }
        }

        impl fmt::Display for Point {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

points! {
    /// The caller's future is polled.
    Root "caller is polled" 24,
    /// A wait begins.
    SleepBegins "wait begins" 5,
    /// A wait is over.
    SleepEnds "wait ends" 5,
    /// A request is about to go to the connection.
    SendBegins "request begins" 4,
    /// The connection was polled and has no answer yet.
    SendPending "request under way" 8,
    /// The head of an answer, or a failure, is there.
    SendEnds "head is there" 4,
    /// The body of an answer has nothing yet.
    BodyPending "body under way" 3,
    /// A piece of a body was read, and nobody has it yet.
    PieceCame "piece is there" 5,
    /// The body is over.
    BodyEnds "body ends" 4,
    /// Before a submission is put on record.
    IntendBegins "before intend" 2,
    /// After it.
    IntendEnds "after intend" 2,
    /// Before the token is put on record.
    CreatedBegins "before created" 2,
    /// After it.
    CreatedEnds "after created" 2,
    /// Before a submission is taken off the record.
    NotCreatedBegins "before not_created" 1,
    /// After it.
    NotCreatedEnds "after not_created" 1,
    /// Before a claim is put on record.
    ClaimBegins "before claim" 4,
    /// After it.
    ClaimEnds "after claim" 4,
    /// Before the head of an answer is noted.
    HeadBegins "before head" 4,
    /// After it.
    HeadEnds "after head" 4,
    /// Before a piece is written.
    WriteBegins "before write" 4,
    /// After it.
    WriteEnds "after write" 4,
    /// Before a claim is ended.
    EndBegins "before end" 4,
    /// After it.
    EndEnds "after end" 4,
    /// Before the claim of a dead process is taken over.
    TakeOverBegins "before take_over" 1,
    /// After it.
    TakeOverEnds "after take_over" 1,
    /// Before an entry is opened again.
    ReopenBegins "before reopen" 1,
    /// After it.
    ReopenEnds "after reopen" 1,
    /// Before something is read from the store.
    LookBegins "before a look" 4,
    /// After it.
    LookEnds "after a look" 4,
}

impl Point {
    /// Whether only a life after another comes by here.
    pub fn is_of_recovery(self) -> bool {
        use Point::{ReopenBegins, ReopenEnds, TakeOverBegins, TakeOverEnds};
        matches!(self, TakeOverBegins | TakeOverEnds | ReopenBegins | ReopenEnds)
    }

    /// Whether a submission comes by here.
    pub fn is_of_creates(self) -> bool {
        use Point::{
            BodyEnds, BodyPending, CreatedBegins, CreatedEnds, IntendBegins, IntendEnds, LookBegins, LookEnds,
            NotCreatedBegins, NotCreatedEnds, PieceCame, Root, SendBegins, SendEnds, SendPending, SleepBegins,
            SleepEnds,
        };
        matches!(
            self,
            Root | SleepBegins
                | SleepEnds
                | SendBegins
                | SendPending
                | SendEnds
                | BodyPending
                | PieceCame
                | BodyEnds
                | IntendBegins
                | IntendEnds
                | CreatedBegins
                | CreatedEnds
                | NotCreatedBegins
                | NotCreatedEnds
                | LookBegins
                | LookEnds
        )
    }
}
