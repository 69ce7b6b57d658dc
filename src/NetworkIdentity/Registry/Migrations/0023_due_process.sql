-- Somebody whom a decision harmed asks that others look at it again: once for each decision. words are sealed under the person's own key; digest is of them with a salt.
CREATE TABLE appeal (
    id TEXT PRIMARY KEY,
    decision_id TEXT NOT NULL UNIQUE,
    member_id TEXT NOT NULL,
    node_id TEXT,
    words BYTEA NOT NULL,
    digest TEXT NOT NULL,
    charter_version TEXT NOT NULL,
    appealed_at BIGINT NOT NULL,
    decide_until BIGINT NOT NULL,
    state TEXT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX appeal_by_member ON appeal (member_id);

CREATE INDEX appeal_by_state ON appeal (state);

-- A membership that a member may take with their wallet, since it was decided: they were reinstated, or theirs goes on. id is that of the decision, or of the appeal that made another fall.
CREATE TABLE membership_grant (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    act TEXT NOT NULL,
    charter_version TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    open_until BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    state TEXT NOT NULL,
    ended_at BIGINT
);

CREATE UNIQUE INDEX membership_grant_open ON membership_grant (member_id) WHERE ended_at IS NULL;

-- A person who had two member ids has one. An id that ended so is never merged again.
CREATE TABLE merged_member (
    member_id TEXT PRIMARY KEY,
    into_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    merged_at BIGINT NOT NULL
);
