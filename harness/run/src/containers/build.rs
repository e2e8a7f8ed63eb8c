//! Building an image: the engine's classic builder, everything that it says, and which step went wrong. Talks to the engine.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bollard::models::BuildInfo;
use bollard::query_parameters::{BuildImageOptionsBuilder, BuilderVersion};
use dogfood_core::infra::image::{DOCKERFILE, Image};
use dogfood_core::redact::{Redacted, Redactor};
use futures_util::StreamExt;

use super::context;
use super::engine::{Engine, EngineError, told};
use super::host::BuildHost;
use super::image::ImageError;
use super::labels::Labels;
use crate::plain::plain;

/// How long a build may take: it downloads and compiles.
const LIMIT: Duration = Duration::from_secs(45 * 60);
/// Lines of the build's output that an error repeats.
const LINES: usize = 15;
/// Characters of them.
const CHARACTERS: usize = 4000;
/// What is kept of the output, in bytes: a build can say without end.
const KEPT: usize = 1 << 20;

/// What an engine says when something took a layer away while a build stood on it: a clean-up of images, another program's build.
const DISTURBED: [&str; 7] = [
    "unknown parent image id",
    "no such image: sha256:",
    "failed to get digest",
    "unable to find image",
    "layer does not exist",
    "unknown layer",
    "failed to register layer",
];

/// Builds `image` as the build called `id` and gives it its tag. `progress` hears every step.
pub(super) fn build(
    engine: &Engine,
    image: &Image,
    (labels, id): (&Labels, &str),
    host: &BuildHost,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Redacted),
) -> Result<(), ImageError> {
    let unfit = |why| ImageError::Unfit { image: image.name.clone(), why };
    let archive = context::archive(image, labels, id, host.certificates.as_deref()).map_err(unfit)?;
    let arguments: HashMap<String, String> = host.arguments.clone().into_iter().collect();
    let options = BuildImageOptionsBuilder::new()
        .dockerfile(DOCKERFILE)
        .t(&image.tag())
        .buildargs(&arguments)
        .version(BuilderVersion::BuilderV1)
        // The classic builder looks through the layers of every other build for one that it could take, and fails where one of them
        // goes in that moment. Nothing of ours would be found: each build has labels of its own.
        .nocache(true)
        .rm(true)
        .forcerm(true)
        .build();
    let redactor = Redactor::new(&host.known());
    let mut output = Output { redactor: &redactor, text: String::new(), step: None, ours: 0 };
    let built = engine.wait(LIMIT, Some(stop), async {
        let mut stream = engine.docker.build_image(options, None, Some(bollard::body_full(archive.into())));
        while let Some(said) = stream.next().await {
            output.hear(&said.map_err(|error| told(&error))?, progress);
        }
        Ok(())
    });
    match built {
        Ok(()) => Ok(()),
        Err(EngineError::Stopped) => Err(ImageError::Stopped),
        // A file that is no Dockerfile is refused before any step.
        Err(EngineError::Refused { status: 400, message }) if output.step.is_none() => {
            Err(unfit(redactor.told(message.as_bytes()).into_string()))
        }
        Err(error) if disturbed(&error) => {
            let why = redactor.told(error.to_string().as_bytes());
            Err(ImageError::Disturbed { image: image.name.clone(), why })
        }
        Err(error) => Err(output.failed(image, &error)),
    }
}

/// Whether the engine failed, and not a step: what a command says of itself names its exit code.
fn disturbed(error: &EngineError) -> bool {
    let EngineError::Refused { message, .. } = error else { return false };
    let message = message.to_lowercase();
    !message.contains("non-zero code") && DISTURBED.iter().any(|sign| message.contains(sign))
}

/// What a build says.
struct Output<'a> {
    redactor: &'a Redactor,
    /// What the step at which it is has said.
    text: String,
    /// That step, for people.
    step: Option<String>,
    /// How many steps so far were our own labels.
    ours: usize,
}

impl Output<'_> {
    fn hear(&mut self, said: &BuildInfo, progress: &mut dyn FnMut(Redacted)) {
        let Some(text) = said.stream.as_deref().filter(|text| !is_of_the_builder(text)) else { return };
        if let Some((number, instruction)) = step(text) {
            self.text.clear();
            if context::is_ours(instruction) {
                self.ours += 1;
                return;
            }
            // An instruction may be a page long; its first line names it.
            let shown: String = instruction.lines().next().unwrap_or_default().chars().take(120).collect();
            let shown = self.redactor.told(shown.as_bytes()).shown();
            let step = self.redactor.told(format!("step {} (`{shown}`)", number.saturating_sub(self.ours)).as_bytes());
            progress(step.clone());
            self.step = Some(step.into_string());
            return;
        }
        self.text.push_str(text);
        if self.text.len() > 2 * KEPT {
            let cut = (self.text.len() - KEPT..).find(|at| self.text.is_char_boundary(*at)).unwrap_or_default();
            self.text.drain(..cut);
        }
    }

    fn failed(&self, image: &Image, error: &EngineError) -> ImageError {
        // Once more where the colours are gone: they may have stood in the middle of a secret.
        let said = self.redactor.told(self.text.as_bytes());
        let said = self.redactor.told(plain(said.as_str()).as_bytes());
        ImageError::Failed {
            image: image.name.clone(),
            step: self.step.clone().unwrap_or_else(|| "its beginning".to_owned()),
            why: self.redactor.told(error.to_string().as_bytes()),
            output: said.shown().end(LINES, CHARACTERS),
        }
    }
}

/// Whether the builder speaks, and not a step: which container a step runs in, and what became of it.
fn is_of_the_builder(text: &str) -> bool {
    let id = |rest: &str| rest.len() >= 12 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let about = |start: &str| text.strip_prefix(start).and_then(|rest| rest.strip_suffix('\n')).is_some_and(id);
    about(" ---> ") || about(" ---> Running in ") || about("Removing intermediate container ")
}

/// The number and the instruction in `Step 3/9 : RUN make`.
fn step(text: &str) -> Option<(usize, &str)> {
    let (numbers, instruction) = text.strip_prefix("Step ")?.split_once(" : ")?;
    Some((numbers.split_once('/')?.0.parse().ok()?, instruction.trim_end()))
}

#[cfg(test)]
mod tests {
    use dogfood_core::redact::Known;

    use super::*;

    #[test]
    fn steps_are_told_without_ours_and_without_secrets() {
        let redactor = Redactor::new(&[Known::secret("PIP_INDEX_URL", "hunter2222")]);
        let mut output = Output { redactor: &redactor, text: String::new(), step: None, ours: 0 };
        let mut told = Vec::new();
        let lines = [
            "Step 1/4 : FROM a",
            "Step 2/4 : LABEL dev.dogfood.run=\"x\"",
            " ---> 0123456789ab\n",
            "what the step before says",
            "Step 3/4 : RUN fetch hunter2222\nmore",
            "\n",
            " ---> Running in 0123456789ab\n",
            " 10 %\r",
            "\u{1b}[91m\u{1b}[2Jno such host\n\u{1b}[0m",
            "hunt\u{1b}[1mer2222",
            "Removing intermediate container 0123456789ab\n",
        ];
        for line in lines {
            let info = BuildInfo { stream: Some(line.to_owned()), ..BuildInfo::default() };
            output.hear(&info, &mut |line| told.push(line.into_string()));
        }
        assert_eq!(told, ["step 1 (`FROM a`)", "step 2 (`RUN fetch ${PIP_INDEX_URL:hidden}`)"]);
        let image = Image::new(dogfood_core::name::Id::new("box").unwrap(), Vec::new());
        let shown = output.failed(&image, &EngineError::Gone("x".to_owned())).to_string();
        assert!(
            shown.starts_with("the image box cannot be built: step 2 (`RUN fetch ${PIP_INDEX_URL:hidden}`): "),
            "{shown}"
        );
        assert!(shown.ends_with("x; its last lines:\nno such host\n${PIP_INDEX_URL:hidden}"), "{shown}");
        for text in ["Step", "Step x/4 : RUN", "Step 3 : RUN", "step 1/2 : RUN"] {
            assert_eq!(step(text), None);
        }
    }

    #[test]
    fn a_layer_that_went_is_no_fault_of_a_step() {
        let refused = |message: &str| EngineError::Refused { status: 500, message: message.to_owned() };
        for message in
            ["unknown parent image ID sha256:0f", "No such image: sha256:0f", "failed to get digest sha256:0f"]
        {
            assert!(disturbed(&refused(message)), "{message}");
        }
        for message in [
            "The command '/bin/sh -c docker run x # unable to find image' returned a non-zero code: 125",
            "pull access denied for nowhere, repository does not exist",
            "no space left on device",
        ] {
            assert!(!disturbed(&refused(message)), "{message}");
        }
        assert!(!disturbed(&EngineError::Gone("unknown layer".to_owned())));
    }

    #[test]
    fn a_build_that_says_without_end_is_cut() {
        let redactor = Redactor::new(&[]);
        let mut output = Output { redactor: &redactor, text: String::new(), step: None, ours: 0 };
        let info = BuildInfo { stream: Some("é".repeat(1 << 18)), ..BuildInfo::default() };
        (0..20).for_each(|_| output.hear(&info, &mut |_| {}));
        assert!(output.text.len() <= 2 * KEPT + (1 << 19));
    }
}
