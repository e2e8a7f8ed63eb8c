//! What a build is given: the image's files as an archive, with its Dockerfile made to label every layer. Pure; touches nothing.
//!
//! The engine's own labels for a build reach the last layer alone. A build that is killed leaves layers and containers from before that,
//! and what carries no label cannot be told from other people's: so every stage starts with a `LABEL` of ours. It names the build, so
//! that no two builds have a layer in common, and removing what one has left takes nothing from another.

use std::borrow::Cow;

use dogfood_core::infra::image::{DOCKERFILE, Image};

use super::labels::{BUILD, Labels};

/// The file by which a build gets the host's bundle of certificates, unless the image brings its own.
const CERTIFICATES: &str = "ca-certificates.crt";
/// The size of a block of an archive.
const BLOCK: usize = 512;

/// The build context of `image` for the build called `build`: its files, and `certificates` of the host.
pub(super) fn archive(
    image: &Image,
    labels: &Labels,
    build: &str,
    certificates: Option<&[u8]>,
) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for file in image.files.iter() {
        let bytes = if file.path == DOCKERFILE {
            labelled(&file.bytes, labels, build)?
        } else {
            Cow::Borrowed(&file.bytes[..])
        };
        entry(&mut out, &file.path, file.executable, &bytes)?;
    }
    if let Some(bundle) = certificates
        && !image.files.iter().any(|file| file.path == CERTIFICATES)
    {
        entry(&mut out, CERTIFICATES, false, bundle)?;
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

/// One file in the ustar format. No times and no owners: the same files are the same archive.
fn entry(out: &mut Vec<u8>, path: &str, executable: bool, bytes: &[u8]) -> Result<(), String> {
    let (prefix, name) = split(path).ok_or_else(|| format!("the path `{path}` is too long for an archive"))?;
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, if executable { b"0000755\0" } else { b"0000644\0" });
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", bytes.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
    Ok(())
}

/// A path as the archive's two fields: at most 155 bytes of folders and 100 of the rest.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    path.match_indices('/')
        .map(|(at, _)| (&path[..at], &path[at + 1..]))
        .find(|(prefix, name)| prefix.len() <= 155 && name.len() <= 100)
}

/// The Dockerfile with a `LABEL` behind every `FROM`.
fn labelled<'a>(text: &'a [u8], labels: &Labels, build: &str) -> Result<Cow<'a, [u8]>, String> {
    let text = std::str::from_utf8(text).map_err(|_| format!("{DOCKERFILE} is not UTF-8 text"))?;
    let label = instruction(labels, build);
    let escape = escape(text);
    let mut out = String::with_capacity(text.len() + 512);
    let (mut within, mut from) = (false, false);
    for line in text.split_inclusive('\n') {
        out.push_str(line);
        let trimmed = line.trim();
        let comment = trimmed.starts_with('#');
        // An instruction goes on over comments and empty lines.
        if comment || (within && trimmed.is_empty()) {
            continue;
        }
        if !within {
            from = trimmed.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("from"));
        }
        within = trimmed.ends_with(escape);
        if from && !within {
            if !line.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&label);
            from = false;
        }
    }
    Ok(Cow::Owned(out.into_bytes()))
}

/// The instruction that labels a stage.
fn instruction(labels: &Labels, build: &str) -> String {
    let pairs = labels.pairs().into_iter().chain([(BUILD, build.to_owned())]);
    let pairs = pairs.map(|(name, value)| format!(" {name}=\"{}\"", value.replace(['"', '\\', '$', '\n'], "")));
    format!("LABEL{}\n", pairs.collect::<String>())
}

/// Whether a step that the engine tells of, without its number, is one of ours.
pub(super) fn is_ours(step: &str) -> bool {
    step.starts_with("LABEL dev.dogfood.run=")
}

/// The character that continues a line: a directive at the top of the file may choose a backtick.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#')?.split_once('='));
    let mut chosen =
        directives.filter(|(name, _)| name.trim().eq_ignore_ascii_case("escape")).map(|(_, value)| value.trim());
    if chosen.next() == Some("`") { '`' } else { '\\' }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use dogfood_core::infra::image::ImageFile;
    use dogfood_core::name::Id;

    use super::*;
    use crate::owner::Owner;

    fn labels() -> Labels {
        let owner = Owner { pid: 7, started: 8, boot: "b".to_owned(), namespace: "pid:[1]".to_owned() };
        Labels { run: "0123456789ab".to_owned(), owner, checkout: "sha256:c".to_owned() }
    }

    const LABEL: &str = "LABEL dev.dogfood.run=\"0123456789ab\" dev.dogfood.pid=\"7\" dev.dogfood.started=\"8\" dev.dogfood.boot=\"b\" dev.dogfood.namespace=\"pid:[1]\" dev.dogfood.checkout=\"sha256:c\" dev.dogfood.build=\"b1\"\n";

    fn shown(text: &str) -> String {
        String::from_utf8(labelled(text.as_bytes(), &labels(), "b1").unwrap().into_owned()).unwrap().replace(LABEL, "+")
    }

    #[test]
    fn every_stage_is_labelled_and_nothing_else() {
        for (text, expected) in [
            ("FROM a\nRUN x\n", "FROM a\n+RUN x\n"),
            ("# c\nARG V=1\nfrom a:$V AS b\nFROM b", "# c\nARG V=1\nfrom a:$V AS b\n+FROM b\n+"),
            ("FROM a \\\n  # c\n\n  AS b\nRUN x", "FROM a \\\n  # c\n\n  AS b\n+RUN x"),
            ("FROM a\nRUN psql -c 'select 1 \\\nFROM t'\n", "FROM a\n+RUN psql -c 'select 1 \\\nFROM t'\n"),
            (
                "FROM a\nRUN x \\\n# FROM c\n && y\nCOPY --from=a / /\n",
                "FROM a\n+RUN x \\\n# FROM c\n && y\nCOPY --from=a / /\n",
            ),
            (
                "# escape=`\nFROM a `\n AS b\nRUN dir c:\\\nFROM d\n",
                "# escape=`\nFROM a `\n AS b\n+RUN dir c:\\\nFROM d\n+",
            ),
            ("FROMAGE x\n", "FROMAGE x\n"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert!(is_ours(LABEL.trim_end()));
        assert!(labelled(&[0xff], &labels(), "b1").is_err());
    }

    #[test]
    fn the_archive_is_what_tar_reads_and_always_the_same() {
        let long = format!("{}/{}", "d".repeat(120), "f".repeat(90));
        let file =
            |path: &str, executable, bytes: &[u8]| ImageFile { path: path.into(), executable, bytes: bytes.into() };
        let files = vec![
            file("Dockerfile", false, b"FROM a\n"),
            file("bin/run", true, &[0, 255, 10]),
            file("empty", false, b""),
            file(&long, false, &[b'x'; 513]),
        ];
        let image = Image::new(Id::new("box").unwrap(), files);
        let bytes = archive(&image, &labels(), "b1", Some(b"trust")).unwrap();
        assert_eq!(bytes, archive(&image, &labels(), "b1", Some(b"trust")).unwrap());
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.tar"), &bytes).unwrap();
        let list = Command::new("tar").args(["-tvf", "a.tar"]).current_dir(folder.path()).output().unwrap();
        assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
        let list = String::from_utf8(list.stdout).unwrap();
        assert!(list.contains("-rwxr-xr-x 0/0") && list.contains("bin/run") && list.contains("1970-01-01"), "{list}");
        let unpacked = Command::new("tar").args(["-xf", "a.tar"]).current_dir(folder.path()).status();
        assert!(unpacked.unwrap().success());
        let read = |path: &str| std::fs::read(folder.path().join(path)).unwrap();
        assert_eq!(read("Dockerfile"), format!("FROM a\n{LABEL}").into_bytes());
        assert_eq!((read("bin/run"), read("empty"), read(&long).len()), (vec![0, 255, 10], vec![], 513));
        assert_eq!(read("ca-certificates.crt"), b"trust");
        let own = Image::new(Id::new("box").unwrap(), vec![file("ca-certificates.crt", false, b"own")]);
        assert_eq!(archive(&own, &labels(), "b1", Some(b"trust")).unwrap().len(), 2048, "an image's own bundle stays");
        let endless = Image::new(Id::new("box").unwrap(), vec![file(&"x".repeat(101), false, b"")]);
        assert!(archive(&endless, &labels(), "b1", None).unwrap_err().contains("too long"));
    }
}
