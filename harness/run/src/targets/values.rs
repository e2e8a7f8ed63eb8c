//! What a run fills into a target's templates: free ports, a data folder, secrets and random words. Asks the system for both.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use dogfood_core::infra::target::{HandedOver, TargetSpec, VersionSource};
use dogfood_core::infra::template::{Slot, Template};
use dogfood_core::name::Id;
use dogfood_core::redact::Known;

use crate::sys;

/// Characters of a secret: enough that nobody guesses it and that it stands nowhere by chance.
const SECRET: usize = 24;
/// Characters of a random word.
const WORD: usize = 16;

/// The values of one start.
#[derive(Debug)]
pub(super) struct Values {
    ports: BTreeMap<Option<Id>, u16>,
    secrets: BTreeMap<Id, String>,
    words: BTreeMap<Id, String>,
    data: PathBuf,
}

impl Values {
    /// Makes a value for every place in `spec`; `data` is the server's folder. A container gets a port, too: under that it is published.
    pub(super) fn new(spec: &TargetSpec, data: &Path) -> io::Result<Self> {
        let mut values =
            Self { ports: BTreeMap::new(), secrets: BTreeMap::new(), words: BTreeMap::new(), data: data.to_owned() };
        // All are bound at once, so that no port is handed out twice, and let go together.
        let mut listeners = Vec::new();
        let published = spec.container.iter().map(|_| Slot::Port(None));
        let slots = templates(spec).flat_map(|template| template.slots().cloned().collect::<Vec<_>>());
        for slot in published.chain(slots) {
            match slot {
                Slot::Port(name) if !values.ports.contains_key(&name) => {
                    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                    values.ports.insert(name, listener.local_addr()?.port());
                    listeners.push(listener);
                }
                Slot::Secret(name) if !values.secrets.contains_key(&name) => {
                    values.secrets.insert(name, secret()?);
                }
                Slot::Random(name) if !values.words.contains_key(&name) => {
                    values.words.insert(name, word(WORD)?);
                }
                _ => {}
            }
        }
        Ok(values)
    }

    /// The port that clients talk to.
    pub(super) fn port(&self) -> u16 {
        self.ports.get(&None).copied().unwrap_or_default()
    }

    /// Fills `text`; `fresh` is the recipe's own word, empty where there is none.
    pub(super) fn fill(&self, text: &str, fresh: &str) -> String {
        self.fill_through(text, fresh, None)
    }

    /// As [`Self::fill`]; with `through`, the address and port that clients talk to are those.
    fn fill_through(&self, text: &str, fresh: &str, through: Option<SocketAddr>) -> String {
        let Ok(template) = Template::new(text) else { return text.to_owned() };
        template.fill(|slot| match slot {
            Slot::Host => through.map_or(Ipv4Addr::LOCALHOST.into(), |relay| relay.ip()).to_string(),
            Slot::Port(None) if let Some(relay) = through => relay.port().to_string(),
            Slot::Port(name) => self.ports.get(name).map(u16::to_string).unwrap_or_default(),
            Slot::Data => self.data.display().to_string(),
            Slot::Secret(name) => self.secrets.get(name).cloned().unwrap_or_default(),
            Slot::Random(name) => self.words.get(name).cloned().unwrap_or_default(),
            Slot::Fresh => fresh.to_owned(),
        })
    }

    /// What is handed to a recipe, in the order of the file; with `through`, it leads there instead of to the server itself.
    pub(super) fn handed(&self, spec: &TargetSpec, fresh: &str, through: Option<SocketAddr>) -> Vec<Known> {
        let known = |variable: &HandedOver| Known {
            name: variable.name.clone(),
            value: self.fill_through(&variable.value, fresh, through),
            secret: !variable.documented,
        };
        spec.environment.iter().map(known).collect()
    }

    /// Every secret of the server: those that are handed out, under their variables' names, and those that are not.
    pub(super) fn secrets(&self, spec: &TargetSpec) -> Vec<Known> {
        let handed = self.handed(spec, "", None).into_iter().filter(|known| known.secret);
        handed.chain(self.secrets.iter().map(|(name, value)| Known::secret(name.as_str(), value.clone()))).collect()
    }
}

/// Every template of `spec`. The reader of the file checked them: one that does not parse is left out.
fn templates(spec: &TargetSpec) -> impl Iterator<Item = Template> {
    let process = spec.process.iter();
    let process = process
        .flat_map(|process| process.arguments.iter().chain(process.environment.values()).chain(&process.sockets));
    let container = spec.container.iter();
    let container = container.flat_map(|container| container.command.iter().chain(container.environment.values()));
    let version = match &spec.version.from {
        VersionSource::HttpBody(place) => Some(place),
        VersionSource::HttpHeader(_) | VersionSource::SshBanner | VersionSource::Exec(_) => None,
    };
    let handed = spec.environment.iter().map(|variable| &variable.value);
    process.chain(container).chain(version).chain(handed).filter_map(|text| Template::new(text).ok())
}

/// A secret of letters and digits, which no shell and no protocol takes for anything else.
fn secret() -> io::Result<String> {
    characters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", SECRET)
}

/// A word of `length` lower-case letters and digits that starts with a letter.
pub(super) fn word(length: usize) -> io::Result<String> {
    Ok(characters(b"abcdefghijklmnopqrstuvwxyz", 1)?
        + &characters(b"abcdefghijklmnopqrstuvwxyz0123456789", length - 1)?)
}

/// `count` characters of `alphabet`, each as likely as the others.
fn characters(alphabet: &[u8], count: usize) -> io::Result<String> {
    let fair = 256 / alphabet.len() * alphabet.len();
    let mut out = String::with_capacity(count);
    while out.len() < count {
        for byte in sys::random_bytes(2 * count)? {
            if usize::from(byte) < fair && out.len() < count {
                out.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::start::tests::spec;

    #[test]
    fn one_name_is_one_value_and_ports_differ() {
        let spec = spec("server", &["{port}", "{port:b}", "{port}", "{data}/x", "{secret:a}{secret:a}", "{random:u}"]);
        let values = Values::new(&spec, Path::new("/data")).unwrap();
        assert_ne!(values.fill("{port}", ""), values.fill("{port:b}", ""));
        assert_eq!(values.port().to_string(), values.fill("{port}", ""));
        assert_eq!(values.fill("{data}/x-{fresh}", "f"), "/data/x-f");
        let secret = values.fill("{secret:a}", "");
        assert!(secret.len() >= 20 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{secret}");
        assert_eq!(values.fill("{secret:a}{secret:a}", ""), format!("{secret}{secret}"));
        let word = values.fill("{random:u}", "");
        assert!(word.len() == WORD && word.starts_with(|c: char| c.is_ascii_lowercase()), "{word}");
        assert_ne!(Values::new(&spec, Path::new("/data")).unwrap().fill("{secret:a}", ""), secret);
    }

    #[test]
    fn what_is_not_documented_is_secret_in_the_order_of_the_file() {
        let spec = spec("server", &["{port}", "{secret:password}", "{secret:admin}"]);
        let values = Values::new(&spec, Path::new("/data")).unwrap();
        let handed = values.handed(&spec, "dogfood-x", None);
        let shown: Vec<(&str, bool)> = handed.iter().map(|known| (known.name.as_str(), known.secret)).collect();
        assert_eq!(
            shown,
            [
                ("SFTP_HOST", false),
                ("SFTP_PORT", false),
                ("SFTP_USER", false),
                ("SFTP_PASSWORD", true),
                ("SFTP_BASE", false)
            ]
        );
        assert_eq!(handed[4].value, "/dogfood-x");
        let relay = SocketAddr::from(([127, 0, 0, 1], 7));
        let through = values.handed(&spec, "dogfood-x", Some(relay));
        assert_eq!((through[0].value.as_str(), through[1].value.as_str()), ("127.0.0.1", "7"));
        assert!(through.iter().zip(&handed).all(|(one, two)| one.name == "SFTP_PORT" || one.value == two.value));
        let secrets = values.secrets(&spec);
        let names: Vec<&str> = secrets.iter().map(|known| known.name.as_str()).collect();
        assert_eq!(names, ["SFTP_PASSWORD", "admin", "password"]);
    }

    #[test]
    fn characters_are_of_their_alphabet() {
        for length in [1, 2, 40] {
            assert_eq!(word(length).unwrap().len(), length);
        }
        assert_eq!(characters(b"a", 5).unwrap(), "aaaaa");
    }
}
