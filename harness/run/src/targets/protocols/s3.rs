//! S3: a bucket per recipe. Opens connections to the server's endpoint.

use std::time::Duration;

use dogfood_core::redact::Known;
use object_store::RetryConfig;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::Signer;

use super::object::{ask, there_and_back};
use super::protocol::{Client, Direct, Work, http, value};
use crate::causes::short;

/// How long a signature holds; requests follow at once.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// An S3 server and its credentials.
pub(super) struct S3 {
    endpoint: String,
    region: String,
    key: String,
    secret: String,
    own: String,
}

impl S3 {
    pub(super) fn new(variables: &[Known], word: &str) -> Self {
        let region = ["AWS_DEFAULT_REGION", "AWS_REGION"].into_iter().map(|name| value(variables, name));
        Self {
            endpoint: value(variables, "S3_ENDPOINT"),
            region: region.into_iter().find(|region| !region.is_empty()).unwrap_or_else(|| "us-east-1".to_owned()),
            key: value(variables, "AWS_ACCESS_KEY_ID"),
            secret: value(variables, "AWS_SECRET_ACCESS_KEY"),
            own: format!("dogfood-ready-{word}"),
        }
    }

    /// The bucket as a store. Errors come at once: the caller tries again, and says the last one.
    fn bucket(&self, name: &str) -> Result<AmazonS3, String> {
        let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() };
        AmazonS3Builder::new()
            .with_endpoint(&self.endpoint)
            .with_allow_http(true)
            .with_region(&self.region)
            .with_access_key_id(&self.key)
            .with_secret_access_key(&self.secret)
            .with_bucket_name(name)
            .with_retry(retry)
            .with_http_connector(Direct)
            .build()
            .map_err(|error| short(&error))
    }

    /// A request about the bucket itself, which the store has no call for.
    async fn ask(&self, method: reqwest::Method, bucket: &str, taken: &[u16]) -> Result<(), String> {
        let store = self.bucket(bucket)?;
        let url =
            store.signed_url(method.clone(), &Path::default(), SIGNED_FOR).await.map_err(|error| short(&error))?;
        let asked = http()?.request(method.clone(), url);
        // Some servers want to be told that there is no body; for S3 itself it is one more header.
        let asked = if method == reqwest::Method::PUT { asked.header("content-length", "0") } else { asked };
        ask(asked, &format!("{method} of bucket {bucket}"), taken).await
    }

    async fn through(&self) -> Result<(), String> {
        // A try before this one may have got that far.
        self.ask(reqwest::Method::PUT, &self.own, &[409]).await?;
        let store = self.bucket(&self.own)?;
        there_and_back(&store).await?;
        self.ask(reqwest::Method::DELETE, &self.own, &[]).await
    }
}

impl Client for S3 {
    fn round_trip(&self) -> Work<'_> {
        Box::pin(self.through())
    }

    fn make<'a>(&'a self, place: &'a str) -> Work<'a> {
        Box::pin(self.ask(reqwest::Method::PUT, place, &[]))
    }
}
