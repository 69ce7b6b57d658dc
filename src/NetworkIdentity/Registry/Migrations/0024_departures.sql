-- Who left, and what their own link opens: their exit certificate and their export until open_until, and their erasure for as long as it was not done.
-- erase_asked_at: they asked for it. Nobody else can.
CREATE TABLE departure (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    secret_digest TEXT NOT NULL UNIQUE,
    left_at BIGINT NOT NULL,
    open_until BIGINT NOT NULL,
    erase_asked_at BIGINT
);

CREATE INDEX departure_by_member ON departure (member_id);

-- What a member did, for their export.
CREATE INDEX journal_by_actor ON journal (actor);
