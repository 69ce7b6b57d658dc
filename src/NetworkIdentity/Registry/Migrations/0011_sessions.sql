-- A member's session at a client, in one browser: what was proven there, by which credentials. Tokens and codes are of a session and end with it.
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    sign_in_id TEXT NOT NULL,
    browser_digest TEXT NOT NULL,
    credential_ids TEXT NOT NULL,
    proven_scope TEXT NOT NULL,
    claims BYTEA NOT NULL,
    proven_at BIGINT NOT NULL,
    proven_flow TEXT NOT NULL,
    browser_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT,
    tell_at BIGINT,
    tell_attempts BIGINT NOT NULL,
    tell_fault TEXT
);

CREATE INDEX session_by_browser ON session (browser_digest, client_id);

CREATE INDEX session_by_client ON session (client_id);

CREATE INDEX session_by_member ON session (member_id);

CREATE INDEX session_by_sign_in ON session (sign_in_id);

CREATE INDEX session_by_expiry ON session (expires_at);

CREATE INDEX session_to_tell ON session (tell_at, client_id) WHERE tell_at IS NOT NULL;

CREATE INDEX session_untold ON session (client_id) WHERE tell_fault IS NOT NULL;

CREATE TABLE session_credential (
    session_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    PRIMARY KEY (session_id, credential_id)
);

CREATE INDEX session_credential_by_credential ON session_credential (credential_id);

-- A code lives a minute: those of before are not kept.
DROP TABLE authorization_code;

CREATE TABLE authorization_code (
    code_digest TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    code_challenge TEXT,
    options TEXT,
    dpop_jkt TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT
);

CREATE INDEX authorization_code_by_session ON authorization_code (session_id);

CREATE INDEX authorization_code_by_expiry ON authorization_code (expires_at);

ALTER TABLE access_token ADD COLUMN options TEXT;

ALTER TABLE access_token ADD COLUMN dpop_jkt TEXT;

CREATE TABLE refresh_token (
    token_digest TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    options TEXT,
    dpop_jkt TEXT,
    grant_digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX refresh_token_by_session ON refresh_token (session_id);

CREATE INDEX refresh_token_by_grant ON refresh_token (grant_digest);

CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);

ALTER TABLE sign_in ADD COLUMN options TEXT;

ALTER TABLE sign_in ADD COLUMN dpop_jkt TEXT;

-- The pushed request that it answers, which its code spends.
ALTER TABLE sign_in ADD COLUMN pushed_digest TEXT;

-- What a client registered beyond what every client has, in the words of [RFC7591 §2].
ALTER TABLE partner ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';

ALTER TABLE partner ADD COLUMN registration_token_digest TEXT;

ALTER TABLE partner ADD COLUMN retired_at BIGINT;

-- A request that a client pushed [RFC9126 §2]: sealed, named by the digest of its request_uri.
CREATE TABLE pushed_request (
    uri_digest TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX pushed_request_by_expiry ON pushed_request (expires_at);

-- Unix seconds: until when what a client says of itself at its own address may be gone by; null for a client that was registered.
ALTER TABLE partner ADD COLUMN document_until BIGINT;

-- What the operator gives out for apps to register with [RFC7591 §3], and what those apps may ask of members.
CREATE TABLE initial_access_token (
    id TEXT PRIMARY KEY,
    token_digest TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL,
    policy TEXT NOT NULL,
    optional_types TEXT NOT NULL,
    requires_pkce BIGINT NOT NULL,
    wallet_response_mode TEXT NOT NULL,
    uses_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX initial_access_token_by_expiry ON initial_access_token (expires_at);
