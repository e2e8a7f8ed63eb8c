//! What secrets look like, as the second scan knows it: by a hand-written walk, where the redactor has patterns. Pure; touches nothing.
//!
//! There is a look for each row of the redactor's table, and each is a little narrower: this scan refuses a trace where the redactor hid
//! nothing, so what it calls a secret the redactor must have called one. The forms without a look are those that only a search back or a
//! whole object could tell: bots of Discord, plugins of age, keys before `kty`, a `_auth` of npm, licences of New Relic, and
//! keys of Azure's smaller services.

mod fields;
mod take;
mod tokens;

use std::ops::Range;
use std::sync::LazyLock;

use super::super::documented::is_documented;
use take::letters;

/// What a scan of this sort may call a find; a placeholder of one of these names is ours whoever is known.
pub(super) const NAMES: &[&str] = &[
    "aws-access-key",
    "aws-secret-key",
    "aws-session-token",
    "aws-signature",
    "aws-bedrock-key",
    "azure-account-key",
    "azure-sas",
    "azure-client-secret",
    "azure-devops-token",
    "azure-service-key",
    "google-api-key",
    "google-token",
    "google-hmac-key",
    "digitalocean-token",
    "cloudflare-token",
    "heroku-key",
    "flyio-token",
    "netlify-token",
    "vercel-token",
    "planetscale-token",
    "neon-key",
    "supabase-key",
    "aiven-password",
    "elastic-key",
    "databricks-token",
    "mongodb-atlas-key",
    "tigris-key",
    "alibaba-access-key",
    "tailscale-key",
    "terraform-token",
    "vault-token",
    "vault-unseal-key",
    "pulumi-token",
    "doppler-token",
    "onepassword-token",
    "openshift-token",
    "cluster-token",
    "kubeadm-token",
    "github-token",
    "gitlab-token",
    "bitbucket-token",
    "atlassian-token",
    "npm-token",
    "pypi-token",
    "rubygems-key",
    "nuget-key",
    "crates-token",
    "docker-token",
    "docker-swarm-token",
    "packagist-token",
    "circleci-token",
    "buildkite-token",
    "sonar-token",
    "sourcegraph-token",
    "artifactory-key",
    "clojars-token",
    "deno-token",
    "octopus-key",
    "postman-key",
    "figma-token",
    "linear-key",
    "notion-token",
    "airtable-token",
    "contentful-token",
    "stripe-key",
    "square-token",
    "braintree-token",
    "shopify-token",
    "slack-token",
    "telegram-token",
    "discord-token",
    "twilio-key",
    "sendgrid-key",
    "mailgun-key",
    "mailchimp-key",
    "brevo-key",
    "resend-key",
    "teams-webhook",
    "grafana-token",
    "sentry-token",
    "newrelic-key",
    "dynatrace-token",
    "launchdarkly-key",
    "posthog-key",
    "honeycomb-key",
    "hubspot-token",
    "typeform-token",
    "plaid-token",
    "facebook-token",
    "dropbox-token",
    "mapbox-token",
    "adobe-secret",
    "openai-key",
    "anthropic-key",
    "huggingface-token",
    "replicate-token",
    "groq-key",
    "perplexity-key",
    "xai-key",
    "openrouter-key",
    "langsmith-key",
    "langfuse-key",
    "nvidia-key",
    "elevenlabs-key",
    "deepseek-key",
    "stability-key",
    "together-key",
    "tavily-key",
    "pinecone-key",
    "wandb-key",
    "private-key",
    "putty-key",
    "age-key",
    "jwk-private-part",
    "wireguard-key",
    "nats-seed",
    "jwt",
    "authorization",
    "bearer-token",
    "basic-auth",
    "api-key-header",
    "cookie",
    "url-password",
    "password",
    "secret-value",
    "netrc-password",
    "registry-auth",
    "login-password",
    "sql-password",
];

/// Nothing that decoding could bring to light is shorter than this.
pub(super) const SHORTEST: usize = 15;

/// How much counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// Everything, for a text as it stands.
    Everything,
    /// What no other text looks like, for what decoding brought to light: most of that is noise.
    Distinct,
}

/// Something to look for at one place.
struct Look {
    name: &'static str,
    /// It starts so.
    start: &'static [u8],
    case: Case,
    kind: Kind,
    /// What must be true of the bytes before `start`.
    before: fn(&[u8]) -> bool,
    /// Where the secret is, in the bytes after `start`.
    rest: fn(&[u8]) -> Option<Range<usize>>,
}

/// In which case a look is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// As it is.
    Same,
    /// In upper or lower case.
    Any,
}

/// What a look's start is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The beginning of the secret, which no other text looks like.
    Token,
    /// The name of what follows, or something in the middle of the secret.
    Field,
}

const fn token(name: &'static str, start: &'static [u8], rest: fn(&[u8]) -> Option<Range<usize>>) -> Look {
    Look { name, start, case: Case::Same, kind: Kind::Token, before: anything, rest }
}

const fn field(name: &'static str, start: &'static [u8], rest: fn(&[u8]) -> Option<Range<usize>>) -> Look {
    Look { name, start, case: Case::Any, kind: Kind::Field, before: anything, rest }
}

/// A look at something in the middle.
const fn inner(
    name: &'static str,
    start: &'static [u8],
    before: fn(&[u8]) -> bool,
    rest: fn(&[u8]) -> Option<Range<usize>>,
) -> Look {
    Look { name, start, case: Case::Same, kind: Kind::Field, before, rest }
}

fn anything(_: &[u8]) -> bool {
    true
}

/// The looks by the two bytes that each starts with, sorted; and which pairs there are, one bit for each. A look at the bits tells for
/// nearly every place of a text that nothing starts there.
struct Index {
    pairs: Vec<u64>,
    looks: Vec<([u8; 2], &'static Look)>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { pairs: vec![0; 1024], looks: Vec::new() };
    for look in tokens::LOOKS.iter().chain(fields::LOOKS) {
        let [first, second] = [0, 1].map(|at| {
            let byte = look.start[at];
            if look.case == Case::Any { vec![byte, byte.to_ascii_uppercase()] } else { vec![byte] }
        });
        for first in &first {
            for second in &second {
                let pair = [*first, *second];
                if !index.looks.iter().any(|(known, other)| *known == pair && std::ptr::eq(*other, look)) {
                    index.looks.push((pair, look));
                }
                let at = usize::from(u16::from_be_bytes(pair));
                index.pairs[at / 64] |= 1 << (at % 64);
            }
        }
    }
    index.looks.sort_by_key(|(pair, _)| *pair);
    index
});

/// What looks like a secret in `bytes`, in order. Zero bytes are part of no secret.
pub(super) fn find(bytes: &[u8], breadth: Breadth) -> Vec<(&'static str, Range<usize>)> {
    let index = &*INDEX;
    let mut found = Vec::new();
    for (at, pair) in bytes.windows(2).enumerate() {
        let bit = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
        if index.pairs[bit / 64] & (1 << (bit % 64)) == 0 {
            continue;
        }
        let first = index.looks.partition_point(|(known, _)| known[..] < *pair);
        let looks = index.looks[first..].iter().take_while(|(known, _)| known[..] == *pair);
        found.extend(looks.filter_map(|(_, look)| Some((look.name, look.at(bytes, at, breadth)?))));
    }
    found
}

impl Look {
    /// The secret that starts at `at`, or that is named there.
    fn at(&self, bytes: &[u8], at: usize, breadth: Breadth) -> Option<Range<usize>> {
        let token = self.kind == Kind::Token;
        // In the middle of a word it is the middle of a word.
        let bounded = !token || at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if !bounded
            || (!token && breadth == Breadth::Distinct)
            || !self.begins(&bytes[at..])
            || !(self.before)(&bytes[..at])
        {
            return None;
        }
        let rest = at + self.start.len();
        let range = (self.rest)(&bytes[rest..bytes.len().min(rest + 4096)])?;
        let start = if token { at } else { rest + range.start };
        let value = &bytes[start..rest + range.end];
        let known =
            is_documented(value) || (!range.is_empty() && is_documented(&bytes[rest + range.start..rest + range.end]));
        (!known && !is_filler(value)).then_some(start..rest + range.end)
    }

    fn begins(&self, bytes: &[u8]) -> bool {
        let Some(start) = bytes.get(..self.start.len()) else { return false };
        match self.case {
            Case::Any => start.eq_ignore_ascii_case(self.start),
            Case::Same => start == self.start,
        }
    }
}

/// Whether the end of a long value is made of three characters or fewer, as in `xxxx-xxxx-xxxx`.
fn is_filler(value: &[u8]) -> bool {
    let mut end = value[value.len().saturating_sub(16)..].to_vec();
    let long = end.len() >= 12;
    end.sort_unstable();
    end.dedup();
    long && end.len() <= 3
}

fn word(byte: u8) -> bool {
    letters(byte) || byte == b'_'
}
