//! Words that tell that something else stands beside a name, and how long a name is at least.

/// Letters of a name that stands beside another at least.
pub(super) const LETTERS: usize = 4;
/// Of one whose other half is told by a common word.
pub(super) const WORDS: usize = 2;
/// Letters of a lone word that a place or a remark stood behind.
pub(super) const LONE: usize = 5;
/// Words of a place.
pub(super) const OF_PLACE: usize = 4;

/// Words between two names that are nothing else, lower case and without dots and slashes.
pub(super) const BETWEEN: [&str; 37] = [
    "dba",
    "ta",
    "fka",
    "nka",
    "aka",
    "co",
    "obo",
    "fbo",
    "attn",
    "attention",
    "poa",
    "alias",
    "formerly",
    "previously",
    "vormals",
    "ehemals",
    "ex",
    "nee",
    "née",
    "geb",
    "trading as",
    "doing business as",
    "formerly known as",
    "now known as",
    "also known as",
    "known as",
    "care of",
    "on behalf of",
    "for the benefit of",
    "for account of",
    "for and on behalf of",
    "power of attorney",
    "power of attorney for",
    "attn of",
    "previously known as",
    "в лице",
    "бывший",
];
/// Of these, words that are as often something else: only with dots or slashes in them.
pub(super) const MARKED: [&str; 2] = ["ta", "co"];
/// Words of the longest of them.
pub(super) const LONGEST: usize = 5;
/// Words that join two names and stand within many.
pub(super) const JOINING: [&str; 8] = ["&", "+", "and", "or", "and/or", "und", "oder", "et"];
/// Words before a name that tell what is paid, and those that stand between them and it.
pub(super) const REFERENCES: [&str; 16] = [
    "inv",
    "invoice",
    "invoices",
    "ref",
    "reference",
    "payment",
    "pmt",
    "salary",
    "beneficiary",
    "bnf",
    "benef",
    "sender",
    "payee",
    "po",
    "acct",
    "account",
];
pub(super) const LEADING: [&str; 14] = [
    "no", "nr", "number", "for", "to", "from", "per", "by", "order", "contract", "rent", "fee",
    "transfer", "pay",
];
/// Words behind a name that begin what else is known of its bearer.
pub(super) const DETAILS: [&str; 24] = [
    "dob", "born", "pob", "geb", "passport", "id", "idno", "iban", "acct", "account", "a/c", "ref",
    "inv", "invoice", "imo", "mmsi", "tel", "phone", "voy", "voyage", "vat", "inn", "tin",
    "deceased",
];

/// Words for what an organisation is or does that those who know it put beside its name, or leave out.
pub(super) const KINDS_OF_ORGANIZATIONS: [&str; 56] = [
    "group",
    "groupe",
    "gruppe",
    "grupo",
    "gruppo",
    "группа",
    "група",
    "organization",
    "organisation",
    "organización",
    "organização",
    "организация",
    "організація",
    "movement",
    "mouvement",
    "movimiento",
    "движение",
    "рух",
    "company",
    "compagnie",
    "compañía",
    "компания",
    "компанія",
    "firm",
    "фирма",
    "corporation",
    "holding",
    "holdings",
    "холдинг",
    "international",
    "intl",
    "trading",
    "trade",
    "enterprise",
    "enterprises",
    "industries",
    "industry",
    "foundation",
    "stiftung",
    "fondation",
    "fundación",
    "fund",
    "фонд",
    "association",
    "network",
    "party",
    "partei",
    "партия",
    "brigade",
    "brigades",
    "battalion",
    "militia",
    "army",
    "account",
    "branch",
    "office",
];
/// What airlines call themselves.
pub(super) const AIRLINES: [&str; 5] = ["airlines", "airline", "airways", "airway", "авиалинии"];
/// Codes of currencies that stand beside names in payments.
pub(super) const CURRENCIES: [&str; 8] = ["USD", "EUR", "GBP", "CHF", "RUB", "AED", "CNY", "JPY"];

/// Places that are written in few letters.
pub(super) const SHORT_PLACES: [&str; 5] = ["UAE", "USA", "UK", "PRC", "DRC"];
