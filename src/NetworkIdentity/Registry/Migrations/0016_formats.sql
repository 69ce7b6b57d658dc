-- One offer gives a member the same in several formats, on the same key or another: what was once an offer's is now an offer's and a format's.
CREATE TABLE credential_by_format (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    offer_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    type TEXT NOT NULL,
    format TEXT NOT NULL,
    list_id TEXT NOT NULL,
    idx BIGINT NOT NULL,
    kid TEXT NOT NULL,
    holder_thumbprint TEXT NOT NULL,
    to_be_signed BYTEA NOT NULL,
    to_be_signed_digest TEXT NOT NULL,
    disclosures BYTEA NOT NULL,
    notification_id TEXT NOT NULL,
    notification_event TEXT,
    recorded_at BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_reason BYTEA,
    suspended_at BIGINT,
    suspended_until BIGINT,
    suspended_reason BYTEA,
    resumed_at BIGINT,
    resumed_reason BYTEA,
    UNIQUE (offer_id, format, ordinal),
    UNIQUE (offer_id, format, holder_thumbprint),
    UNIQUE (list_id, idx)
);

INSERT INTO credential_by_format (
    id, member_id, offer_id, ordinal, type, format, list_id, idx, kid, holder_thumbprint, to_be_signed, to_be_signed_digest, disclosures, notification_id,
    notification_event, recorded_at, issued_at, expires_at, revoked_at, revoked_reason, suspended_at, suspended_until, suspended_reason, resumed_at, resumed_reason)
SELECT id, member_id, offer_id, ordinal, type, format, list_id, idx, kid, holder_thumbprint, to_be_signed, to_be_signed_digest, disclosures, notification_id,
    notification_event, recorded_at, issued_at, expires_at, revoked_at, revoked_reason, suspended_at, suspended_until, suspended_reason, resumed_at, resumed_reason
FROM credential;

DROP TABLE credential;

ALTER TABLE credential_by_format RENAME TO credential;

CREATE INDEX credential_by_member ON credential (member_id);

CREATE INDEX credential_by_notification ON credential (notification_id);

CREATE UNIQUE INDEX credential_by_digest ON credential (to_be_signed_digest);

CREATE INDEX credential_suspended ON credential (suspended_until) WHERE suspended_until IS NOT NULL AND resumed_at IS NULL;
