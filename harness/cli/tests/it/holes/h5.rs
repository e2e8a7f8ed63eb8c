//! H5: session tokens of AWS are recognised wherever they stand.

use crate::project::Project;

/// A value of the form that STS hands out, made here: `origin` and noise, in base64 with its two special characters.
fn token(length: usize) -> String {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let noise: String = digits.chars().cycle().step_by(23).take(length - 12 - 2).collect();
    format!("IQoJb3JpZ2lu{noise}==")
}

/// Every way in which people and programs write one, each on a line of its own.
fn forms(token: &str) -> Vec<String> {
    let percent = token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    vec![
        format!("AWS_SESSION_TOKEN={token}"),
        format!("export AWS_SESSION_TOKEN='{token}'"),
        format!("set -gx AWS_SECURITY_TOKEN \"{token}\""),
        format!("    \"SessionToken\": \"{token}\","),
        format!("{{\\\"sessionToken\\\":\\\"{token}\\\"}}"),
        format!("  \"Token\" : \"{token}\","),
        format!("<Credentials><SessionToken>{token}</SessionToken></Credentials>"),
        format!("aws_session_token = {token}"),
        format!("aws_session_token: {token}"),
        format!("x-amz-security-token: {token}"),
        format!("X-Amz-Security-Token: {token}\r"),
        format!("https://s3.test/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Security-Token={percent}&X-Amz-Date=x"),
        format!("https://s3.test/r?u=https%3A%2F%2Fb%3FX-Amz-Security-Token%3D{}%26x", percent.replace('%', "%25")),
        format!("session token is {token}."),
        token.to_owned(),
        percent,
    ]
}

#[test]
fn a_session_token_is_hidden_in_every_form() {
    let mut leaks = Vec::new();
    for length in [120, 368, 1_024] {
        let token = token(length);
        let lines = forms(&token);
        let body: String = lines.iter().enumerate().map(|(at, form)| format!("{at} {form}\n")).collect();
        let recipe = format!("```sh recipe=r\ncat <<'END'\n{}END\n```\n", body.replace("IQoJb3Jp", "@@"));
        // The guide itself may hold no such value: the recipe puts it together.
        let recipe = recipe.replace("<<'END'", "<<'END' | sed \"s/@@/IQoJ\"'b3Jp/'");
        let project = Project::with_guide("a", &recipe);
        project.dogfood("run").code(0);
        let trace = project.read("traces/a/r@none.yaml");
        let hidden = trace.matches("${aws-session-token:hidden}").count();
        let part = &token[token.len() - 40..token.len() - 10];
        leaks.extend(trace.lines().filter(|line| line.contains(part)).map(str::to_owned));
        assert!(leaks.is_empty() && hidden == lines.len(), "{length}: {hidden} of {}\n{leaks:#?}", lines.len());
    }
}

#[test]
fn the_session_tokens_of_the_documentation_are_no_finding() {
    let token = "AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UDdyJwOOvEVPvLXCrrrUtdnniCEXAMPLE/IvU1dYUg2RVAJBanLiHb4IgRmpRV3zrkuWJOgQs8IZZaIv2BXIa2R4Olgk";
    let project = Project::with_guide("a", &format!("```sh recipe=r\necho AWS_SESSION_TOKEN={token}\n```\n"));
    project.dogfood("run").code(0);
    assert!(project.read("traces/a/r@none.yaml").contains(token));
    project.dogfood("check").code(0);
}
