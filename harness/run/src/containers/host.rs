//! What a build is told of the machine that it runs on, and what no image keeps: whom to trust, where packages come from, which proxy
//! leads there. Reads the host's settings; no digest and no record holds any of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dogfood_core::redact::Known;

use crate::toolboxes::HostEnv;

/// Where systems keep the bundle of the certificates that they trust.
const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];
/// The largest bundle that is handed in.
const LARGEST: u64 = 8 << 20;
/// Variables that become build arguments of the same name, in capitals.
const ARGUMENTS: [&str; 7] =
    ["DEBIAN_MIRROR", "PIP_INDEX_URL", "NPM_CONFIG_REGISTRY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"];

/// What a build is told of its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildHost {
    /// Build arguments.
    pub arguments: BTreeMap<String, String>,
    /// The host's bundle of certificates.
    pub certificates: Option<Vec<u8>>,
}

impl BuildHost {
    /// What this machine says, by its environment first and its files of settings second.
    pub fn of(host: &HostEnv) -> Self {
        let set = |name: &str| host.variable(name).or_else(|| host.variable(&name.to_lowercase()));
        let mut arguments: BTreeMap<String, String> =
            ARGUMENTS.into_iter().filter_map(|name| Some((name.to_owned(), set(name)?.to_owned()))).collect();
        let home = PathBuf::from(host.variable("HOME").unwrap_or("/nonexistent"));
        let config = host.variable("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
        let pip = [config.join("pip/pip.conf"), home.join(".pip/pip.conf"), PathBuf::from("/etc/pip.conf")];
        let npm = [home.join(".npmrc"), PathBuf::from("/etc/npmrc")];
        for (argument, key, files) in
            [("PIP_INDEX_URL", "index-url", &pip[..]), ("NPM_CONFIG_REGISTRY", "registry", &npm[..])]
        {
            if !arguments.contains_key(argument)
                && let Some(value) = files.iter().find_map(|file| setting(file, key))
            {
                arguments.insert(argument.to_owned(), value);
            }
        }
        let named = host.variable("SSL_CERT_FILE").map(PathBuf::from);
        let bundles = named.into_iter().chain(BUNDLES.map(PathBuf::from));
        Self { arguments, certificates: bundles.into_iter().find_map(|bundle| small(&bundle)) }
    }

    /// What must not be shown of it: the arguments by their names, and what stands before an `@` in an address besides.
    pub(super) fn known(&self) -> Vec<Known> {
        let login = |value: &str| {
            let login = value.split_once("://")?.1.split_once('@')?.0.to_owned();
            (!login.is_empty() && !login.contains('/')).then_some(login)
        };
        let whole = |(name, value): (&String, &String)| {
            let login = login(value);
            let mut known = vec![Known { name: name.clone(), value: value.clone(), secret: login.is_some() }];
            known.extend(login.iter().flat_map(|login| login.split(':')).map(|part| Known::secret(name, part)));
            known
        };
        self.arguments.iter().flat_map(whole).filter(|known| known.value.len() >= 4).collect()
    }
}

/// The value of `key` in a file of `key = value` lines, whatever section it stands in.
fn setting(file: &Path, key: &str) -> Option<String> {
    let text = String::from_utf8(small(file)?).ok()?;
    let value = text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().to_owned())
    })?;
    (!value.is_empty()).then_some(value)
}

fn small(file: &Path) -> Option<Vec<u8>> {
    let size = fs::metadata(file).ok().filter(fs::Metadata::is_file)?.len();
    (size <= LARGEST).then(|| fs::read(file).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(pairs: &[(&str, &str)]) -> BuildHost {
        BuildHost::of(&HostEnv::new(pairs.iter().map(|(name, value)| (name.into(), value.into())), Default::default()))
    }

    #[test]
    fn the_environment_comes_before_files_and_nothing_else_is_handed_in() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".npmrc"), "fund=false\nregistry = https://npm.example/\n").unwrap();
        fs::create_dir(home.path().join(".pip")).unwrap();
        fs::write(home.path().join(".pip/pip.conf"), "[global]\nindex-url = https://pip.example/\n").unwrap();
        fs::write(home.path().join("bundle"), "certificates").unwrap();
        let (folder, bundle) = (home.path().display().to_string(), home.path().join("bundle").display().to_string());
        let base = [("HOME", folder.as_str()), ("SSL_CERT_FILE", &bundle), ("AWS_SECRET_ACCESS_KEY", "x")];
        let found = host(&base);
        assert_eq!(found.certificates.as_deref(), Some(&b"certificates"[..]));
        let pairs: Vec<(&str, &str)> = found.arguments.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(pairs, [("NPM_CONFIG_REGISTRY", "https://npm.example/"), ("PIP_INDEX_URL", "https://pip.example/")]);
        let more = [("PIP_INDEX_URL", "https://me:hunter22@other.example/"), ("https_proxy", "http://proxy:3128")];
        let found = host(&[&base[..], &more[..]].concat());
        assert_eq!(found.arguments["PIP_INDEX_URL"], "https://me:hunter22@other.example/");
        assert_eq!(found.arguments["HTTPS_PROXY"], "http://proxy:3128");
        let known = found.known();
        assert!(known.iter().any(|known| known.value == "hunter22" && known.secret), "{}", known.len());
        assert!(known.iter().any(|known| known.name == "HTTPS_PROXY" && !known.secret));
    }

    #[test]
    fn a_machine_without_settings_hands_in_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().display().to_string();
        assert!(
            !host(&[("HOME", &folder)]).arguments.contains_key("PIP_INDEX_URL") || Path::new("/etc/pip.conf").exists()
        );
    }
}
