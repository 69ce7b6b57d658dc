-- epoch: mixed into what is derived for short uses, so that a nonce made before a restore is no nonce after it. log_generation: part of the public log's
-- name once it was begun anew. backed_up_at: when a backup was last completed.

ALTER TABLE nation ADD COLUMN epoch TEXT NOT NULL DEFAULT '';

ALTER TABLE nation ADD COLUMN log_generation TEXT NOT NULL DEFAULT '';

ALTER TABLE nation ADD COLUMN backed_up_at BIGINT;
