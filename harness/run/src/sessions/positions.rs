//! Positions in what a shell says: `FILE: line M:` with one of our private files becomes `step N, line M:`. Pure; touches nothing.

use super::capture::Raw;

/// Rewrites every name of a step's file in `raw`. Step files are `PREFIX` and a number; `label` names the step of that number.
pub fn relabel<'a>(raw: &mut Raw, prefix: &str, label: impl Fn(usize) -> Option<&'a str>) {
    for bytes in [&mut raw.head, &mut raw.tail] {
        if find(bytes, prefix.as_bytes()).is_some() {
            *bytes = relabelled(bytes, prefix.as_bytes(), &label);
        }
    }
}

fn relabelled<'a>(mut bytes: &[u8], prefix: &[u8], label: &impl Fn(usize) -> Option<&'a str>) -> Vec<u8> {
    const LINE: &[u8] = b": line ";
    let mut out = Vec::with_capacity(bytes.len());
    while let Some(at) = find(bytes, prefix) {
        let after = &bytes[at + prefix.len()..];
        let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&after[..digits]).ok().and_then(|text| text.parse().ok());
        let rest = &after[digits..];
        out.extend_from_slice(&bytes[..at]);
        match number.and_then(label) {
            None => {
                out.extend_from_slice(&bytes[at..at + prefix.len() + digits]);
                bytes = rest;
            }
            Some(label) => {
                out.extend_from_slice(label.as_bytes());
                let line = rest.starts_with(LINE);
                out.extend_from_slice(if line { b", line " } else { b"" });
                bytes = &rest[if line { LINE.len() } else { 0 }..];
            }
        }
    }
    out.extend_from_slice(bytes);
    out
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_step_files_become_steps() {
        let labels = ["setup step 1", "step 1", "step 2"];
        let check = |text: &str, expected: &str| {
            let mut raw = Raw::whole(text);
            relabel(&mut raw, "/t/df/s/", |number| labels.get(number).copied());
            assert_eq!(String::from_utf8_lossy(&raw.head), expected);
        };
        check("nothing here", "nothing here");
        check("/t/df/s/1: line 3: x: command not found\n", "step 1, line 3: x: command not found\n");
        check("a\n/t/df/s/0: line 1: /t/df/s/2: line 4: b", "a\nsetup step 1, line 1: step 2, line 4: b");
        check("source is /t/df/s/2", "source is step 2");
        check("/t/df/s/9: line 1", "/t/df/s/9: line 1");
        check("/t/df/s/x /t/df/s/", "/t/df/s/x /t/df/s/");
        check("/t//t/df/s/1", "/t/step 1");
    }

    proptest::proptest! {
        #[test]
        fn what_names_no_step_file_stays_as_it_is(bytes: Vec<u8>) {
            let mut raw = Raw::whole(bytes.clone());
            relabel(&mut raw, "/t/", |_| None);
            proptest::prop_assert_eq!(raw.head, bytes);
        }
    }
}
