-- Who asks to join. The person has a row in member from the first day (state applied), so what they say is sealed under a key of their own; one person has one application.
-- secret_digest is of what the applicant's link holds; vouch_digest of the code that they give to members who know them.
CREATE TABLE application (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL UNIQUE,
    secret_digest TEXT NOT NULL UNIQUE,
    vouch_digest TEXT NOT NULL UNIQUE,
    node_id TEXT,
    content BYTEA NOT NULL,
    charter_version TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    applied_at BIGINT NOT NULL,
    open_until BIGINT NOT NULL,
    ended_at BIGINT,
    decision_id TEXT
);

CREATE INDEX application_by_state ON application (state, open_until);

-- A member speaks for somebody: once, and for so many at once as they have slots. A slot is free again when freed_at is set, which every end of an application does.
CREATE TABLE vouch (
    application_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    slot BIGINT NOT NULL,
    statement BYTEA NOT NULL,
    vouched_at BIGINT NOT NULL,
    freed_at BIGINT,
    PRIMARY KEY (application_id, member_id)
);

CREATE UNIQUE INDEX vouch_slot ON vouch (member_id, slot) WHERE freed_at IS NULL;
