-- Whom this nation recognises, and who recognises it. What was decided is content; it is not changed, and ends by its own day or at ended_at.
CREATE TABLE recognition (
    id TEXT PRIMARY KEY,
    content BYTEA NOT NULL,
    digest TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    ended_at BIGINT
);
