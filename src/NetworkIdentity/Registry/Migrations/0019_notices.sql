-- Where a person wants to be told, sealed under their own key. Who has no row is told on their page alone.
CREATE TABLE contact (
    member_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    address BYTEA NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, kind)
);

-- What a person is to be told: of what kind it is and what it is about, never in words.
CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    member_id TEXT NOT NULL,
    about TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX notice_by_member ON notice (member_id, due_at);

CREATE INDEX notice_by_about ON notice (about, kind);

CREATE INDEX notice_by_time ON notice (due_at);

-- The outbox: a notice goes by each channel once. Sent where send_at and fault are null; given up where send_at alone is.
CREATE TABLE notice_delivery (
    notice_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    send_at BIGINT,
    attempts BIGINT NOT NULL,
    fault TEXT,
    PRIMARY KEY (notice_id, channel)
);

CREATE INDEX notice_delivery_to_send ON notice_delivery (channel, send_at) WHERE send_at IS NOT NULL;

CREATE INDEX notice_delivery_unsent ON notice_delivery (channel) WHERE fault IS NOT NULL;

CREATE INDEX notice_delivery_by_time ON notice_delivery (due_at);
