-- Whom a member named, who can attest that it is them: a list holds from holds_from until another does. One that holds not yet is replaced by the next.
CREATE TABLE recovery_list (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    named_at BIGINT NOT NULL,
    holds_from BIGINT NOT NULL
);

CREATE INDEX recovery_list_by_member ON recovery_list (member_id, holds_from);

CREATE TABLE recovery_contact (
    list_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    declined_at BIGINT,
    PRIMARY KEY (list_id, contact_id)
);

CREATE INDEX recovery_contact_by_contact ON recovery_contact (contact_id);

-- Somebody lost their wallet. Who can attest is fixed when it is opened: those of the list, or where that is null those who vouched when they joined.
-- start_digest is of the code that begins it, secret_digest of what the person's link holds, attest_digest of the code that they read out.
CREATE TABLE recovery (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    list_id TEXT,
    start_digest TEXT NOT NULL UNIQUE,
    secret_digest TEXT UNIQUE,
    attest_digest TEXT UNIQUE,
    charter_version TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    open_until BIGINT NOT NULL,
    ended_at BIGINT,
    decision_id TEXT UNIQUE
);

CREATE UNIQUE INDEX recovery_open ON recovery (member_id, opened_by) WHERE ended_at IS NULL;

CREATE INDEX recovery_by_state ON recovery (ended_at, open_until);

-- Who attested that it is them: each once.
CREATE TABLE recovery_attestation (
    recovery_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    attested_at BIGINT NOT NULL,
    PRIMARY KEY (recovery_id, contact_id)
);
