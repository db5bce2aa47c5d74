//! The partner in the sample answer of the documentation's "Get Partners" page, exactly as printed there.

#[cfg(test)]
pub const SID: &str = "6bace9c5-3eef-4f75-8f48-fb98e04408be";

/// Its parent: the root of the sample.
pub const PARENT_SID: &str = "be128456-3098-4564-b0d1-67dbceee265f";

/// When it was created, which says where among the others it stands.
pub const DATE_CREATED: &str = "2024-05-20T18:32:37.000Z";

/// The object as compact JSON.
pub const TEXT: &str = concat!(
    r#"{"acls":[],"address1":null,"address2":null,"attributes":{},"available_scopes":["#,
    r#""accesscontrol.manage","app.manage","calls.manage","countries.manage","endpoints.manage","invoices.manage","#,
    r#""lookup.dids.read","oauth.allow_token_scope_update","oauth.manage","oauth.manage_all_tokens","#,
    r#""partners.billing_method.manage","partners.read","partners.update","phonenumber.manage","push.manage","#,
    r#""rating.manage","shortener.manage","sms.manage","storage.manage","trunk_groups.manage","#,
    r#""trunk_groups.trunks.manage","verification.manage"],"#,
    r#""balance":"4.4","billing_email":"example@example.com","callbacks":{},"charge_at":"20","city":null,"#,
    r#""company_name":"FreeConferenceCall","country_code":"USA","daily_spending_limit":"500","#,
    r#""daily_spent_amount":"0","date_created":"2024-05-20T18:32:37.000Z","display_id":"CX15650613","#,
    r#""login":"example","name":"John Smith","owner_email":"example@example.com","parent_assigned_acls":["#,
    r#"{"access_control_rules":["41f8b2d4-68e4-42f7-43b7-357a090cb1ab"],"direction":"outbound","#,
    r#""sms_action_false":null,"sms_action_true":null,"voice_action_false":null,"voice_action_true":"reject403"},"#,
    r#"{"access_control_rules":["50d74234-73c7-4da4-819e-6e34c451ed71"],"direction":"outbound","#,
    r#""sms_action_false":null,"sms_action_true":"reject","voice_action_false":null,"voice_action_true":null}],"#,
    r#""parent_sid":"be128456-3098-4564-b0d1-67dbceee265f","partner_sid":"6bace9c5-3eef-4f75-8f48-fb98e04408be","#,
    r#""payment_type":"prepay","phonenumber":"8448440707","prepay_amount":"100","spending_limit":"500","#,
    r#""state":null,"status":"active","tech_email":"example@example.com","transformations":[],"zip":"90804"}"#,
);
