//! A tab of the browser: goes to pages, asks them things, presses keys.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::devtools::{Browser, PATIENCE};
use crate::site::Site;

/// A tab in a world of its own: no other tab's storage, no other's clipboard permission.
pub(crate) struct Page {
    browser: &'static Browser,
    context: String,
    target: String,
    session: String,
}

impl Page {
    /// An empty tab, 1280 pixels wide.
    pub(crate) fn new() -> Self {
        let browser = Browser::shared();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let context = text(&browser.call(None, "Target.createBrowserContext", &json!({}))["browserContextId"]);
        let params = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(&browser.call(None, "Target.createTarget", &params)["targetId"]);
        let params = json!({ "targetId": target, "flatten": true });
        let session = text(&browser.call(None, "Target.attachToTarget", &params)["sessionId"]);
        let page = Self { browser, context, target, session };
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        page.call("Page.setLifecycleEventsEnabled", &json!({ "enabled": true }));
        page.call("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }));
        page.resize(1280, 900);
        page
    }

    /// A tab that shows `page` of the book.
    pub(crate) fn at(page: &str) -> Self {
        let tab = Self::new();
        tab.go(page);
        tab
    }

    /// Sends a command.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        self.browser.call(Some(&self.session), method, params)
    }

    /// Goes to a page of the book, and waits until it is loaded with everything that it asks for.
    pub(crate) fn go(&self, page: &str) {
        self.browser.drain(&self.session);
        let answer = self.call("Page.navigate", &json!({ "url": Site::shared().url(page) }));
        // A click before this may have started a navigation of its own, whose end is not this one's.
        let is_ours = |event: &Value| {
            let params = &event["params"];
            event["method"] == "Page.lifecycleEvent"
                && params["name"] == "load"
                && params["loaderId"] == answer["loaderId"]
        };
        self.browser.event(&self.session, is_ours);
    }

    /// Everything since the last [`Page::go`] that a reader's console would show in red: exceptions, errors, requests that failed.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let events = self.browser.drain(&self.session).into_iter();
        let complaint = |event: Value| {
            let params = &event["params"];
            let is_bad = match event["method"].as_str()? {
                "Runtime.exceptionThrown" | "Network.loadingFailed" => true,
                "Runtime.consoleAPICalled" => params["type"] == "error" || params["type"] == "assert",
                "Log.entryAdded" => params["entry"]["level"] == "error",
                "Network.responseReceived" => params["response"]["status"].as_u64().is_some_and(|status| status >= 400),
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str().unwrap_or_default();
                    !url.starts_with(&Site::shared().origin()) && !url.starts_with("data:")
                }
                _ => false,
            };
            is_bad.then(|| event.to_string())
        };
        events.filter_map(complaint).collect()
    }

    /// The value of a JavaScript expression, as if the reader had just clicked; a promise's value.
    pub(crate) fn ask(&self, expression: &str) -> Value {
        self.evaluate(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The same; an error where there is nobody to ask, as between two documents.
    fn evaluate(&self, expression: &str) -> Result<Value, Value> {
        let params = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true,
        });
        let answer = self.browser.attempt(Some(&self.session), "Runtime.evaluate", &params)?;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {}", answer["exceptionDetails"]);
        Ok(answer["result"]["value"].clone())
    }

    /// A text.
    pub(crate) fn text(&self, expression: &str) -> String {
        let value = self.ask(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression}: {value}")).to_owned()
    }

    /// Whether it is so.
    pub(crate) fn is(&self, expression: &str) -> bool {
        self.ask(&format!("!!({expression})")) == json!(true)
    }

    /// Waits until it is so, over a navigation if one is on its way.
    pub(crate) fn until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.evaluate(&format!("!!({expression})")) != Ok(json!(true)) {
            assert!(Instant::now() < end, "never: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses and releases a key, such as `Enter`.
    pub(crate) fn press(&self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            "End" => 35,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            other => panic!("no code for {other}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if key == "Enter" && kind == "keyDown" {
                params["text"] = json!("\r");
            }
            self.call("Input.dispatchKeyEvent", &params);
        }
    }

    /// Types a text into what has the focus.
    pub(crate) fn write(&self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Lets the page write to the clipboard and the test read it.
    pub(crate) fn allow_clipboard(&self) {
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        let params = json!({
            "permissions": permissions, "origin": Site::shared().origin(), "browserContextId": self.context,
        });
        self.browser.call(None, "Browser.grantPermissions", &params);
    }

    /// Makes the window so wide and so high.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Takes a picture of the page from `top` on.
    pub(crate) fn picture(&self, path: &Path, (width, top, height): (u32, f64, f64)) {
        let clip = json!({ "x": 0, "y": top, "width": width, "height": height, "scale": 1 });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let data = self.call("Page.captureScreenshot", &params);
        let bytes = from_base64(data["data"].as_str().expect("a picture"));
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 2000, "{}: {} bytes", path.display(), bytes.len());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for pictures");
        std::fs::write(path, bytes).expect("a picture");
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.browser.call(None, "Target.closeTarget", &json!({ "targetId": self.target }));
        }
    }
}

/// The bytes of a text in base64, whose characters are taken to be right.
fn from_base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut held, mut bits) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for value in text.bytes().filter_map(|byte| LETTERS.iter().position(|letter| *letter == byte)) {
        held = (held << 6) | u32::try_from(value).expect("six bits");
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).expect("eight bits"));
        }
    }
    out
}
