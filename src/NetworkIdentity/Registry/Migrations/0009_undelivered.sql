-- Records that were made and whose credentials were not handed to a wallet yet, as far as is known.

CREATE TABLE undelivered (
    credential_id TEXT PRIMARY KEY,
    recorded_at BIGINT NOT NULL
);
