-- One text for SQLite and PostgreSQL: TEXT, BIGINT and BYTEA alone; flags are 0 and 1; times are Unix seconds.

CREATE TABLE nation (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    phase TEXT NOT NULL,
    charter_version TEXT NOT NULL,
    secret_check BYTEA NOT NULL,
    founded_at BIGINT NOT NULL
);

CREATE TABLE signing_key (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    generation BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    retire_after BIGINT NOT NULL,
    publish_until BIGINT NOT NULL,
    private_key BYTEA NOT NULL,
    certificate BYTEA,
    UNIQUE (purpose, algorithm, generation)
);

CREATE TABLE member (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    data_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE partner (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    sector TEXT NOT NULL,
    policy TEXT NOT NULL,
    authentication TEXT NOT NULL,
    secret_digest TEXT,
    id_token_algorithm TEXT NOT NULL,
    requires_pkce BIGINT NOT NULL,
    wallet_response_mode TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE offer (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    type TEXT NOT NULL,
    claims BYTEA NOT NULL,
    code BYTEA NOT NULL,
    code_digest TEXT NOT NULL UNIQUE,
    tx_code_digest TEXT,
    tx_code_attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX offer_by_member ON offer (member_id, type);

CREATE TABLE status_list (
    id TEXT PRIMARY KEY,
    bits BIGINT NOT NULL,
    size BIGINT NOT NULL,
    used BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE status_slot (
    list_id TEXT NOT NULL,
    idx BIGINT NOT NULL,
    credential_id TEXT NOT NULL,
    status BIGINT NOT NULL,
    PRIMARY KEY (list_id, idx)
);

CREATE INDEX status_slot_by_credential ON status_slot (credential_id);

CREATE INDEX status_slot_not_valid ON status_slot (list_id) WHERE status <> 0;

CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    offer_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    type TEXT NOT NULL,
    format TEXT NOT NULL,
    list_id TEXT NOT NULL,
    idx BIGINT NOT NULL,
    kid TEXT NOT NULL,
    holder_thumbprint TEXT NOT NULL,
    to_be_signed BYTEA NOT NULL,
    to_be_signed_digest TEXT NOT NULL,
    disclosures BYTEA NOT NULL,
    notification_id TEXT NOT NULL,
    notification_event TEXT,
    recorded_at BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_reason BYTEA,
    UNIQUE (offer_id, ordinal),
    UNIQUE (offer_id, holder_thumbprint),
    UNIQUE (list_id, idx)
);

CREATE INDEX credential_by_member ON credential (member_id);

CREATE INDEX credential_by_notification ON credential (notification_id);

-- Every act that changes who belongs, without a word about a person. The public log takes its leaves from here.
CREATE TABLE journal (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    charter_version TEXT
);

-- What may be used once, by kind, so that no kind can be taken for another. A row is the use.
CREATE TABLE spent (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX spent_by_expiry ON spent (expires_at);

CREATE TABLE sign_in (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    response_mode TEXT NOT NULL,
    scope TEXT NOT NULL,
    state TEXT,
    nonce TEXT,
    code_challenge TEXT,
    hinted_subject TEXT,
    browser_digest TEXT NOT NULL,
    number TEXT NOT NULL,
    stage TEXT NOT NULL,
    lapse TEXT,
    refused_step TEXT,
    refused_reason TEXT,
    scanned_at BIGINT,
    member_id TEXT,
    credential_ids TEXT,
    claims BYTEA,
    proven_at BIGINT,
    proven_flow TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sign_in_by_expiry ON sign_in (expires_at);

CREATE TABLE presentation_request (
    id TEXT PRIMARY KEY,
    sign_in_id TEXT NOT NULL,
    flow TEXT NOT NULL,
    client_id TEXT NOT NULL,
    nonce TEXT NOT NULL,
    state TEXT NOT NULL,
    response_mode TEXT NOT NULL,
    decryption_key BYTEA,
    fetched_at BIGINT,
    answer_digest TEXT,
    response_code_digest TEXT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX presentation_request_by_sign_in ON presentation_request (sign_in_id);

CREATE INDEX presentation_request_by_response_code ON presentation_request (response_code_digest);

CREATE INDEX presentation_request_by_expiry ON presentation_request (expires_at);

CREATE TABLE authorization_code (
    code_digest TEXT PRIMARY KEY,
    sign_in_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT
);

CREATE INDEX authorization_code_by_sign_in ON authorization_code (sign_in_id);

CREATE INDEX authorization_code_by_expiry ON authorization_code (expires_at);

-- audience: what the token opens ('credential' or 'userinfo'); grant_digest: the code it came from.
CREATE TABLE access_token (
    token_digest TEXT PRIMARY KEY,
    audience TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    client_id TEXT,
    scope TEXT NOT NULL,
    grant_digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX access_token_by_subject ON access_token (subject_id);

CREATE INDEX access_token_by_grant ON access_token (grant_digest);

CREATE INDEX access_token_by_expiry ON access_token (expires_at);
