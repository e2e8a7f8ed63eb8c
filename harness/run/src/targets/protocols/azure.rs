//! Azure Blob: a container (a bucket, in Azure's words) per recipe. Opens connections to the account's address.

use dogfood_core::redact::Known;
use object_store::RetryConfig;
use object_store::azure::{AzureAccessKey, AzureAuthorizer, AzureCredential, MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::client::{HttpRequest, HttpRequestBody};
use reqwest::Method;

use super::object::{ask, there_and_back};
use super::protocol::{Client, Direct, Work, http, value};
use crate::causes::short;

/// An account and its key.
pub(super) struct Azure {
    url: String,
    account: String,
    key: String,
    own: String,
}

impl Azure {
    pub(super) fn new(variables: &[Known], word: &str) -> Self {
        Self {
            url: value(variables, "AZURE_ACCOUNT_URL"),
            account: value(variables, "AZURE_ACCOUNT_NAME"),
            key: value(variables, "AZURE_ACCOUNT_KEY"),
            own: format!("dogfood-ready-{word}"),
        }
    }

    /// The container as a store. Errors come at once: the caller tries again, and says the last one.
    fn container(&self, name: &str) -> Result<MicrosoftAzure, String> {
        let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() };
        MicrosoftAzureBuilder::new()
            .with_endpoint(self.url.clone())
            .with_allow_http(true)
            .with_account(&self.account)
            .with_access_key(&self.key)
            .with_container_name(name)
            .with_retry(retry)
            .with_http_connector(Direct)
            .build()
            .map_err(|error| short(&error))
    }

    /// A request about the container itself, which the store has no call for.
    async fn ask(&self, method: Method, container: &str, taken: &[u16]) -> Result<(), String> {
        let url = format!("{}/{container}?restype=container", self.url.trim_end_matches('/'));
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = url.parse().map_err(|_| format!("`{}` is no address", self.url))?;
        let key = AzureAccessKey::try_new(&self.key).map_err(|error| short(&error))?;
        let credential = AzureCredential::AccessKey(key);
        // It takes the host of the address for granted.
        if request.uri().host().is_none() || request.uri().scheme().is_none() {
            return Err(format!("`{}` is no address", self.url));
        }
        AzureAuthorizer::new(&credential, &self.account).try_authorize(&mut request).map_err(|error| short(&error))?;
        let asked = http()?.request(method.clone(), &url).headers(request.headers().clone());
        let asked = asked.header("content-length", "0");
        ask(asked, &format!("{method} of container {container}"), taken).await
    }

    async fn through(&self) -> Result<(), String> {
        // A try before this one may have got that far.
        self.ask(Method::PUT, &self.own, &[409]).await?;
        let store = self.container(&self.own)?;
        there_and_back(&store).await?;
        self.ask(Method::DELETE, &self.own, &[]).await
    }
}

impl Client for Azure {
    fn round_trip(&self) -> Work<'_> {
        Box::pin(self.through())
    }

    fn make<'a>(&'a self, place: &'a str) -> Work<'a> {
        Box::pin(self.ask(Method::PUT, place, &[]))
    }
}
