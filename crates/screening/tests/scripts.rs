//! Names in other writing systems than the list's, and others of the same script that are nobody listed.
#![allow(clippy::unwrap_used)]

use overt_model::{Entity, ftm};
use overt_screening::{Index, Query, ScoringParams, Settings, THRESHOLD, build};

/// Listed so, asked so.
const PERSONS: [(&str, &str); 26] = [
    ("AL-TIKRITI, Saddam Hussein", "صدام حسين التكريتي"),
    ("PEZESHKIAN, Masoud", "مسعود پزشک\u{200c}یان"),
    (
        "Abdurrahman Salahuddin al-Zawahiri",
        "عبدالرحمن صلاح الدين الظواهري",
    ),
    ("Mohammad Reza Naqdi", "محمدرضا نقدی"),
    ("KHAIRKHWAH, Khairullah", "خيرالله خيرخواه"),
    ("NETANYAHU, Benjamin", "בנימין נתניהו"),
    ("MOFAZ, Shaul", "שאול מופז"),
    ("KIM, Jong Un", "김정은"),
    ("Lee Jae-myung", "이재명"),
    ("RI, Sol Ju", "리설주"),
    ("XI, Jinping", "习近平"),
    ("Tsai Ing-wen", "蔡英文"),
    ("Barack Obama", "贝拉克·奥巴马"),
    ("Barack Obama", "バラク・オバマ"),
    ("ABE, Shinzo", "安倍晋三"),
    ("Fukushima, Mizuho", "福島みずほ"),
    ("Hun Sen", "ហ៊ុន សែន"),
    ("HUN, Manet", "ហ៊ុន ម៉ាណែត"),
    ("MIN AUNG HLAING", "မင်းအောင်လှိုင်"),
    ("SHINAWATRA, Thaksin", "ทักษิณ ชินวัตร"),
    ("KOBAKHIDZE, Irakli", "ირაკლი კობახიძე"),
    ("PASHINYAN, Nikol", "Նիկոլ Փաշինյան"),
    ("AHMED, Abiy", "ዐቢይ አህመድ"),
    ("MODI, Narendra", "नरेन्द्र मोदी"),
    ("HASINA, Sheikh", "শেখ হাসিনা"),
    ("TRUMP, Donald", "Дональд Трамп"),
];

const ORGANIZATIONS: [(&str, &str); 8] = [
    ("BANK MELLAT", "بانک ملت"),
    ("AL-RASHID TRADING COMPANY", "شركة الرشيد للتجارة"),
    ("BANK OF CHINA", "中国银行"),
    ("SAMSUNG ELECTRONICS", "삼성전자"),
    ("THANACHART BANK", "ธนาคารธนชาต"),
    ("DASHEN BANK", "ዳሸን ባንክ"),
    ("HUAXIN SHIPPING HONGKONG LTD", "華信船務(香港)有限公司"),
    ("ISUZU MOTORS", "いすゞ自動車"),
];

fn listed() -> Vec<Entity> {
    let entity = |schema: &str, name: &str| {
        let mut entity = Entity::new(name, ftm::schema(schema).unwrap());
        entity.add("name", name);
        entity
    };
    let persons = PERSONS.iter().map(|(name, _)| entity("Person", name));
    let organizations = ORGANIZATIONS
        .iter()
        .map(|(name, _)| entity("Organization", name));
    persons.chain(organizations).collect()
}

/// The best match of a name, with its score.
fn best(index: &Index<Vec<u8>>, schema: &str, name: &str) -> Option<(String, f64)> {
    let mut asked = Entity::new("q", ftm::schema(schema).unwrap());
    asked.add("name", name);
    let settings = Settings {
        cutoff: 0.01,
        ..Settings::default()
    };
    let query = Query::new(&asked).unwrap();
    let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
    let first = found.first()?;
    Some((index.entity(first.entity).unwrap().id, first.score))
}

#[test]
fn people_are_found_by_their_names_in_other_scripts() {
    let index = Index::open(build(&listed())).unwrap();
    let mut below = Vec::new();
    for (name, asked) in PERSONS {
        let (found, score) = best(&index, "Person", asked).unwrap_or_default();
        assert_eq!(found, name, "{asked}: {score}");
        if score < THRESHOLD {
            below.push((asked, score));
        }
    }
    assert!(below.len() <= 3, "{below:?}");
}

#[test]
fn organisations_are_found_by_what_their_names_mean() {
    let index = Index::open(build(&listed())).unwrap();
    for (name, asked) in ORGANIZATIONS {
        let (found, score) = best(&index, "Organization", asked).unwrap_or_default();
        assert_eq!(found, name, "{asked}: {score}");
    }
}

/// What two names have in common by their consonants alone, or a syllable of several, makes no match.
#[test]
fn strangers_in_other_scripts_are_no_match() {
    let index = Index::open(build(&listed())).unwrap();
    for asked in [
        "سامي حسان التونسي",
        "خالد يوسف الأحمد",
        "נתן בר יוסף",
        "박서준",
        "王小明",
        "マイケル・ジョーダン",
        "威勒姆·韦多林",
        "สมชาย ใจดี",
        "ហេង សម្បត្តិ",
        "გიორგი მელაძე",
    ] {
        let (found, score) = best(&index, "Person", asked).unwrap_or_default();
        assert!(score < THRESHOLD, "{asked}: {found} {score}");
    }
}
