//! Reads `<!-- dogfood: allow RULE until=DATE because WORDS -->`, by which a guide tolerates one finding for a time. Pure; touches nothing.

use std::ops::Range;

use crate::budget::FINDINGS;
use crate::finding::Finding;
use crate::place::LineIndex;

use super::attribute::UNKNOWN;
use super::include::Expanded;
use super::model::Allow;
use super::value;

/// The comments among the HTML of a chapter. One that is addressed to dogfood and cannot be read is a finding.
pub(super) fn read(expanded: &Expanded, html: &[Range<usize>]) -> (Vec<Allow>, Vec<Finding>) {
    let mut allows = Vec::new();
    let mut findings = Vec::new();
    let text = &expanded.text;
    let mut index = None;
    for range in html.iter().flat_map(|range| comments(text, range)) {
        let words: Vec<&str> = text[range.start + 4..range.end - 3].split_whitespace().collect();
        let Some(rest) = addressed(&words) else { continue };
        match allow(rest) {
            Ok((rule, until, because)) => {
                let index = index.get_or_insert_with(|| LineIndex::new(text));
                let covers_line = next_line(text, index, range.end);
                allows.push(Allow { rule, until, because, range, covers_line });
            }
            // The report shows no more of them.
            Err(_) if findings.len() > FINDINGS => {}
            Err(problem) => {
                let help = "Write `<!-- dogfood: allow RULE until=YYYY-MM-DD because WORDS -->` right above the place.";
                let title = format!("this comment allows nothing: {problem}");
                findings.push(Finding::error(UNKNOWN, expanded.span(range), title, help));
            }
        }
    }
    (allows, findings)
}

/// The comments in a stretch of HTML.
fn comments(text: &str, html: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = html.start;
    while let Some(start) = text.get(at..html.end).and_then(|rest| rest.find("<!--")).map(|start| at + start) {
        let Some(end) = text[start + 4..html.end].find("-->").map(|end| start + 4 + end + 3) else { break };
        found.push(start..end);
        at = end;
    }
    found
}

/// The words after `dogfood:`, if the comment is addressed to us.
fn addressed<'a, 'b>(words: &'a [&'b str]) -> Option<&'a [&'b str]> {
    match words {
        ["dogfood:" | "dogfood", rest @ ..] => Some(rest),
        _ => None,
    }
}

fn allow(words: &[&str]) -> Result<(String, String, String), String> {
    let ["allow", rest @ ..] = words else {
        return Err("after `dogfood:` comes `allow`".to_owned());
    };
    let [rule, rest @ ..] = rest else {
        return Err("it names no rule".to_owned());
    };
    let shape = !rule.is_empty() && rule.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !shape {
        return Err(format!("`{rule}` is no rule"));
    }
    let Some(until) = rest.first().and_then(|word| word.strip_prefix("until=")) else {
        return Err("after the rule comes `until=YYYY-MM-DD`".to_owned());
    };
    let until = value::date(until)?;
    match &rest[1..] {
        ["because", words @ ..] if !words.is_empty() => Ok(((*rule).to_owned(), until, words.join(" "))),
        _ => Err("after the date comes `because` and the reason".to_owned()),
    }
}

/// The first line after the one in which `offset` stands that holds something; the line after the last if none does.
fn next_line(text: &str, index: &LineIndex, offset: usize) -> usize {
    let mut line = index.position(text, offset).line + 1;
    while index.line(text, line).is_some_and(|range| text[range].trim_matches([' ', '\t', '>']).is_empty()) {
        line += 1;
    }
    line
}

#[cfg(test)]
mod tests {
    use crate::place::RelPath;

    use super::super::fence;
    use super::*;

    fn read_text(text: &str) -> (Vec<Allow>, Vec<Finding>) {
        let expanded = Expanded::plain(RelPath::new("guides/a.md").unwrap(), text.to_owned());
        let html = fence::scan(&expanded, 0).html;
        read(&expanded, &html)
    }

    #[test]
    fn comments_that_allow() {
        for (text, covers) in [
            ("<!-- dogfood: allow old-evidence until=2027-01-31 because no server yet -->\n```sh\n```\n", 2),
            ("<!-- dogfood: allow old-evidence until=2027-01-31 because no server yet -->\n\n\ntext\n", 4),
            ("<!--\ndogfood: allow old-evidence\nuntil=2027-01-31 because no server yet\n-->\ntext\n", 5),
            ("text <!-- dogfood: allow old-evidence until=2027-01-31 because no server yet --> more\nnext\n", 2),
            ("> <!-- dogfood: allow old-evidence until=2027-01-31 because no server yet -->\n>\n> text\n", 3),
            ("<!-- x --><!-- dogfood: allow old-evidence until=2027-01-31 because no server yet -->\ntext\n", 2),
        ] {
            let (allows, findings) = read_text(text);
            assert_eq!(findings, [], "{text}");
            assert_eq!(allows.len(), 1, "{text}");
            let allow = &allows[0];
            let said = (&*allow.rule, &*allow.until, &*allow.because, allow.covers_line);
            assert_eq!(said, ("old-evidence", "2027-01-31", "no server yet", covers), "{text}");
        }
    }

    #[test]
    fn comments_that_allow_nothing() {
        for (comment, problem) in [
            ("dogfood:", "after `dogfood:` comes `allow`"),
            ("dogfood: alow x", "after `dogfood:` comes `allow`"),
            ("dogfood allow", "it names no rule"),
            ("dogfood: allow Old until=2027-01-31 because x", "`Old` is no rule"),
            ("dogfood: allow old-evidence", "after the rule comes `until=YYYY-MM-DD`"),
            ("dogfood: allow old-evidence because x", "after the rule comes `until=YYYY-MM-DD`"),
            ("dogfood: allow old-evidence until=2027-02-30 because x", "there is no day `2027-02-30`"),
            ("dogfood: allow old-evidence until=2027-01-31", "after the date comes `because` and the reason"),
            ("dogfood: allow old-evidence until=2027-01-31 because", "after the date comes `because` and the reason"),
        ] {
            let text = format!("a\n\n<!-- {comment} -->\n");
            let (allows, findings) = read_text(&text);
            assert!(allows.is_empty(), "{comment}");
            assert_eq!(findings.len(), 1, "{comment}");
            assert_eq!(findings[0].title, format!("this comment allows nothing: {problem}"));
            assert_eq!((findings[0].rule, findings[0].span.start), (UNKNOWN, 3));
        }
    }

    #[test]
    fn comments_for_others() {
        for text in
            ["<!-- a -->", "<!-- dogfooding -->", "<!-->", "<!-- dogfood: allow", "`<!-- dogfood: x -->`", "<!--->"]
        {
            let (allows, findings) = read_text(text);
            assert!(allows.is_empty() && findings.is_empty(), "{text} {findings:?}");
        }
    }
}
