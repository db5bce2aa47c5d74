//! The words that the sample partners are named with. Everybody and everything here is made up.

use super::tree::RESELLERS;

pub const ROOT: &str = "Lantern Hill Wholesale Communications";

/// The companies of the resellers.
pub const RESELLER: [&str; RESELLERS] = [
    "Copper Kite Carrier Services",
    "Blauer Reiher Telefonie GmbH",
    "Quiet Harbor Conferencing, Inc.",
    "Zielony Żuraw Łączność Sp. z o.o.",
    "青い灯台テレコム株式会社",
    "Tres Faroles Telefonía, S.A. de C.V.",
];

/// Companies whose names are hard to print, to quote or to distinguish.
pub const NOTABLE: [&str; 30] = [
    "Acme Telecom",
    "ACME Voice GmbH",
    "O'Malley & Daughters Telephony",
    "\"Rapid Fox\" Messaging",
    "Grünspecht Sprachdienste AG",
    "Świetlik Telekom S.A.",
    "小さな狐電話株式会社",
    "شركة المنارة للاتصالات",
    "Rocket 🚀 Voice",
    "The acme of Messaging",
    "Smith, Jones, Smith and Sons",
    "100% Voice",
    "Élan Téléphonie S.à r.l.",
    "+Plus Numbers",
    "=Equal Access Calling",
    "@Home Conferencing",
    "-Minus Latency",
    "Naïve Café Telephones",
    "北極星通信有限公司",
    "한빛 메시징",
    "Ελαφρύς Άνεμος Τηλεφωνία",
    "Тихая Гавань Связь",
    "💻 Remote Desk 📞",
    "Nguyễn Viễn Thông",
    "Acme",
    "rock and roll voicemail",
    "Trailing & Leading; Semicolons: Ltd.",
    "Paper Lantern International Conferencing and Collaboration Services of North America, LLC",
    "Überlandleitung für sehr lange Firmennamen im Fernmeldewesen Beteiligungsgesellschaft mbH",
    "Null Island Calling",
];

/// The first word of all other companies, and of every login.
pub const ADJECTIVES: [&str; 32] = [
    "Amber", "Bright", "Calm", "Cedar", "Clever", "Coral", "Crimson", "Distant", "Eager", "Early", "Gentle", "Golden",
    "Hidden", "Humble", "Indigo", "Ivory", "Jolly", "Little", "Lucky", "Mellow", "Misty", "Noble", "Olive", "Patient",
    "Plain", "Quick", "Rustic", "Silent", "Sunny", "Tall", "Velvet", "Windy",
];

/// The second word of a company.
pub const ANIMALS: [&str; 24] = [
    "Badger", "Bison", "Crane", "Dolphin", "Falcon", "Finch", "Gecko", "Heron", "Ibex", "Jackal", "Lark", "Lynx",
    "Marten", "Newt", "Otter", "Owl", "Pelican", "Puffin", "Raven", "Stork", "Swift", "Tapir", "Vole", "Wren",
];

pub const TRADES: [&str; 12] = [
    "Telecom",
    "Voice",
    "Conferencing",
    "Messaging",
    "Networks",
    "Calling",
    "SIP Trunks",
    "Numbers",
    "Contact Centers",
    "Communications",
    "Broadcast",
    "Answering Service",
];

/// What a company is in law.
pub const FORMS: [&str; 8] = ["", " Inc.", " LLC", " Ltd.", ", Inc.", " Co.", " Group", " B.V."];

pub const FIRST_NAMES: [&str; 24] = [
    "Ada", "Ben", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Keiko", "Liam", "Mara",
    "Noah", "Olga", "Pedro", "Quinn", "Rosa", "Samir", "Tessa", "Umar", "Vera", "Walter", "Yara",
];

pub const LAST_NAMES: [&str; 24] = [
    "Abbott",
    "Brandt",
    "Castillo",
    "Dunn",
    "Eriksen",
    "Fontaine",
    "Garner",
    "Hassan",
    "Ivanova",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quiroga",
    "Rossi",
    "Santos",
    "Tanaka",
    "Usman",
    "Varga",
    "Whitfield",
    "Young",
];

/// People whose names are more than ASCII letters.
pub const NOTABLE_PEOPLE: [&str; 14] = [
    "Jürgen Weißmüller",
    "Zoë O'Neill",
    "Łukasz Żółć",
    "山田 花子",
    "محمد الأمين",
    "François Lefèvre-Dubois",
    "Ana \"Anita\" Ramírez",
    "김하늘",
    "Þórdís Jónsdóttir",
    "Nguyễn Thị Hương",
    "Σοφία Παπά",
    "Иван Тихий",
    "Sam 📞 Carter",
    "Maximiliana Alexandra Theodora von Hohenberg-Lichtenstein-Wasserburg",
];

#[derive(Debug, Clone, Copy)]
pub struct Town {
    /// A street, without a house number.
    pub street: &'static str,
    pub city: &'static str,
    /// The state, in countries whose addresses have one.
    pub state: Option<&'static str>,
    pub zip: &'static str,
    /// The country, ISO 3166-1 alpha-3.
    pub country: &'static str,
}

const fn place(
    street: &'static str,
    city: &'static str,
    state: Option<&'static str>,
    zip: &'static str,
    country: &'static str,
) -> Town {
    Town { street, city, state, zip, country }
}

/// Places in many countries, most of them in the USA.
pub const TOWNS: [Town; 20] = [
    place("Main Street", "Long Beach", Some("CA"), "90802", "USA"),
    place("Elm Avenue", "Portland", Some("OR"), "97205", "USA"),
    place("Harbor Boulevard", "San Diego", Some("CA"), "92101", "USA"),
    place("Lake Drive", "Madison", Some("WI"), "53703", "USA"),
    place("Congress Street", "Austin", Some("TX"), "78701", "USA"),
    place("Peach Lane", "Atlanta", Some("GA"), "30303", "USA"),
    place("Depot Road", "Burlington", Some("VT"), "05401", "USA"),
    place("Mill Street", "St. Louis", Some("MO"), "63101", "USA"),
    place("Prairie Court, Suite B", "Sioux Falls", Some("SD"), "57104", "USA"),
    place("Maple Crescent", "Toronto", Some("ON"), "M5H 2N2", "CAN"),
    place("Rue des Érables", "Montréal", Some("QC"), "H2Y 1C6", "CAN"),
    place("Avenida de los Álamos", "Guadalajara", Some("JAL"), "44100", "MEX"),
    place("Rua das Acácias", "São Paulo", Some("SP"), "01001-000", "BRA"),
    place("Lindenstraße", "München", None, "80331", "DEU"),
    place("ulica Lipowa", "Łódź", None, "90-001", "POL"),
    place("King's Row", "Leeds", None, "LS1 4AP", "GBR"),
    place("緑町", "大阪市", None, "530-0001", "JPN"),
    place("شارع النخيل", "القاهرة", None, "11511", "EGY"),
    place("Kauri Street", "Wellington", None, "6011", "NZL"),
    place("Iroko Road", "Lagos", None, "101001", "NGA"),
];

/// The API scopes that a partner may have.
pub const SCOPES: [&str; 26] = [
    "accesscontrol.manage",
    "app.manage",
    "calls.manage",
    "calls.read",
    "countries.manage",
    "endpoints.manage",
    "invoices.manage",
    "lookup.dids.read",
    "oauth.allow_token_scope_update",
    "oauth.manage",
    "oauth.manage_all_tokens",
    "partners.billing_method.manage",
    "partners.manage",
    "partners.read",
    "partners.update",
    "phonenumber.manage",
    "push.manage",
    "rating.manage",
    "shortener.manage",
    "sms.manage",
    "storage.manage",
    "storage.read",
    "trunk_groups.manage",
    "trunk_groups.read",
    "trunk_groups.trunks.manage",
    "verification.manage",
];
