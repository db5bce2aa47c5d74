use super::*;
use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::partners::Sid;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The SID of the documentation's partner.
const DOCUMENTED: &str = "6bace9c5-3eef-4f75-8f48-fb98e04408be";

fn objects(partners: &List) -> Vec<Value> {
    partners.iter().map(|partner| serde_json::from_str(partner).expect("JSON")).collect()
}

fn distinct(objects: &[Value], field: &str) -> usize {
    objects.iter().map(|object| object[field].as_str()).collect::<HashSet<_>>().len()
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str().map(|text| Decimal::from_str_exact(text).expect("an amount"))
}

#[test]
fn the_documented_partner_is_exactly_the_one_on_the_page() {
    let scopes = [
        "accesscontrol.manage",
        "app.manage",
        "calls.manage",
        "countries.manage",
        "endpoints.manage",
        "invoices.manage",
        "lookup.dids.read",
        "oauth.allow_token_scope_update",
        "oauth.manage",
        "oauth.manage_all_tokens",
        "partners.billing_method.manage",
        "partners.read",
        "partners.update",
        "phonenumber.manage",
        "push.manage",
        "rating.manage",
        "shortener.manage",
        "sms.manage",
        "storage.manage",
        "trunk_groups.manage",
        "trunk_groups.trunks.manage",
        "verification.manage",
    ];
    let contact = json!({
        "acls": [],
        "address1": null,
        "address2": null,
        "attributes": {},
        "available_scopes": scopes,
        "balance": "4.4",
        "billing_email": "example@example.com",
        "callbacks": {},
        "charge_at": "20",
        "city": null,
        "company_name": "FreeConferenceCall",
        "country_code": "USA",
        "daily_spending_limit": "500",
        "daily_spent_amount": "0",
        "date_created": "2024-05-20T18:32:37.000Z",
    });
    let account = json!({
        "display_id": "CX15650613",
        "login": "example",
        "name": "John Smith",
        "owner_email": "example@example.com",
        "parent_assigned_acls": [
            {
                "access_control_rules": ["41f8b2d4-68e4-42f7-43b7-357a090cb1ab"],
                "direction": "outbound",
                "sms_action_false": null,
                "sms_action_true": null,
                "voice_action_false": null,
                "voice_action_true": "reject403"
            },
            {
                "access_control_rules": ["50d74234-73c7-4da4-819e-6e34c451ed71"],
                "direction": "outbound",
                "sms_action_false": null,
                "sms_action_true": "reject",
                "voice_action_false": null,
                "voice_action_true": null
            }
        ],
        "parent_sid": "be128456-3098-4564-b0d1-67dbceee265f",
        "partner_sid": "6bace9c5-3eef-4f75-8f48-fb98e04408be",
        "payment_type": "prepay",
        "phonenumber": "8448440707",
        "prepay_amount": "100",
        "spending_limit": "500",
        "state": null,
        "status": "active",
        "tech_email": "example@example.com",
        "transformations": [],
        "zip": "90804"
    });
    let expected =
        format!("{},{}", contact.to_string().trim_end_matches('}'), account.to_string().trim_start_matches('{'));
    let partners = partners(250);
    assert_eq!(partners.get(partners.place(&Sid::of(DOCUMENTED)).expect("it is there")), expected);
}

#[test]
fn every_sample_has_as_many_partners_as_asked_for() {
    for count in [0, 1, 2, 3, 250, 251, 1000] {
        assert_eq!(partners(count).iter().count(), count);
    }
}

#[test]
fn the_sample_is_the_same_on_every_run() {
    // Scripts are tried on these partners, so they must not change by accident.
    let partners = partners(250);
    let bytes = partners.iter().flat_map(|partner| partner.bytes());
    let fnv_1a =
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(fnv_1a, 0x725e_23aa_81f5_40da, "{fnv_1a:#x}");
}

#[test]
fn every_partner_has_all_fields_in_the_order_of_the_api_and_of_their_types() {
    let mut names: Vec<_> = PARTNERS.fields.iter().map(|field| field.name).collect();
    names.sort_unstable();
    for object in objects(&partners(1000)) {
        let fields = object.as_object().expect("an object");
        assert!(fields.keys().eq(&names));
        for field in PARTNERS.fields {
            let value = &object[field.name];
            let fits = match field.kind {
                FieldType::Object => value.is_object(),
                FieldType::Strings | FieldType::Objects => value.is_array(),
                FieldType::Decimal => value.as_str().is_some_and(|text| Decimal::from_str_exact(text).is_ok()),
                _ => value.is_string(),
            };
            assert!(fits || (field.nullable && value.is_null()), "{}: {value}", field.name);
        }
    }
}

#[test]
fn partners_are_unique_and_ordered_by_their_creation() {
    let objects = objects(&partners(5000));
    for field in ["partner_sid", "display_id", "login", "date_created"] {
        assert_eq!(distinct(&objects, field), objects.len(), "{field}");
    }
    assert!(objects.is_sorted_by(|a, b| a["date_created"].as_str() < b["date_created"].as_str()));
}

#[test]
fn partners_form_one_tree_of_five_levels() {
    for count in [2, 10, 250, 5000] {
        let objects = objects(&partners(count));
        let mut levels = HashMap::new();
        for (place, object) in objects.iter().enumerate() {
            let parent = object["parent_sid"].as_str().expect("a parent");
            let level = if place == 0 { Some(1) } else { levels.get(parent).map(|level| level + 1) };
            levels.insert(object["partner_sid"].as_str().expect("a SID"), level.expect("a parent that came before"));
        }
        assert!(!levels.contains_key(objects[0]["parent_sid"].as_str().expect("a parent")));
        if count >= 250 {
            assert_eq!((levels.values().max(), levels.get(DOCUMENTED)), (Some(&5), Some(&2)), "{count}");
        }
    }
}

#[test]
fn the_default_sample_has_something_of_everything() {
    let objects = objects(&partners(250));
    let count = |is: &dyn Fn(&Value) -> bool| objects.iter().filter(|object| is(object)).count();
    let text = |object: &Value, field: &str| object[field].as_str().unwrap_or_default().to_owned();

    for (status, counts) in [("active", 200..240), ("unverified", 5..20), ("suspended", 3..15), ("closed", 2..8)] {
        let count = count(&|object| object["status"] == status);
        assert!(counts.contains(&count), "{status}: {count}");
    }
    for payment in ["prepay", "postpay"] {
        assert!(count(&|object| object["payment_type"] == payment) > 40, "{payment}");
    }
    let low = count(&|object| decimal(&object["balance"]).is_some_and(|balance| balance < Decimal::TEN));
    assert!((10..=20).contains(&low), "{low}");
    assert!(count(&|object| decimal(&object["balance"]).is_some_and(|balance| balance.is_sign_negative())) >= 3);
    for balance in ["4.4", "1250.00", "0.0000001", "-12.75"] {
        assert!(count(&|object| object["balance"] == balance) > 0, "{balance}");
    }

    let spent = |object: &Value| {
        let limit = decimal(&object["daily_spending_limit"]).filter(|limit| !limit.is_zero())?;
        Some(decimal(&object["daily_spent_amount"])? * Decimal::ONE_HUNDRED / limit)
    };
    for (percent, counts) in [(80, 6..15), (95, 3..8), (100, 1..3)] {
        let count = count(&|object| spent(object).is_some_and(|spent| spent >= Decimal::from(percent)));
        assert!(counts.contains(&count), "{percent} %: {count}");
    }
    assert!(count(&|object| object["daily_spending_limit"].is_null()) > 3);
    assert!(count(&|object| object["daily_spending_limit"] == "0") > 3);

    assert!(count(&|object| object["company_name"].is_null() && object["name"].is_string()) > 3);
    assert!(count(&|object| object["name"].is_null() && object["company_name"].is_string()) > 3);
    assert!(count(&|object| object["city"].is_null()) > 10);
    assert!(count(&|object| text(object, "company_name").chars().count() > 60) >= 2);
    assert!(count(&|object| text(object, "company_name").starts_with("Acme")) >= 1);
    assert!(count(&|object| text(object, "company_name").starts_with("ACME")) >= 1);
    for part in ["\"", "'", ",", "ü", "Ś", "小", "ش", "🚀"] {
        assert!(count(&|object| text(object, "company_name").contains(part)) > 0, "{part}");
    }
}

#[test]
fn a_partner_is_as_large_as_a_real_one() {
    let partners = partners(1000);
    let sizes: Vec<usize> = partners.iter().map(str::len).collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!((1500..2200).contains(&mean), "mean size: {mean}");
}

#[test]
fn nothing_in_the_sample_can_do_harm() {
    for object in objects(&partners(2000)) {
        let is_harmful = |c: char| {
            c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(
            !PARTNERS
                .fields
                .iter()
                .any(|field| object[field.name].as_str().is_some_and(|text| text.contains(is_harmful)))
        );
        for field in ["billing_email", "owner_email", "tech_email"] {
            for email in object[field].as_str().unwrap_or_default().split(',').filter(|email| !email.is_empty()) {
                let host = email.split_once('@').map(|(_, host)| host);
                assert!(matches!(host, Some("example.com" | "example.org" | "example.net")), "{email}");
            }
        }
        let number = object["phonenumber"].as_str().filter(|_| object["name"] != "John Smith");
        assert!(number.is_none_or(|number| number.len() == 10 && &number[3..8] == "55501"));
    }
}
