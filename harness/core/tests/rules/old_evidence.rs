use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("old-evidence")
}

#[test]
fn the_day_of_the_limit_is_not_too_old() {
    Book::good().on("2027-04-30").finds(&[]);
    let late = Book::good().on("2027-05-01");
    assert_eq!(late.check().counts.warnings, 3);
    assert!(!late.check().stops(false) && late.check().stops(true));
    assert_eq!(late.only_of("hello").title, "the evidence for `hello` is 181 days old; the policy is 180");
}
