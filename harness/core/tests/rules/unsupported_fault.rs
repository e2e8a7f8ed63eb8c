use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unsupported-fault")
}

const FENCE: &str = "```python recipe=ask raises=DemoError";

fn with_fault(fault: &str) -> Book {
    Book::good().edit("guides/demo.md", FENCE, &format!("{FENCE} fault={fault}"))
}

#[test]
fn a_target_without_faults_supports_none() {
    let finding = with_fault("cut@1KiB").only("unsupported-fault");
    assert_eq!(finding.title, "the target `box` does not support `fault=cut`");
    assert!(finding.help.contains("add `cut` to `faults:` in infra/targets/box.yaml"), "{}", finding.help);
}

#[test]
fn what_the_file_lists_is_supported_in_every_direction() {
    for fault in ["delay@200ms", "delay-up@1s"] {
        let book = with_fault(fault).edit("infra/targets/box.yaml", "start: |", "faults: [delay]\nstart: |");
        assert!(book.findings().iter().all(|finding| !finding.starts_with("unsupported-fault")), "{fault}");
    }
}

#[test]
fn no_service_supports_no_fault() {
    let book = Book::good().edit(
        "guides/demo.md",
        "```sh recipe=hello target=none",
        "```sh recipe=hello target=none fault=reset",
    );
    assert!(book.only("unsupported-fault").title.contains("`fault=reset` on the target `none`"));
}

#[test]
fn a_target_file_that_cannot_be_read_is_told_as_that() {
    let book = with_fault("cut").edit("infra/targets/box.yaml", "protocol: sftp", "protocol: sft");
    assert!(book.findings().iter().all(|finding| !finding.starts_with("unsupported-fault")), "{:?}", book.findings());
}
