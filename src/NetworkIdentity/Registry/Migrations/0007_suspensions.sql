-- A suspension ends at suspended_until by itself, or before by an act; resumed_at is when its slot was set back. Reasons are sealed under the member's key.
ALTER TABLE credential ADD COLUMN suspended_at BIGINT;

ALTER TABLE credential ADD COLUMN suspended_until BIGINT;

ALTER TABLE credential ADD COLUMN suspended_reason BYTEA;

ALTER TABLE credential ADD COLUMN resumed_at BIGINT;

ALTER TABLE credential ADD COLUMN resumed_reason BYTEA;

CREATE INDEX credential_suspended ON credential (suspended_until) WHERE suspended_until IS NOT NULL AND resumed_at IS NULL;

-- Nothing is issued from an offer while what it gave is suspended: a fresh copy would not be.
ALTER TABLE offer ADD COLUMN suspended_until BIGINT;
