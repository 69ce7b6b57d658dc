-- Every row of the journal is a leaf of the public log. What is published of it is its entry: a commitment to the row under the salt, which opens it.
-- detail: what the act was about, as a digest; seq: its place in the log, null while it waits; entry: set where a row was taken over from a copy of
-- the log and its words are lost, else made from the row.

ALTER TABLE journal ADD COLUMN detail TEXT;

ALTER TABLE journal ADD COLUMN salt BYTEA;

ALTER TABLE journal ADD COLUMN entry BYTEA;

ALTER TABLE journal ADD COLUMN seq BIGINT;

CREATE UNIQUE INDEX journal_by_seq ON journal (seq);

CREATE INDEX journal_waiting ON journal (at, id) WHERE seq IS NULL;

CREATE INDEX journal_by_subject ON journal (subject);

-- The hashes of a tile, 32 bytes each; the last tile of a level grows.
CREATE TABLE log_tile (
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, idx)
);

-- One row: how far the log has come, and the signed checkpoint that says so. It moves from the size it had, so it can't fork.
CREATE TABLE log_head (
    id TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    checkpoint TEXT NOT NULL
);

-- A list that is closed gives no more slots. How many it has given is not counted: servers that count one row together wait for each other.
ALTER TABLE status_list ADD COLUMN closed_at BIGINT;

ALTER TABLE status_list DROP COLUMN used;

CREATE UNIQUE INDEX credential_by_digest ON credential (to_be_signed_digest);
