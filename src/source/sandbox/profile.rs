//! One made-up partner, as JSON. Most of it is chance; what is worth trying (low balances, spent limits, missing names)
//! comes round at regular numbers, so that even a small sample has it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::documented;
use super::names;
use super::random::{Random, mix};
use super::tree::RESELLERS;

/// Balances below 10, which come round one after the other.
const LOW_BALANCES: [&str; 12] =
    ["9.99", "-12.75", "0.0000001", "0", "7.2", "-250.00", "3.50", "0.00", "1", "-0.01", "5.125", "9.9999"];

/// How many access control rules there are; partners share them.
const RULES: u64 = 24;

/// The parent of the root: a partner that the sample does not show.
pub const BEYOND_THE_ROOT: &str = "0d3f6a52-7c1e-4b8f-9a64-5e2b1c90d7f3";

/// The SID of a partner: a UUID of version 4 in shape.
pub fn sid(number: usize) -> String {
    if number == 0 { documented::PARENT_SID.to_owned() } else { uuid(number as u64) }
}

fn uuid(seed: u64) -> String {
    let chance = (u128::from(mix(seed)) << 64) | u128::from(mix(!seed));
    uuid::Builder::from_random_bytes(chance.to_be_bytes()).into_uuid().to_string()
}

/// The short public ID. The factor has no divisor in common with the count of IDs, so none comes twice; they start
/// above the one of the documentation's partner.
fn display_id(number: usize) -> String {
    const FIRST: u64 = 20_000_000;
    const COUNT: u64 = 80_000_000;
    format!("CX{}", FIRST + (number as u64 + 1) * 12_345_679 % COUNT)
}

/// Partner `number` as compact JSON, the fields in the documentation's order.
pub fn text(number: usize, parent_sid: &str, date_created: &str) -> String {
    let mut random = Random::new(number as u64);
    let login = format!("{}{number:04}", random.pick(&names::ADJECTIVES).to_lowercase());
    let company_name = company_name(number, &mut random);
    let name = if company_name.is_some() && number % 31 == 14 { None } else { Some(person(&mut random)) };
    let status = status(number);
    let domain = random.pick(&["com", "org", "net"]);
    let owner_email = (status != "unverified").then(|| format!("{login}@example.{domain}"));
    let prepay = random.below(10) < 7;
    let charge_at = prepay.then(|| random.pick(&["5", "10", "20", "50", "100.00"]));
    let prepay_amount = prepay.then(|| random.pick(&["50", "100", "250.00", "500", "1000"]));
    let spending_limit = (!prepay || random.one_in(3)).then(|| random.pick(&["500", "1000", "2500.00", "10000"]));
    let (daily_spending_limit, daily_spent_amount) = daily_spending(number, &mut random);
    let place = random.pick(&names::TOWNS);
    let address_known = !random.one_in(6);
    let address1 = address_known.then(|| format!("{} {}", 1 + random.below(990), place.street));
    let address2 = (address_known && random.one_in(4)).then(|| format!("Floor {}", 1 + random.below(40)));

    json!({
        "acls": access_rules(&mut random),
        "address1": address1,
        "address2": address2,
        "attributes": attributes(number, &mut random),
        // Most scopes for most partners; all of them for the root, whose token the sandbox accepts.
        "available_scopes":
            names::SCOPES.iter().filter(|_| number == 0 || !random.one_in(5)).collect::<Vec<_>>(),
        "balance": balance(number, &mut random),
        "billing_email": billing_email(&login, &mut random),
        "callbacks": callbacks(&login, &mut random),
        "charge_at": charge_at,
        "city": address_known.then_some(place.city),
        "company_name": company_name,
        "country_code": (address_known || random.one_in(2)).then_some(place.country),
        "daily_spending_limit": daily_spending_limit,
        "daily_spent_amount": daily_spent_amount,
        "date_created": date_created,
        "display_id": display_id(number),
        "login": login,
        "name": name,
        "owner_email": owner_email,
        "parent_assigned_acls": access_rules(&mut random),
        "parent_sid": parent_sid,
        "partner_sid": sid(number),
        "payment_type": if prepay { "prepay" } else { "postpay" },
        "phonenumber": phone_number(&mut random),
        "prepay_amount": prepay_amount,
        "spending_limit": spending_limit,
        "state": place.state.filter(|_| address_known),
        "status": status,
        "tech_email": (!random.one_in(5)).then(|| format!("noc.{login}@example.net")),
        "transformations": transformations(&mut random),
        "zip": address_known.then_some(place.zip),
    })
    .to_string()
}

fn company_name(number: usize, random: &mut Random) -> Option<String> {
    let turn = (number / 7).checked_sub(1).filter(|_| number.is_multiple_of(7));
    let notable = turn.and_then(|turn| names::NOTABLE_COMPANIES.get(turn));
    match (number, notable) {
        (0, _) => Some(names::ROOT.to_owned()),
        (1..=RESELLERS, _) => Some(names::RESELLERS[number - 1].to_owned()),
        (_, Some(notable)) => Some((*notable).to_owned()),
        (_, None) if number % 23 == 8 => None,
        (_, None) => {
            let (adjective, animal) = (random.pick(&names::ADJECTIVES), random.pick(&names::ANIMALS));
            Some(format!("{adjective} {animal} {}{}", random.pick(&names::TRADES), random.pick(&names::FORMS)))
        }
    }
}

fn person(random: &mut Random) -> String {
    if random.one_in(6) {
        random.pick(&names::NOTABLE_PEOPLE).to_owned()
    } else {
        format!("{} {}", random.pick(&names::FIRST_NAMES), random.pick(&names::LAST_NAMES))
    }
}

fn status(number: usize) -> &'static str {
    match number {
        0..=RESELLERS => "active",
        _ if number % 17 == 9 => "unverified",
        _ if number % 29 == 11 => "suspended",
        _ if number % 61 == 40 => "closed",
        _ => "active",
    }
}

/// An amount as the platform writes it: not always with two decimals.
fn amount(cents: u64, random: &mut Random) -> String {
    let amount = Decimal::new(cents as i64, 2);
    if random.one_in(3) { amount.normalize() } else { amount }.to_string()
}

fn balance(number: usize, random: &mut Random) -> String {
    match number % 21 {
        3 => LOW_BALANCES[number / 21 % LOW_BALANCES.len()].to_owned(),
        4 => "1250.00".to_owned(),
        _ => {
            let most = random.pick(&[20_000, 150_000, 3_000_000]);
            let cents = 1000 + random.below(most);
            amount(cents, random)
        }
    }
}

/// The limit of a day, and what is spent of it: mostly far from the limit, at some numbers near it or over.
fn daily_spending(number: usize, random: &mut Random) -> (Option<String>, String) {
    let near_limit = match number {
        _ if number % 50 == 17 => Some(800 + random.below(150)),
        _ if number % 80 == 33 => Some(950 + random.below(50)),
        _ if number % 250 == 66 => Some(1040),
        _ => None,
    };
    if near_limit.is_none() && random.one_in(6) {
        let limit = random.pick(&[None, None, Some("0")]).map(str::to_owned);
        let cents = random.below(40_000);
        return (limit, amount(cents, random));
    }
    let limit = random.pick(&[50_u64, 100, 250, 500, 1000, 2500]);
    let idle = random.one_in(4);
    let per_mille = near_limit.unwrap_or(if idle { 0 } else { random.below(700) });
    let limit_text = if random.one_in(4) { format!("{limit}.00") } else { limit.to_string() };
    (Some(limit_text), amount(limit * per_mille / 10, random))
}

/// One or several addresses, an empty text (the owner's is used then), or none.
fn billing_email(login: &str, random: &mut Random) -> Option<String> {
    match random.below(10) {
        0 => None,
        1 => Some(String::new()),
        2 => Some(format!("billing.{login}@example.com,finance.{login}@example.org")),
        _ => Some(format!("billing.{login}@example.com")),
    }
}

/// Digits only, of the range that is set aside for fiction.
fn phone_number(random: &mut Random) -> Option<String> {
    let area = random.pick(&["212", "303", "415", "503", "562", "617", "713", "808"]);
    let line = random.below(100);
    (!random.one_in(12)).then(|| format!("{area}55501{line:02}"))
}

fn callbacks(login: &str, random: &mut Random) -> BTreeMap<&'static str, String> {
    let has_any = !random.one_in(3);
    let wanted = names::CALLBACKS.iter().copied().filter(|_| has_any && random.one_in(2));
    wanted.map(|kind| (kind, format!("https://hooks.example.com/{login}/{kind}"))).collect()
}

/// Data that partners keep here for themselves: text, a number, an object, or nothing at all.
fn attributes(number: usize, random: &mut Random) -> Value {
    let mut attributes = Map::new();
    let mut set = |name: &str, value: Value| _ = attributes.insert(name.to_owned(), value);
    if !random.one_in(4) {
        set("crm_id", json!(format!("C-{number:06}")));
        set("segment", json!(random.pick(&["retail", "wholesale", "enterprise", "non-profit"])));
    }
    if random.one_in(3) {
        set("seats", json!(1 + random.below(400)));
    }
    if random.one_in(4) {
        let purchase_order = format!("PO-{:05}", random.below(100_000));
        set("billing", json!({"cycle": "monthly", "purchase_order": purchase_order}));
    }
    attributes.into()
}

/// None to two access control objects.
fn access_rules(random: &mut Random) -> Vec<Value> {
    let rule = |random: &mut Random| {
        let rules = 1 + random.below(2);
        json!({
            "access_control_rules": (0..rules).map(|_| uuid(u64::MAX - random.below(RULES))).collect::<Vec<_>>(),
            "direction": random.pick(&["inbound", "outbound"]),
            "sms_action_false": null,
            "sms_action_true": random.pick(&[None, None, Some("accept"), Some("reject")]),
            "voice_action_false": null,
            "voice_action_true": random.pick(&[None, Some("accept"), Some("reject"), Some("reject403")]),
        })
    };
    (0..random.below(3)).map(|_| rule(random)).collect()
}

fn transformations(random: &mut Random) -> Value {
    match random.one_in(8) {
        true => json!([{"field": "from_did", "match": "^1([0-9]{10})$", "rewrite": "+1$1", "type": "rewrite"}]),
        false => json!([]),
    }
}
