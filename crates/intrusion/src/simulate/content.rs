//! What a simulated website has, and what is asked of it: pages, words that are searched for, streets, what is tried on any
//! server.

pub(super) const HERE: &str = "https://vote.example.org/";
pub(super) const ELSEWHERE: [&str; 4] = [
    "",
    "https://www.google.com/",
    "https://www.facebook.com/",
    "https://county.example.org/links",
];
pub(super) const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/51.0 Safari/537.36";
pub(super) const CRAWLER: &str =
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
pub(super) const PAGES: [(&str, u64); 9] = [
    ("/", 9_400),
    ("/register", 6_300),
    ("/absentee", 7_100),
    ("/results", 5_200),
    ("/calendar", 4_400),
    ("/contact", 3_900),
    ("/jobs", 3_100),
    ("/accessibility", 2_900),
    ("/candidates/filing", 5_600),
];
pub(super) const PARTS: [(&str, u64); 4] = [
    ("/static/site.css", 8_211),
    ("/static/site.js", 31_870),
    ("/static/seal.png", 15_002),
    ("/favicon.ico", 1_150),
];
pub(super) const ASKED_FOR: [&str; 28] = [
    "where do I vote",
    "drop box",
    "select board",
    "union township",
    "sample ballot",
    "O'Brien",
    "absentee & mail",
    "early voting",
    "poll worker pay",
    "id requirements",
    "register by mail",
    "voter card",
    "precinct map",
    "recount",
    "García",
    "school board",
    "order ballot",
    "party change",
    "new address",
    "deadline",
    "felony",
    "military & overseas",
    "county clerk",
    "from 7 to 8 pm",
    "results",
    "campaign finance",
    "district 12",
    "st. john's hall",
];
pub(super) const STREETS: [&str; 16] = [
    "Main St",
    "Oak Ave",
    "2nd St",
    "Martin Luther King Blvd",
    "County Rd 12",
    "Maple Dr",
    "O'Fallon Ct",
    "St. Louis St",
    "Elm St Apt 4",
    "W. Lake Rd",
    "Highway 50",
    "Church St #2",
    "Park Ave",
    "Washington Blvd",
    "N 5th St",
    "Hill-Side Ln",
];
pub(super) const TRIED: [&str; 14] = [
    "/wp-login.php",
    "/phpmyadmin/index.php",
    "/admin",
    "/xmlrpc.php",
    "/.env",
    "/.git/config",
    "/old/",
    "/backup.zip",
    "/manager/html",
    "/cgi-bin/test.cgi",
    "/shell.php",
    "/config.php.bak",
    "/test",
    "/login.aspx",
];
