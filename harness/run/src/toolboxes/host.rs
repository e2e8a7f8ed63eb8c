//! What installers and interpreters get from the host: an allow-list of its environment, and its wish to stop. Touches nothing.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Names that installers may see. Where to download from, through which proxy, whom to trust, and where caches are; nothing that
/// redirects the installation itself (`PIP_USER`, `PIP_TARGET`, `PIP_NO_BINARY`), and no other secret of the caller.
const ALLOWED: &[&str] = &[
    "HOME",
    "LANG",
    "PATH",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "NETRC",
    "DEBIAN_MIRROR",
    "NPM_CONFIG_REGISTRY",
    "npm_config_registry",
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "all_proxy",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SSL_CLIENT_CERT",
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
    "UV_CACHE_DIR",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_HTTP_TIMEOUT",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_INSECURE_HOST",
    "UV_NATIVE_TLS",
    "UV_NO_INDEX",
    "UV_OFFLINE",
    "UV_SYSTEM_CERTS",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "ASDF_DATA_DIR",
];

/// What installers and interpreters get from the host.
#[derive(Clone, Debug, Default)]
pub struct HostEnv {
    variables: BTreeMap<OsString, OsString>,
    stop: Arc<AtomicBool>,
}

impl HostEnv {
    /// Takes from `environment` (the caller's) what installers may see; `stop` becomes true when the run is to end.
    pub fn new(environment: impl IntoIterator<Item = (OsString, OsString)>, stop: Arc<AtomicBool>) -> Self {
        let allowed = |name: &OsStr| ALLOWED.iter().any(|allowed| name == *allowed);
        Self { variables: environment.into_iter().filter(|(name, _)| allowed(name)).collect(), stop }
    }

    /// The search path.
    pub fn path(&self) -> &OsStr {
        self.variables.get(OsStr::new("PATH")).map_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"), OsString::as_os_str)
    }

    /// The value of the variable `name`, if installers may see it and it is text that says something.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(OsStr::new(name)).and_then(|value| value.to_str()).filter(|value| !value.is_empty())
    }

    /// Whether the run is to end.
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A command with just these variables, nothing on its standard input, and no mind of its own about Python's settings.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).stdin(Stdio::null());
        command.env("PIP_USER", "0").env("PIP_REQUIRE_VIRTUALENV", "0").env("UV_NO_PROGRESS", "1").env("NO_COLOR", "1");
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installers_see_where_to_download_from_and_no_secret() {
        let pairs = [
            ("PATH", "/bin"),
            ("PIP_INDEX_URL", "x"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("PIP_USER", "1"),
            ("PYTHONPATH", "/x"),
        ];
        let host = HostEnv::new(pairs.map(|(name, value)| (name.into(), value.into())), Arc::default());
        let command = host.command(Path::new("/bin/sh"));
        let mut names: Vec<&str> = command.get_envs().filter_map(|(name, _)| name.to_str()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["NO_COLOR", "PATH", "PIP_INDEX_URL", "PIP_REQUIRE_VIRTUALENV", "PIP_USER", "UV_NO_PROGRESS"]
        );
        assert_eq!(host.path(), "/bin");
        assert_eq!(HostEnv::default().path(), "/usr/local/bin:/usr/bin:/bin");
    }
}
