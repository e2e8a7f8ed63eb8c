//! Values that vendors and emulators publish: they look like secrets, and are none. Pure; touches nothing.
//!
//! A guide may show them, and a trace may hold them. A value that a target hands out as a secret stays hidden all the same: it is known
//! by its value, not by its shape. Both redactors read this one table, because it is no code and a test holds each row against both.

/// A published value.
#[derive(Clone, Copy, Debug)]
pub struct Documented {
    /// The value, in whole.
    pub value: &'static str,
    /// Who publishes it, and where.
    pub source: &'static str,
}

const fn row(value: &'static str, source: &'static str) -> Documented {
    Documented { value, source }
}

/// The header that the samples of jwt.io share.
macro_rules! jwt {
    ($rest:literal) => {
        concat!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", ".eyJ", $rest)
    };
}

/// All of them. Those that secret scanners of code hosts would stop are written in two parts.
pub const DOCUMENTED: &[Documented] = &[
    row(concat!("AKIA", "IOSFODNN7EXAMPLE"), "AWS: IAM user guide, access keys"),
    row(concat!("ASIA", "IOSFODNN7EXAMPLE"), "AWS: IAM user guide, temporary credentials"),
    row(concat!("AKIA", "I44QH8DHBEXAMPLE"), "AWS: command line user guide, configuration files"),
    row(concat!("wJalrXUtnFEMI/", "K7MDENG/bPxRfiCYEXAMPLEKEY"), "AWS: IAM user guide, access keys"),
    row(concat!("je7MtGbClwBF/", "2Zp9Utk/h3yCo8nvbEXAMPLEKEY"), "AWS: command line user guide, configuration files"),
    row(
        concat!(
            "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI",
            "/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xV",
            "qr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
        ),
        "AWS: STS API reference, AssumeRole",
    ),
    row(
        concat!(
            "AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UDdyJwOOvEVPvLXCrrrUtdnniCEXAMPLE",
            "/IvU1dYUg2RVAJBanLiHb4IgRmpRV3zrkuWJOgQs8IZZaIv2BXIa2R4Olgk"
        ),
        "AWS: command line reference, sts assume-role; moto answers with values of this form",
    ),
    row("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c031957d157751f604d404", "AWS: S3 API reference, a presigned URL"),
    row("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", "AWS: S3 API reference, a signed GET"),
    row(
        concat!("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/", "K1SZFPTOtr/KBHBeksoGMGw=="),
        "Microsoft: Azurite and the storage emulator, the account devstoreaccount1",
    ),
    row(
        concat!("C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/", "Jw=="),
        "Microsoft: the emulator of Cosmos DB",
    ),
    row("minioadmin", "MinIO: the default of root user and password"),
    row("minio123", "MinIO: its older examples"),
    row("test", "LocalStack: credentials may be anything, its documentation writes this"),
    row("testing", "moto: its documentation's credentials"),
    row("guest", "RabbitMQ: the default user and password"),
    row("postgres", "PostgreSQL: the default user of its images"),
    row("mysecretpassword", "PostgreSQL: the description of its image"),
    row("my-secret-pw", "MySQL: the description of its image"),
    row("hunter2", "everybody's example of a password"),
    row("YWxhZGRpbjpvcGVuc2VzYW1l", "MDN: the Authorization header"),
    row("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "RFC 7617: the Basic scheme"),
    row("dXNlcjpwYXNzd29yZA==", "user:password in base64"),
    row("dXNlcm5hbWU6cGFzc3dvcmQ=", "username:password in base64"),
    row("mF_9.B5f-4.1JqM", "RFC 6750: bearer tokens"),
    row(
        jwt!(
            "zdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
        ),
        "jwt.io: the sample",
    ),
    row(
        jwt!(
            "zdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWUsImlhdCI6MTUxNjIzOTAyMn0.KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30"
        ),
        "jwt.io: the sample since 2025",
    ),
    row(
        jwt!(
            "zdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ"
        ),
        "jwt.io: the sample before 2018",
    ),
    row(
        concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJ",
            "pc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        ),
        "RFC 7515: appendix A.1",
    ),
    row(concat!("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"), "Stripe: API reference, authentication"),
    row(concat!("sk_test_", "BQokikJOvBiI2HlWgH4olfQ2"), "Stripe: API reference, authentication, before 2019"),
    row(concat!("sk_test_", "26PHem9AhJZvU623DfE1x4sd"), "Stripe: API reference, authentication, since 2023"),
    row(concat!("gho_", "16C7e42F292c6912E7710c838347Ae178B4a"), "GitHub: authorising OAuth apps"),
    row(concat!("ghu_", "16C7e42F292c6912E7710c838347Ae178B4a"), "GitHub: user access tokens of apps"),
    row(concat!("ghs_", "16C7e42F292c6912E7710c838347Ae178B4a"), "GitHub: installation tokens of apps"),
    row(
        concat!("ghr_", "1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498"),
        "GitHub: refreshing user access tokens",
    ),
];

/// Whether `value` is a published one, or a long part of one.
pub(super) fn is_documented(value: &[u8]) -> bool {
    let part = |whole: &[u8]| value.len() >= 16 && whole.windows(value.len()).any(|part| part == value);
    DOCUMENTED.iter().any(|row| row.value.as_bytes() == value || part(row.value.as_bytes()))
}
