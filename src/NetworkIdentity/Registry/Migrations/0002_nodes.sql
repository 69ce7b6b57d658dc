-- The places of the nation, and who has a mandate there.

CREATE TABLE node (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- node_id is null for a mandate of the whole nation; acts is a JSON array; until is the first second in which it no longer holds.
CREATE TABLE steward (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    node_id TEXT,
    acts TEXT NOT NULL,
    until BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX steward_by_member ON steward (member_id);
