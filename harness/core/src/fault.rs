//! Faults on demand: what `fault=KIND[-up|-down][@BYTES|@TIME]` means, as a value, and in words for the page. Pure; touches nothing.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The longest time that a fault may name: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A fault that a step asks for. Made by [`FromStr`] alone, so that its parts always go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fault {
    kind: FaultKind,
    direction: Direction,
    limit: Option<Limit>,
}

/// What a fault does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Every byte is held for a time.
    Delay,
    /// At most so many bytes a second go through.
    Throttle,
    /// Bytes are swallowed; connections stay open and nothing answers.
    Blackhole,
    /// Connections are reset (RST).
    Reset,
    /// Connections are closed in an orderly way (FIN).
    Cut,
    /// The server's container is paused.
    Pause,
    /// The server's container is taken off its network.
    Disconnect,
}

/// Which bytes a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Those of either side.
    Both,
    /// From client to server.
    Up,
    /// From server to client.
    Down,
}

/// The number of a fault: how long a delay is, how many bytes a second a throttle lets through; for all others, what comes before it
/// takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Bytes.
    Bytes(u64),
    /// A time.
    Time(Duration),
}

/// A fault with the moments at which things happened, counted from when arming it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultSeen {
    /// The fault.
    pub fault: Fault,
    /// When it stood, just before the step's first command ran.
    pub armed: Duration,
    /// When its limit was reached, if it has one that was.
    pub tripped: Option<Duration>,
    /// When it was taken away, after the step's last command.
    pub cleared: Duration,
}

/// A text that is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultProblem {
    /// No fault has this name.
    #[error("`{0}` is no fault (they are {known})", known = FaultKind::words().join(", "))]
    Unknown(String),
    /// The text behind `@` is no number of bytes and no time.
    #[error("`@{0}` is neither bytes, such as `@256KiB`, nor a time of at most a day, such as `@2s`")]
    NoLimit(String),
    /// The parts do not go together.
    #[error("{0}")]
    Misfit(String),
}

impl FaultKind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] =
        [Self::Delay, Self::Throttle, Self::Blackhole, Self::Reset, Self::Cut, Self::Pause, Self::Disconnect];

    /// The word in a guide and in a target file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Throttle => "throttle",
            Self::Blackhole => "blackhole",
            Self::Reset => "reset",
            Self::Cut => "cut",
            Self::Pause => "pause",
            Self::Disconnect => "disconnect",
        }
    }

    /// Every word.
    pub fn words() -> [&'static str; 7] {
        Self::ALL.map(Self::word)
    }

    /// The kind of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the relay between recipe and server makes it; all others are done to the server's container.
    pub fn is_of_the_relay(self) -> bool {
        !matches!(self, Self::Pause | Self::Disconnect)
    }
}

impl Direction {
    /// Whether bytes from client to server are meant.
    pub fn is_up(self) -> bool {
        self != Self::Down
    }

    /// Whether bytes from server to client are meant.
    pub fn is_down(self) -> bool {
        self != Self::Up
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Both => "",
            Self::Up => "-up",
            Self::Down => "-down",
        }
    }
}

impl Fault {
    /// What it does.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whose bytes it is about.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Its number.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// What has to come before it takes effect; nothing for one that does so at once.
    pub fn trigger(&self) -> Option<Limit> {
        self.limit.filter(|_| !matches!(self.kind, FaultKind::Delay | FaultKind::Throttle))
    }

    /// What it did, as the rest of a sentence that starts with "While this step ran:", without a full stop.
    pub fn words(&self) -> String {
        let way = match (self.kind, self.direction) {
            (FaultKind::Pause | FaultKind::Disconnect, _) => "",
            (FaultKind::Reset, Direction::Both) => "",
            (FaultKind::Reset, Direction::Up) => " from the client",
            (FaultKind::Reset, Direction::Down) => " from the server",
            (_, Direction::Both) => ", both ways",
            (_, Direction::Up) => ", on the way to the server",
            (_, Direction::Down) => ", on the way to the client",
        };
        let number = self.limit.map(|limit| limit.words()).unwrap_or_default();
        let after = self.trigger().map(|_| format!(" after {number}")).unwrap_or_default();
        match self.kind {
            FaultKind::Delay => format!("every byte was held for {number}{way}"),
            FaultKind::Throttle => format!("at most {number} a second went through{way}"),
            FaultKind::Blackhole => format!("every byte was swallowed{after}{way}"),
            FaultKind::Reset => format!("every connection was reset{after}{way}, new ones too"),
            FaultKind::Cut => format!("every connection was closed{after}{way}, new ones too"),
            FaultKind::Pause => format!("the server's container was paused{after}"),
            FaultKind::Disconnect => format!("the server's container was off its network{after}"),
        }
    }
}

impl FaultSeen {
    /// Whether it took effect: at once, or because its limit was reached.
    pub fn took_effect(&self) -> bool {
        self.fault.trigger().is_none() || self.tripped.is_some()
    }

    /// As [`Fault::words`], with what is only known afterwards.
    pub fn words(&self) -> String {
        let words = self.fault.words();
        if self.took_effect() { words } else { format!("{words}; but the step ended before that") }
    }
}

impl Limit {
    fn words(self) -> String {
        let text = self.to_string();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = match (unit, number) {
            ("B", "1") => "byte",
            ("B", _) => "bytes",
            ("m", "1") => "minute",
            ("m", _) => "minutes",
            (unit, _) => unit,
        };
        format!("{number} {unit}")
    }
}

/// Units of bytes, the largest first of those that one number divides alike.
const BYTES: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];
/// Units of time, in milliseconds.
const TIMES: [(&str, u64); 3] = [("m", 60_000), ("s", 1_000), ("ms", 1)];

impl FromStr for Limit {
    type Err = FaultProblem;

    fn from_str(text: &str) -> Result<Self, FaultProblem> {
        let problem = || FaultProblem::NoLimit(text.to_owned());
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text[..digits].parse().map_err(|_| problem())?;
        let unit = &text[digits..];
        let times = |units: &[(&str, u64)]| {
            units.iter().find(|(name, _)| *name == unit).map(|(_, size)| number.checked_mul(*size))
        };
        match (times(&BYTES), times(&TIMES)) {
            (Some(bytes), _) => bytes.map(Self::Bytes),
            (_, Some(time)) => time.map(Duration::from_millis).filter(|time| *time <= LONGEST).map(Self::Time),
            _ => None,
        }
        .ok_or_else(problem)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, units): (u64, &[(&str, u64)]) = match self {
            Self::Bytes(bytes) => (*bytes, &BYTES),
            // Read from whole milliseconds, so nothing is lost.
            Self::Time(time) => (u64::try_from(time.as_millis()).unwrap_or(u64::MAX), &TIMES),
        };
        let fits = units.iter().find(|(_, size)| number > 0 && number.is_multiple_of(*size));
        let (unit, size) = fits.or(units.last()).copied().unwrap_or(("", 1));
        write!(f, "{}{unit}", number / size)
    }
}

impl FromStr for Fault {
    type Err = FaultProblem;

    fn from_str(text: &str) -> Result<Self, FaultProblem> {
        let (what, limit) = text.split_once('@').map_or((text, None), |(what, limit)| (what, Some(limit)));
        let directions = [Direction::Up, Direction::Down];
        let suffixed = directions.into_iter().find_map(|way| Some((what.strip_suffix(way.suffix())?, way)));
        let (word, direction) = suffixed.unwrap_or((what, Direction::Both));
        let kind = FaultKind::of_word(word).ok_or_else(|| FaultProblem::Unknown(word.to_owned()))?;
        let fault = Self { kind, direction, limit: limit.map(str::parse).transpose()? };
        fault.misfit().map_or(Ok(fault), |why| Err(FaultProblem::Misfit(why)))
    }
}

impl Fault {
    fn misfit(&self) -> Option<String> {
        let word = self.kind.word();
        let directed = self.direction != Direction::Both;
        match (self.kind, self.limit) {
            (FaultKind::Delay, Some(Limit::Time(time))) if !time.is_zero() => None,
            (FaultKind::Delay, _) => Some("`delay` needs its time: write for example `delay@200ms`".to_owned()),
            (FaultKind::Throttle, Some(Limit::Bytes(1..))) => None,
            (FaultKind::Throttle, _) => {
                Some("`throttle` needs its bytes a second: write for example `throttle@64KiB`".to_owned())
            }
            (FaultKind::Pause | FaultKind::Disconnect, _) if directed => {
                Some(format!("`{word}` stops both directions at once: write `{word}` alone"))
            }
            (FaultKind::Pause | FaultKind::Disconnect, Some(Limit::Bytes(_))) => {
                Some(format!("`{word}` counts no bytes: write a time, such as `{word}@2s`, or `{word}` alone"))
            }
            (FaultKind::Reset, limit) if directed && !matches!(limit, Some(Limit::Bytes(_))) => Some(
                "`reset` ends both directions at once; `-up` and `-down` only say whose bytes `@BYTES` counts"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.kind.word(), self.direction.suffix())?;
        self.limit.map_or(Ok(()), |limit| write!(f, "@{limit}"))
    }
}

impl TryFrom<String> for Fault {
    type Error = FaultProblem;

    fn try_from(text: String) -> Result<Self, FaultProblem> {
        text.parse()
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

#[cfg(test)]
mod tests;
