//! Looks at secrets that begin as no other text does. Pure; touches nothing.

use std::ops::Range;

use super::take::{dashed, digit, digits64, exact, hex, letters, lower, parts, run, upper};
use super::{Look, token, word};

pub(super) const LOOKS: &[Look] = &[
    token("private-key", b"-----BEGIN ", |rest| private_key(rest, b"-----")),
    token("private-key", b"-----END ", |rest| private_key(rest, b"-----")),
    token("private-key", b"---- BEGIN ", |rest| private_key(rest, b" ----")),
    token("private-key", b"---- END ", |rest| private_key(rest, b" ----")),
    token("aws-access-key", b"AKIA", aws_id),
    token("aws-access-key", b"ASIA", aws_id),
    token("aws-access-key", b"ABIA", aws_id),
    token("aws-access-key", b"ACCA", aws_id),
    token("aws-session-token", b"IQoJb3JpZ2lu", session_alone),
    token("aws-session-token", b"FwoGZXIvYXdz", session_alone),
    token("aws-session-token", b"FQoGZXIvYXdz", session_alone),
    token("aws-session-token", b"FQoDYXdz", session_alone),
    token("aws-session-token", b"AQoDYXdz", session_alone),
    token("aws-bedrock-key", b"ABSK", |rest| run(rest, 109, digits64)),
    token("aws-bedrock-key", b"bedrock-api-key-", |rest| run(rest, 40, dashed)),
    token("google-api-key", b"AIza", |rest| exact(rest, 35, dashed)),
    token("google-api-key", b"AQ.Ab8R", |rest| exact(rest, 46, dashed)),
    token("google-hmac-key", b"GOOG", |rest| digit(rest, exact(rest, 20, upper).or_else(|| exact(rest, 57, upper)))),
    token("google-token", b"ya29.", |rest| run(rest, 20, dashed)),
    token("google-token", b"GOCSPX-", |rest| run(rest, 20, dashed)),
    token("google-token", b"1//0", |rest| run(rest, 35, dashed)),
    token("digitalocean-token", b"dop_v1_", |rest| exact(rest, 64, hex)),
    token("digitalocean-token", b"doo_v1_", |rest| exact(rest, 64, hex)),
    token("digitalocean-token", b"dor_v1_", |rest| exact(rest, 64, hex)),
    token("cloudflare-token", b"cfk_", |rest| run(rest, 40, letters)),
    token("cloudflare-token", b"cfut_", |rest| run(rest, 40, letters)),
    token("cloudflare-token", b"cfat_", |rest| run(rest, 40, letters)),
    token("cloudflare-token", b"cfast_", |rest| run(rest, 40, letters)),
    token("cloudflare-token", b"v1.0-", origin_key),
    token("heroku-key", b"HRKU-", |rest| run(rest, 36, dashed)),
    token("flyio-token", b"fo1_", |rest| run(rest, 43, dashed)),
    token("flyio-token", b"fm1a_", |rest| run(rest, 64, |byte| dashed(byte) || digits64(byte))),
    token("flyio-token", b"fm1r_", |rest| run(rest, 64, |byte| dashed(byte) || digits64(byte))),
    token("flyio-token", b"fm2_", |rest| run(rest, 64, |byte| dashed(byte) || digits64(byte))),
    token("netlify-token", b"nfp_", |rest| run(rest, 36, letters)),
    token("netlify-token", b"nfc_", |rest| run(rest, 36, letters)),
    token("netlify-token", b"nfo_", |rest| run(rest, 36, letters)),
    token("netlify-token", b"nfu_", |rest| run(rest, 36, letters)),
    token("netlify-token", b"nfb_", |rest| run(rest, 36, letters)),
    token("vercel-token", b"vcp_", |rest| exact(rest, 56, letters)),
    token("vercel-token", b"vci_", |rest| exact(rest, 56, letters)),
    token("vercel-token", b"vca_", |rest| exact(rest, 56, letters)),
    token("vercel-token", b"vcr_", |rest| exact(rest, 56, letters)),
    token("vercel-token", b"vck_", |rest| exact(rest, 56, letters)),
    token("planetscale-token", b"pscale_tkn_", |rest| run(rest, 32, dashed)),
    token("planetscale-token", b"pscale_oauth_", |rest| run(rest, 32, dashed)),
    token("planetscale-token", b"pscale_pw_", |rest| run(rest, 32, dashed)),
    token("neon-key", b"napi_", |rest| digit(rest, exact(rest, 64, letters))),
    token("supabase-key", b"sbp_oauth_", |rest| run(rest, 40, lower)),
    token("supabase-key", b"sbp_v0_", |rest| run(rest, 40, lower)),
    token("supabase-key", b"sbp_", |rest| run(rest, 40, lower)),
    token("supabase-key", b"sb_secret_", |rest| run(rest, 20, dashed)),
    token("aiven-password", b"AVNS_", |rest| digit(rest, run(rest, 15, dashed).filter(|found| found.end <= 64))),
    token("elastic-key", b"essu_", |rest| run(rest, 60, |byte| dashed(byte) || digits64(byte))),
    token("databricks-token", b"dapi", |rest| digit(rest, exact(rest, 32, hex))),
    token("databricks-token", b"dose", |rest| digit(rest, exact(rest, 32, hex))),
    token("mongodb-atlas-key", b"mdb_sa_sk_", |rest| run(rest, 40, dashed)),
    token("tigris-key", b"tsec_", |rest| digit(rest, run(rest, 40, |byte| dashed(byte) || digits64(byte)))),
    token("alibaba-access-key", b"LTAI", |rest| digit(rest, run(rest, 12, letters).filter(|found| found.end <= 22))),
    token("tailscale-key", b"tskey-", tailscale),
    token("vault-token", b"hvs.", |rest| run(rest, 24, dashed)),
    token("vault-token", b"hvb.", |rest| run(rest, 24, dashed)),
    token("vault-token", b"hvr.", |rest| run(rest, 24, dashed)),
    token("pulumi-token", b"pul-", |rest| digit(rest, exact(rest, 40, hex))),
    token("doppler-token", b"dp.pt.", doppler),
    token("doppler-token", b"dp.st.", doppler),
    token("doppler-token", b"dp.ct.", doppler),
    token("doppler-token", b"dp.sa.", doppler),
    token("doppler-token", b"dp.said.", doppler),
    token("doppler-token", b"dp.scim.", doppler),
    token("doppler-token", b"dp.audit.", doppler),
    token("onepassword-token", b"ops_eyJ", |rest| digit(rest, run(rest, 100, |byte| dashed(byte) || digits64(byte)))),
    token("onepassword-token", b"A3-", |rest| {
        digit(rest, parts(rest, b'-', &[(6, upper), (6, upper), (5, upper), (5, upper), (5, upper), (5, upper)]))
    }),
    token("cluster-token", b"K10", cluster),
    token("openshift-token", b"sha256~", |rest| exact(rest, 43, dashed)),
    token("github-token", b"ghp_", |rest| run(rest, 36, letters)),
    token("github-token", b"gho_", |rest| run(rest, 36, letters)),
    token("github-token", b"ghu_", |rest| run(rest, 36, letters)),
    token("github-token", b"ghs_", |rest| run(rest, 36, letters)),
    token("github-token", b"ghs_", installation),
    token("github-token", b"ghr_", |rest| run(rest, 36, letters)),
    token("github-token", b"github_pat_", |rest| run(rest, 22, word)),
    token("gitlab-token", b"glpat-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"gldt-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glrt-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glrtr-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glcbt-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glptt-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glft-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glsoat-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glagent-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glimt-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glffct-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"gloas-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"glwt-", |rest| run(rest, 20, dashed)),
    token("gitlab-token", b"GR1348941", |rest| run(rest, 20, dashed)),
    token("bitbucket-token", b"ATBB", |rest| exact(rest, 32, letters)),
    token("bitbucket-token", b"ATCTT3", |rest| run(rest, 100, dashed)),
    token("bitbucket-token", b"BBDC-", |rest| run(rest, 40, dashed).filter(|found| found.end <= 50)),
    token("atlassian-token", b"ATATT3", |rest| run(rest, 100, dashed)),
    token("npm-token", b"npm_", |rest| exact(rest, 36, letters)),
    token("pypi-token", b"pypi-AgE", |rest| run(rest, 50, dashed)),
    token("rubygems-key", b"rubygems_", |rest| exact(rest, 48, hex)),
    token("nuget-key", b"oy2", |rest| digit(rest, exact(rest, 43, lower))),
    token("crates-token", b"cio", |rest| digit(rest, exact(rest, 32, letters))),
    token("docker-token", b"dckr_pat_", |rest| run(rest, 27, dashed)),
    token("docker-token", b"dckr_oat_", |rest| run(rest, 27, dashed)),
    token("docker-swarm-token", b"SWMTKN-1-", |rest| parts(rest, b'-', &[(50, lower), (25, lower)])),
    token("docker-swarm-token", b"SWMTKN-2-1-", |rest| parts(rest, b'-', &[(50, lower), (25, lower)])),
    token("docker-swarm-token", b"SWMKEY-1-", |rest| exact(rest, 43, digits64)),
    token("packagist-token", b"packagist_ack_", packagist),
    token("packagist-token", b"packagist_acs_", packagist),
    token("packagist-token", b"packagist_cut_", packagist),
    token("packagist-token", b"packagist_ort_", packagist),
    token("packagist-token", b"packagist_out_", packagist),
    token("packagist-token", b"packagist_uut_", packagist),
    token("circleci-token", b"CCIPAT_", |rest| parts(rest, b'_', &[(22, letters), (40, hex)])),
    token("circleci-token", b"CCIPRJ_", |rest| parts(rest, b'_', &[(22, letters), (40, hex)])),
    token("buildkite-token", b"bkua_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkur_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bktx_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkaa_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkar_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkct_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkcqt_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkaj_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkjat_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkpt_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkrt_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bktr_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkat_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkpat_", |rest| digit(rest, run(rest, 38, dashed))),
    token("buildkite-token", b"bkps_", |rest| digit(rest, run(rest, 38, dashed))),
    token("sonar-token", b"squ_", |rest| digit(rest, exact(rest, 40, hex))),
    token("sonar-token", b"sqp_", |rest| digit(rest, exact(rest, 40, hex))),
    token("sonar-token", b"sqa_", |rest| digit(rest, exact(rest, 40, hex))),
    token("sonar-token", b"sqco_", |rest| exact(rest, 59, letters)),
    token("sourcegraph-token", b"sgp_local_", |rest| digit(rest, exact(rest, 40, hex))),
    token("sourcegraph-token", b"sgph_", |rest| digit(rest, exact(rest, 40, hex))),
    token("sourcegraph-token", b"sgp_", |rest| {
        digit(rest, exact(rest, 40, hex).or_else(|| parts(rest, b'_', &[(16, hex), (40, hex)])))
    }),
    token("artifactory-key", b"AKCp", |rest| exact(rest, 69, letters)),
    token("artifactory-key", b"cmVmdGtu", |rest| exact(rest, 56, letters)),
    token("clojars-token", b"CLOJARS_", |rest| exact(rest, 60, lower)),
    token("deno-token", b"ddp_", |rest| exact(rest, 36, letters)),
    token("deno-token", b"ddw_", |rest| exact(rest, 36, letters)),
    token("deno-token", b"ddo_", |rest| exact(rest, 36, letters)),
    token("octopus-key", b"API-", octopus),
    token("postman-key", b"PMAK-", |rest| parts(rest, b'-', &[(24, hex), (34, hex)])),
    token("postman-key", b"PMAT-", |rest| exact(rest, 26, upper)),
    token("figma-token", b"figd_", |rest| run(rest, 38, dashed)),
    token("figma-token", b"figp_", |rest| run(rest, 38, dashed)),
    token("linear-key", b"lin_api_", |rest| exact(rest, 40, letters)),
    token("linear-key", b"lin_oauth_", |rest| run(rest, 32, letters)),
    token("notion-token", b"ntn_", |rest| digit(rest, exact(rest, 46, letters))),
    token("notion-token", b"secret_", |rest| digit(rest, exact(rest, 43, letters))),
    token("airtable-token", b"pat", |rest| parts(rest, b'.', &[(14, letters), (64, hex)])),
    token("contentful-token", b"CFPAT-", |rest| run(rest, 43, dashed)),
    token("stripe-key", b"sk_live_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"sk_test_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"rk_live_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"rk_test_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"sk_org_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"sk_org_live_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"sk_org_test_", |rest| run(rest, 16, letters)),
    token("stripe-key", b"whsec_", |rest| run(rest, 32, digits64)),
    token("square-token", b"sq0atp-", |rest| digit(rest, run(rest, 22, dashed))),
    token("square-token", b"sq0csp-", |rest| digit(rest, run(rest, 22, dashed))),
    token("square-token", b"sq0csb-", |rest| digit(rest, run(rest, 22, dashed))),
    token("square-token", b"EAAl", |rest| digit(rest, exact(rest, 59, dashed))),
    token("square-token", b"EQAA", |rest| digit(rest, exact(rest, 60, dashed))),
    token("square-token", b"EAAA", |rest| digit(rest, exact(rest, 60, dashed))),
    token("braintree-token", b"access_token$production$", |rest| parts(rest, b'$', &[(16, lower), (32, hex)])),
    token("braintree-token", b"access_token$sandbox$", |rest| parts(rest, b'$', &[(16, lower), (32, hex)])),
    token("shopify-token", b"shpat_", |rest| exact(rest, 32, hex)),
    token("shopify-token", b"shpca_", |rest| exact(rest, 32, hex)),
    token("shopify-token", b"shppa_", |rest| exact(rest, 32, hex)),
    token("shopify-token", b"shpss_", |rest| exact(rest, 32, hex)),
    token("shopify-token", b"shpua_", |rest| exact(rest, 32, hex)),
    token("shopify-token", b"shptka_", |rest| exact(rest, 32, hex)),
    token("slack-token", b"xoxb-", slack),
    token("slack-token", b"xoxp-", slack),
    token("slack-token", b"xoxa-", slack),
    token("slack-token", b"xoxc-", slack),
    token("slack-token", b"xoxd-", slack),
    token("slack-token", b"xoxe-", slack),
    token("slack-token", b"xoxo-", slack),
    token("slack-token", b"xoxr-", slack),
    token("slack-token", b"xoxs-", slack),
    token("slack-token", b"xapp-1-", slack),
    token("slack-token", b"xwfp-", slack),
    token("slack-token", b"hooks.slack.com/services/", slack_webhook),
    token("slack-token", b"hooks.slack.com/workflows/", slack_webhook),
    token("slack-token", b"hooks.slack.com/triggers/", slack_webhook),
    token("sendgrid-key", b"SG.", sendgrid),
    token("mailgun-key", b"key-", |rest| digit(rest, exact(rest, 32, lower))),
    token("brevo-key", b"xkeysib-", |rest| parts(rest, b'-', &[(64, hex), (16, letters)])),
    token("brevo-key", b"xsmtpsib-", |rest| parts(rest, b'-', &[(64, hex), (16, letters)])),
    token("resend-key", b"re_", |rest| parts(rest, b'_', &[(8, letters), (24, letters)])),
    token("grafana-token", b"glsa_", |rest| parts(rest, b'_', &[(32, letters), (8, hex)])),
    token("grafana-token", b"glc_", |rest| run(rest, 32, digits64)),
    token("grafana-token", b"eyJrIjoi", |rest| run(rest, 70, letters)),
    token("sentry-token", b"sntrys_", |rest| run(rest, 60, |byte| dashed(byte) || digits64(byte))),
    token("sentry-token", b"sntryu_", |rest| run(rest, 64, hex)),
    token("sentry-token", b"sntrya_", |rest| run(rest, 64, hex)),
    token("sentry-token", b"sntryi_", |rest| run(rest, 64, hex)),
    token("newrelic-key", b"NRAK-", newrelic),
    token("newrelic-key", b"NRII-", newrelic),
    token("newrelic-key", b"NRIQ-", newrelic),
    token("newrelic-key", b"NRAA-", newrelic),
    token("dynatrace-token", b"dt0", dynatrace),
    token("launchdarkly-key", b"sdk-", |rest| uuid(rest).filter(|_| rest[14] == b'4')),
    token("launchdarkly-key", b"api-", |rest| uuid(rest).filter(|_| rest[14] == b'4')),
    token("posthog-key", b"phx_", |rest| run(rest, 40, letters)),
    token("posthog-key", b"phs_", |rest| run(rest, 40, letters)),
    token("posthog-key", b"pha_", |rest| run(rest, 40, letters)),
    token("posthog-key", b"phr_", |rest| run(rest, 40, letters)),
    token("hubspot-token", b"pat-na1-", uuid),
    token("hubspot-token", b"pat-na2-", uuid),
    token("hubspot-token", b"pat-na3-", uuid),
    token("hubspot-token", b"pat-eu1-", uuid),
    token("hubspot-token", b"pat-ap1-", uuid),
    token("typeform-token", b"tfp_", |rest| run(rest, 40, |byte| dashed(byte) || byte == b'.')),
    token("plaid-token", b"access-sandbox-", uuid),
    token("plaid-token", b"access-development-", uuid),
    token("plaid-token", b"access-production-", uuid),
    token("facebook-token", b"EAA", |rest| run(rest, 101, letters).filter(|_| rest[0].is_ascii_alphabetic())),
    token("dropbox-token", b"sl.", |rest| run(rest, 130, dashed)),
    token("dropbox-token", b"sl.u.", |rest| run(rest, 130, dashed)),
    token("mapbox-token", b"sk.eyJ", jwt_part),
    token("adobe-secret", b"p8e-", |rest| digit(rest, exact(rest, 32, letters))),
    token("openai-key", b"sk-proj-", |rest| run(rest, 40, dashed)),
    token("openai-key", b"sk-svcacct-", |rest| run(rest, 40, dashed)),
    token("openai-key", b"sk-admin-", |rest| run(rest, 40, dashed)),
    token("openai-key", b"sk-", |rest| exact(rest, 48, letters).filter(|_| rest[20..].starts_with(b"T3BlbkFJ"))),
    token("anthropic-key", b"sk-ant-", |rest| digit(rest, run(rest, 40, dashed))),
    token("huggingface-token", b"hf_", |rest| run(rest, 34, letters)),
    token("huggingface-token", b"api_org_", |rest| run(rest, 34, letters)),
    token("replicate-token", b"r8_", |rest| exact(rest, 37, letters)),
    token("groq-key", b"gsk_", |rest| exact(rest, 52, letters)),
    token("perplexity-key", b"pplx-", |rest| exact(rest, 48, letters)),
    token("xai-key", b"xai-", |rest| exact(rest, 80, letters)),
    token("openrouter-key", b"sk-or-v1-", |rest| exact(rest, 64, hex)),
    token("langsmith-key", b"lsv2_pt_", |rest| parts(rest, b'_', &[(32, hex), (10, hex)])),
    token("langsmith-key", b"lsv2_sk_", |rest| parts(rest, b'_', &[(32, hex), (10, hex)])),
    token("langfuse-key", b"sk-lf-", uuid),
    token("nvidia-key", b"nvapi-", |rest| run(rest, 60, dashed)),
    token("elevenlabs-key", b"sk_", |rest| digit(rest, exact(rest, 48, hex))),
    token("deepseek-key", b"sk-", |rest| digit(rest, exact(rest, 32, hex))),
    token("stability-key", b"sk-", |rest| digit(rest, exact(rest, 48, letters))),
    token("together-key", b"tgp_v1_", |rest| run(rest, 43, dashed)),
    token("tavily-key", b"tvly-", |rest| run(rest, 30, dashed)),
    token("pinecone-key", b"pcsk_", |rest| {
        parts(rest, b'_', &[(6, letters), (63, letters)]).or_else(|| parts(rest, b'_', &[(5, letters), (63, letters)]))
    }),
    token("wandb-key", b"wandb_v1_", |rest| exact(rest, 77, word)),
    token("age-key", b"AGE-SECRET-KEY-1", age),
    token("age-key", b"AGE-SECRET-KEY-PQ-1", age),
    token("jwt", b"eyJ", jwt),
];

fn private_key(rest: &[u8], border: &[u8]) -> Option<Range<usize>> {
    let line = &rest[..rest.len().min(60)];
    if line.starts_with(b"OpenVPN Static key V1-----") {
        return Some(0..21);
    }
    let kind = run(line, 11, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')?;
    let words = line[kind.clone()].trim_ascii_end();
    let is_key = words.ends_with(b"PRIVATE KEY") || words.ends_with(b"PRIVATE KEY BLOCK");
    (is_key && line[words.len()..].starts_with(border)).then_some(0..words.len())
}

fn aws_id(rest: &[u8]) -> Option<Range<usize>> {
    exact(rest, 16, upper).filter(|id| !rest[id.clone()].windows(7).any(|part| part == b"EXAMPLE"))
}

/// A long run of base64, percent-encoded or not, that is not of AWS's documentation: those hold the word `EXAMPLE`.
pub(super) fn aws_session(rest: &[u8]) -> Option<Range<usize>> {
    let found = run(rest, 80, |byte| digits64(byte) || b"=%".contains(&byte))?;
    (!rest[found.clone()].windows(7).any(|part| part == b"EXAMPLE")).then_some(found)
}

/// A session token without its name: 80 digits of base64 before anything else.
fn session_alone(rest: &[u8]) -> Option<Range<usize>> {
    run(rest, 80, digits64)?;
    aws_session(rest)
}

fn origin_key(rest: &[u8]) -> Option<Range<usize>> {
    let id = run(rest, 24, hex).filter(|found| found.end == 24)?;
    let key = rest[id.end..].strip_prefix(b"-")?;
    run(key, 140, hex).map(|key| 0..25 + key.end)
}

/// The digest of a cluster's certificate, and the login that joins the cluster.
fn cluster(rest: &[u8]) -> Option<Range<usize>> {
    let digest = run(rest, 64, hex).filter(|found| found.end == 64)?;
    let login = rest[digest.end..].strip_prefix(b"::")?;
    run(login, 16, |byte| dashed(byte) || b".:".contains(&byte)).map(|login| 0..66 + login.end)
}

/// The id of an app, and a JSON Web Token.
fn installation(rest: &[u8]) -> Option<Range<usize>> {
    let id = run(rest, 1, letters).filter(|id| id.end <= 20)?.end;
    jwt(rest[id..].strip_prefix(b"_eyJ")?).map(|token| 0..id + 4 + token.end)
}

fn doppler(rest: &[u8]) -> Option<Range<usize>> {
    run(rest, 40, letters).filter(|found| found.end <= 44)
}

fn packagist(rest: &[u8]) -> Option<Range<usize>> {
    run(rest, 28, hex).filter(|found| found.end <= 96 && !rest.get(found.end).is_some_and(|byte| letters(*byte)))
}

/// A key that is not a digest: it has a letter after F.
fn octopus(rest: &[u8]) -> Option<Range<usize>> {
    let key = run(rest, 25, upper).filter(|key| key.end <= 34)?;
    let ends = !rest.get(key.end).is_some_and(|byte| letters(*byte));
    digit(rest, Some(key)).filter(|key| ends && rest[key.clone()].iter().any(|byte| *byte > b'F'))
}

fn slack(rest: &[u8]) -> Option<Range<usize>> {
    digit(rest, run(rest, 10, |byte| letters(byte) || byte == b'-'))
}

fn slack_webhook(rest: &[u8]) -> Option<Range<usize>> {
    digit(rest, run(rest, 20, |byte| letters(byte) || byte == b'/'))
}

fn newrelic(rest: &[u8]) -> Option<Range<usize>> {
    run(rest, 25, dashed).filter(|found| found.end <= 32)
}

/// The rest of the kind, the public part and the secret part.
fn dynatrace(rest: &[u8]) -> Option<Range<usize>> {
    let (kind, token) = rest.split_at_checked(4)?;
    let known = kind[0].is_ascii_lowercase() && kind[1..3].iter().all(u8::is_ascii_digit) && kind[3] == b'.';
    parts(token, b'.', &[(24, upper), (64, upper)]).filter(|_| known).map(|found| 0..4 + found.end)
}

fn age(rest: &[u8]) -> Option<Range<usize>> {
    run(rest, 40, |byte| b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(&byte))
        .filter(|found| !rest.get(found.end).is_some_and(|byte| letters(*byte)))
}

fn tailscale(rest: &[u8]) -> Option<Range<usize>> {
    let kind = run(rest, 2, |byte| byte.is_ascii_lowercase())?.end;
    let id = rest[kind..].strip_prefix(b"-")?;
    let id_end = run(id, 4, letters)?.end;
    let key = id[id_end..].strip_prefix(b"-")?;
    digit(key, run(key, 8, letters)).map(|key| 0..kind + id_end + 2 + key.end)
}

fn sendgrid(rest: &[u8]) -> Option<Range<usize>> {
    let id = run(rest, 16, dashed)?.end;
    let key = rest[id..].strip_prefix(b".").filter(|_| id <= 32)?;
    digit(key, run(key, 16, dashed).filter(|key| key.end <= 64)).map(|key| 0..id + 1 + key.end)
}

fn uuid(rest: &[u8]) -> Option<Range<usize>> {
    parts(rest, b'-', &[(8, hex), (4, hex), (4, hex), (4, hex), (12, hex)])
}

/// A payload and 22 characters, as the tokens of Mapbox have them.
fn jwt_part(rest: &[u8]) -> Option<Range<usize>> {
    let payload = run(rest, 40, dashed)?.end;
    let signature = rest[payload..].strip_prefix(b".")?;
    exact(signature, 22, dashed).map(|signature| 0..payload + 1 + signature.end)
}

fn jwt(rest: &[u8]) -> Option<Range<usize>> {
    let header = run(rest, 8, dashed)?.end;
    let payload = rest.get(header..)?.strip_prefix(b".eyJ")?;
    let signature = payload.get(run(payload, 8, dashed)?.end..)?.strip_prefix(b".")?;
    let length = run(signature, 8, dashed)?.end;
    Some(0..rest.len() - signature.len() + length)
}
