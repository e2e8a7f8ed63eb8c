//! A target that runs: what it hands to recipes, and its end. Talks to the server.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dogfood_core::fault::Fault;
use dogfood_core::infra::target::Target;
use dogfood_core::infra::template::{Slot, Template};
use dogfood_core::name::Id;
use dogfood_core::redact::{Known, Redacted, Redactor};

use super::body::{Body, Ended, Unwell};
use super::error::TargetError;
use super::protocols;
use super::protocols::protocol::{Client, run};
use super::values::{Values, word};

/// How long one round trip, or making one place, may take.
pub(super) const ROUND_TRIP: Duration = Duration::from_secs(10);
/// Characters of a recipe's own word, after `dogfood-`.
pub(super) const FRESH: usize = 12;

/// A target that runs. [`Running::stop`] ends it; dropping it does too, without a word about what went wrong.
pub struct Running {
    pub(super) target: Target,
    pub(super) values: Values,
    pub(super) redactor: Redactor,
    pub(super) body: Box<dyn Body>,
    pub(super) version: String,
    /// Makes the names of our own unlike those of others.
    pub(super) word: String,
    /// Where its log is written when it ends, if it is to be kept.
    pub(super) keep: Option<PathBuf>,
}

/// What one recipe gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Its variables, in the order of the target's file.
    pub variables: Vec<Known>,
}

impl Running {
    /// Which target it is.
    pub fn id(&self) -> &Id {
        &self.target.id
    }

    /// The version that the running server says.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.body.address()
    }

    /// Facts about where it runs, by name.
    pub fn facts(&self) -> BTreeMap<String, String> {
        self.body.facts()
    }

    /// Makes a bucket or folder of its own for `recipe`, and says under which variables it and the server are found; with `through`, they
    /// lead there instead, to a relay on the same loopback.
    ///
    /// # Errors
    ///
    /// [`TargetError::NotFresh`], or [`TargetError::Died`] if the server is gone.
    pub fn fresh(&self, recipe: &str, through: Option<SocketAddr>) -> Result<Handed, TargetError> {
        let random = word(FRESH).map_err(|source| TargetError::System {
            target: self.target.id.clone(),
            what: "choose a name",
            source,
        })?;
        let word = format!("dogfood-{random}");
        let variables = self.handed(&word, through);
        let Some(place) = self.place(&variables) else { return Ok(Handed { variables }) };
        let made = match self.target.spec.container.as_ref().and_then(|container| container.fresh.as_ref()) {
            Some(words) => {
                let words: Vec<String> = words.iter().map(|text| self.values.fill(text, &word)).collect();
                self.body.execute(&words, ROUND_TRIP, None).map(drop)
            }
            None => match self.client() {
                Some(client) => run(ROUND_TRIP, &|| self.ended().is_some(), client.make(&place)),
                None => Err("no client here speaks its protocol".to_owned()),
            },
        };
        match (made, self.ended()) {
            (Ok(()), _) => Ok(Handed { variables }),
            (Err(_), Some(ended)) => Err(self.died(ended)),
            (Err(why), None) => Err(TargetError::NotFresh {
                target: self.target.id.clone(),
                place: format!("{place} for {recipe}"),
                why: self.redactor.told(why.as_bytes()),
                log: self.last_lines(),
            }),
        }
    }

    /// What is handed over with the word `fresh`.
    pub(super) fn handed(&self, fresh: &str, through: Option<SocketAddr>) -> Vec<Known> {
        self.values.handed(&self.target.spec, fresh, Some(through.unwrap_or_else(|| self.address())))
    }

    /// A client of the server where it is reached now; none for a protocol that nothing here speaks.
    pub(super) fn client(&self) -> Option<Box<dyn Client>> {
        protocols::client(self.target.spec.protocol, &self.handed(&self.word, None), &self.word)
    }

    /// The bucket or folder: the value of the first variable that holds `{fresh}`.
    fn place(&self, variables: &[Known]) -> Option<String> {
        let holds =
            |text: &str| Template::new(text).is_ok_and(|template| template.slots().any(|slot| *slot == Slot::Fresh));
        let at = self.target.spec.environment.iter().position(|variable| holds(&variable.value))?;
        variables.get(at).map(|known| known.value.clone())
    }

    /// Does to the server what no relay can.
    ///
    /// # Errors
    ///
    /// If the target does not support it, or it fails.
    pub fn interfere(&self, fault: &Fault) -> Result<(), String> {
        if !self.target.supports(fault.kind()) {
            return Err(format!("target {} does not support `fault={fault}`", self.target.id));
        }
        self.body.interfere(fault)
    }

    /// Undoes [`Running::interfere`], also one that failed.
    ///
    /// # Errors
    ///
    /// If the server is not as before.
    pub fn restore(&self) -> Result<(), String> {
        self.body.restore()
    }

    /// Every secret of the server, for whoever shows text that may hold one.
    pub fn secrets(&self) -> Vec<Known> {
        self.values.secrets(&self.target.spec)
    }

    /// What the server logged, as far as it is kept; redacted.
    pub fn log(&self) -> Redacted {
        self.body.log().whole(&self.redactor)
    }

    /// Why the server does not serve as it did when it was ready, or did not in between since `moment`; with the end of its log, if it ended.
    pub fn unwell(&self, moment: Instant) -> Option<Unwell> {
        let log = |why: String| format!("{why}{}", self.last_words());
        Some(match self.body.unwell(moment)? {
            Unwell::Gone(why) if self.ended().is_some() => Unwell::Gone(log(why)),
            Unwell::Hopeless(why) if self.ended().is_some() => Unwell::Hopeless(log(why)),
            unwell => unwell,
        })
    }

    /// The end of its log as the rest of a sentence.
    pub fn last_words(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.as_str().lines().rev().take(10).collect();
        if lines.is_empty() {
            return "; it logged nothing".to_owned();
        }
        format!("; its last lines:{}", lines.into_iter().rev().flat_map(|line| ["\n", line]).collect::<String>())
    }

    /// How the server ended, if it has.
    pub fn ended(&self) -> Option<Ended> {
        self.body.ended()
    }

    /// Ends the server, kills whatever it started, and removes its data.
    ///
    /// # Errors
    ///
    /// If some of it stays.
    pub fn stop(self) -> Result<(), TargetError> {
        self.end().map_err(|why| TargetError::NotRemoved { target: self.target.id.clone(), why })
    }

    pub(super) fn end(&self) -> Result<(), String> {
        if let Some(file) = &self.keep {
            // Beside a recipe's kept folder stands what its server said of it.
            let _ = std::fs::write(file, self.log().as_str());
        }
        self.body.stop()
    }

    pub(super) fn died(&self, ended: Ended) -> TargetError {
        let (target, log) = (self.target.id.clone(), self.last_lines());
        match ended {
            Ended::Container(crate::containers::Ended::Lost(why)) => TargetError::Lost { target, why },
            Ended::Container(crate::containers::Ended::Removed) => {
                TargetError::Lost { target, why: "its container was removed".to_owned() }
            }
            Ended::Container(crate::containers::Ended::Code { code, starved: true }) => {
                let memory = self.target.spec.container.as_ref().map(|container| container.memory).unwrap_or_default();
                TargetError::Starved { target, code, memory, file: self.target.path.clone(), log }
            }
            Ended::Container(crate::containers::Ended::Code { code, .. }) => TargetError::Died { target, code, log },
            Ended::Process(status) => TargetError::Died { target, code: i64::from(status.code().unwrap_or(-1)), log },
        }
    }

    pub(super) fn last_lines(&self) -> Redacted {
        self.body.log().last_lines(&self.redactor)
    }
}

/// Never shows a value.
impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("target", &self.target.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
