-- What a program asked for once, under a key of its own: sent again within a day it is answered as before. id is of the member, the client and the key; digest of the key and what was sent.
CREATE TABLE idempotency_key (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX idempotency_key_by_end ON idempotency_key (expires_at);
