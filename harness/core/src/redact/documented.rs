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
    row(concat!("wJalrXUtnFEMI/", "K7MDENG/bPxRfiCYzEXAMPLEKEY"), "AWS: STS API reference, GetSessionToken"),
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
            "/IvU1dYUg2RVAJBanLiHb4IgRmpRV3zrkuWJOgQs8IZZaIv2BXIa2R4OlgkBN9bkUDNCJiBeb/AXlzBBko7b15fjrBs2+cTQtpZ3CYWFXG8C5zqx37wnOE49mRl",
            "/+OtkIKGO7fAE"
        ),
        "AWS: command line reference, sts get-session-token",
    ),
    row("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", "AWS: S3 API reference, a presigned URL"),
    row("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", "AWS: S3 API reference, a signed GET"),
    row("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", "AWS: S3 API reference, a signed PUT"),
    row(
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "AWS: S3 API reference, a bucket's lifecycle",
    ),
    row("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", "AWS: S3 API reference, a list of objects"),
    row(
        concat!("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/", "K1SZFPTOtr/KBHBeksoGMGw=="),
        "Microsoft: Azurite and the storage emulator, the account devstoreaccount1",
    ),
    row(
        concat!("C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/", "Jw=="),
        "Microsoft: the emulator of Cosmos DB",
    ),
    row(
        concat!("GOOGTS7C7FUP3AIRVJTE2BCDKINB", "TES3HC2GY5CBFJDCQ2SYHV6A6XXVTJFSA"),
        "Google: Cloud Storage, HMAC keys, an access id",
    ),
    row(concat!("bGoa+V7g/yqDXvKRqq+", "JTFn4uQZbPiQJo4pf9RzJ"), "Google: Cloud Storage, HMAC keys, a secret"),
    row(concat!("AIza", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"), "Google: Cloud API keys"),
    row("minioadmin", "MinIO: the default of root user and password"),
    row("minio123", "MinIO: its older examples"),
    row("Q3AM3UQ867SPQQA43P2F", "MinIO: the clients' examples, access key of play.min.io"),
    row(
        concat!("zuf+tfteSlswRu7BJ86", "wekitnifILbZam1KYY3TG"),
        "MinIO: the clients' examples, secret key of play.min.io",
    ),
    row(concat!("h7GhxuBLTrlhVUyxSPUKUV8r/", "2EI4ngqJxD7iBdBYLhwluN30JaT3Q=="), "Ceph: vstart.sh, its S3 user"),
    row("7d37d093435a41f2aab8f13c19ba067d9776c90215f56614adad6ece597dbb34", "Garage: quick start, a secret key"),
    row("b892c0665f0ada8a4755dae98baa3b133590e11dae3bcc1f9d769d67f16c3835", "Garage: administration API, a secret key"),
    row(
        "850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907",
        "Supabase: the S3 secret key of its local stack",
    ),
    row(concat!("sb_secret_", "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"), "Supabase: the secret key of its local stack"),
    row("super-secret-jwt-token-with-at-least-32-characters-long", "Supabase: the JWT secret of its local stack"),
    row(
        jwt!(
            "pc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0"
        ),
        "Supabase: the anonymous key of its local stack",
    ),
    row(
        jwt!(
            "pc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0.EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU"
        ),
        "Supabase: the service key of its local stack",
    ),
    row("test", "LocalStack: credentials may be anything, its documentation writes this"),
    row("testing", "moto: its documentation's credentials"),
    row("guest", "RabbitMQ: the default user and password"),
    row("postgres", "PostgreSQL: the default user of its images"),
    row("mysecretpassword", "PostgreSQL: the description of its image"),
    row("my-secret-pw", "MySQL: the description of its image"),
    row("Harbor12345", "Harbor: the default password of its administrator"),
    row("hunter2", "everybody's example of a password"),
    row("YWxhZGRpbjpvcGVuc2VzYW1l", "MDN: the Authorization header"),
    row("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "RFC 7617: the Basic scheme"),
    row("dGVzdDoxMjPCow==", "RFC 7617: the Basic scheme with UTF-8"),
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
    row(concat!("sk_test_", "26PHem9AhJZvU623DfE1x4sd"), "Stripe: the samples of its documentation"),
    row(concat!("sk_test_", "tR3PYbcVNZZ796tH88S4VQ2u"), "Stripe: the samples of its documentation"),
    row(concat!("whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "Standard Webhooks: the vectors of its libraries"),
    row(concat!("key-", "3ax6xnjp29jd6fds4gc373sgvjxteol0"), "Mailgun: the samples of its documentation"),
    row(concat!("access-sandbox-", "de3ce8ef-33f8-452c-a685-8671031fc0f6"), "Plaid: API reference, token exchange"),
    row(
        concat!("MTk4NjIyNDgzNDcxOTI1MjQ4", ".Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"),
        "Discord: reference, authentication",
    ),
    row("VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==", "Elasticsearch: create an API key"),
    row(concat!("hvs.", "6j4cuewowBGit65rheNoceI7"), "Vault: tutorial, the root token of a dev server"),
    row(concat!("PLV0OXO9VmF5VB8qAnq4pQIG", "zWkzzYypRNcDtrhSSgU="), "Vault: tutorial, the unseal key of a dev server"),
    row("abcdef.0123456789abcdef", "Kubernetes: kubeadm, the token of its default configuration"),
    row(
        concat!("SWMTKN-1-", "49nj1cmql0jkz5s954yi3oex3nedyz0fb0xx14ie39trti4wxv-8vxv8rssmk743ojnwacrr2e7c"),
        "Docker: tutorial, create a swarm",
    ),
    row(concat!("SWMKEY-1-", "WuYH/IX284+lRcXuoVf38viIDK3HJEKY13MIHX+tTt8"), "Docker: lock your swarm"),
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
