//! Archives of lists.

use overt_intake::{Error, List, ListFormat, read_lists};

use super::book::{book, packed};
use super::{by_id, data};

fn read(bytes: &[u8]) -> Result<Vec<List>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lists [1].zip");
    std::fs::write(&path, bytes).unwrap();
    read_lists(&[path])
}

#[test]
fn each_member_is_a_list() {
    let [uk, canada] =
        ["uksl_sample.csv", "sema_sample.xml"].map(|n| std::fs::read(data(n)).unwrap());
    let bytes = packed(&[
        ("../../etc/uk.csv", &uk),
        ("canada.xml", &canada),
        ("__MACOSX/._canada.xml", b"x"),
    ]);
    let lists = read(&bytes).unwrap();
    let formats: Vec<ListFormat> = lists.iter().map(|l| l.format).collect();
    assert_eq!(formats, [ListFormat::UkslCsv, ListFormat::SemaXml]);
    let ship = by_id(&lists[0], "gb-fcdo-RUS2176");
    assert_eq!((ship.provenance[0].line, lists[0].files.len()), (3, 1));
    assert!(
        lists[0].files[0].name.ends_with("uk.csv"),
        "{:?}",
        lists[0].files
    );
    assert_eq!(lists[0].files[0].bytes, bytes.len() as u64);
}

#[test]
fn what_is_refused_of_an_archive() {
    let refused = |members: &[(&str, &[u8])]| read(&packed(members)).unwrap_err();
    let inner = packed(&[("a.csv", b"a,b\n")]);
    assert!(
        refused(&[("inner.zip", &inner)])
            .to_string()
            .contains("itself an archive")
    );
    assert!(
        refused(&[("inner.xlsx", &book(&[]))])
            .to_string()
            .contains("itself an archive")
    );
    assert!(matches!(
        refused(&[("readme.txt", b"a,b\n")]),
        Error::UnknownList(_)
    ));
    assert!(matches!(refused(&[("folder/", b"")]), Error::Empty { .. }));
    let many: Vec<String> = (0..65).map(|i| format!("{i}.csv")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|n| (n.as_str(), &b"a"[..])).collect();
    assert!(refused(&many).to_string().contains("65 members"));
    let ofac = b"36,\"AERO\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    assert!(matches!(
        refused(&[("sdn.csv", ofac)]),
        Error::NotAList { .. }
    ));
    let whole = packed(&[("uk.csv", &std::fs::read(data("uksl_sample.csv")).unwrap())]);
    for at in (4..whole.len()).step_by(3) {
        assert!(read(&whole[..at]).is_err(), "{at}");
    }
}
