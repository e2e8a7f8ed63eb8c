//! A client that is not ours: rclone.

use std::fs;
use std::process::Command;

use dogfood_run::targets::Handed;

use super::ours;

/// What was handed out under `name`.
pub fn value<'a>(handed: &'a Handed, name: &str) -> &'a str {
    &handed.variables.iter().find(|known| known.name == name).unwrap().value
}

/// rclone as a client of what was handed out, with `input` and these arguments; `:` stands for the bucket or folder.
pub fn rclone(handed: &Handed, input: &str, arguments: &[&str]) -> Result<String, String> {
    let environment = ours::environment();
    let mut command = Command::new(environment.bin.join("rclone"));
    command.env_clear().env("RCLONE_CONFIG", "").env("RCLONE_RETRIES", "1").env("RCLONE_LOW_LEVEL_RETRIES", "1");
    // Of a read that says nothing any more; no server here is that slow.
    command.env("RCLONE_TIMEOUT", "5s").env("RCLONE_CONTIMEOUT", "20s").env("RCLONE_MULTI_THREAD_STREAMS", "0");
    let place = if handed.variables.iter().any(|known| known.name == "S3_BUCKET") {
        command.env("RCLONE_S3_PROVIDER", "Other").env("RCLONE_S3_ENDPOINT", value(handed, "S3_ENDPOINT"));
        command.env("RCLONE_S3_ACCESS_KEY_ID", value(handed, "AWS_ACCESS_KEY_ID"));
        command.env("RCLONE_S3_SECRET_ACCESS_KEY", value(handed, "AWS_SECRET_ACCESS_KEY"));
        command.env("RCLONE_S3_NO_CHECK_BUCKET", "true");
        format!(":s3:{}", value(handed, "S3_BUCKET"))
    } else if handed.variables.iter().any(|known| known.name == "AZURE_CONTAINER") {
        command.env("RCLONE_AZUREBLOB_ACCOUNT", value(handed, "AZURE_ACCOUNT_NAME"));
        command.env("RCLONE_AZUREBLOB_KEY", value(handed, "AZURE_ACCOUNT_KEY"));
        command.env("RCLONE_AZUREBLOB_ENDPOINT", value(handed, "AZURE_ACCOUNT_URL"));
        command.env("RCLONE_AZUREBLOB_NO_CHECK_CONTAINER", "true");
        format!(":azureblob:{}", value(handed, "AZURE_CONTAINER"))
    } else {
        let obscured =
            Command::new(environment.bin.join("rclone")).args(["obscure", value(handed, "SFTP_PASSWORD")]).output();
        command.env("RCLONE_SFTP_HOST", value(handed, "SFTP_HOST")).env("RCLONE_SFTP_PORT", value(handed, "SFTP_PORT"));
        command.env("RCLONE_SFTP_USER", value(handed, "SFTP_USER"));
        command.env("RCLONE_SFTP_PASS", String::from_utf8(obscured.unwrap().stdout).unwrap().trim());
        format!(":sftp:{}", value(handed, "SFTP_BASE"))
    };
    command.args(arguments.iter().map(|argument| argument.replace(':', &place)));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), input).unwrap();
    let output = command.stdin(fs::File::open(file.path()).unwrap()).output().unwrap();
    let said = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
}
