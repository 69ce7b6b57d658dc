-- What was published of a list, in each format: a version is made once, by whichever server commits it first, and never changes. Its leaf is in the journal.
-- shows: the version of the list that it says at least; token_digest: SHA-256 as base64url.
CREATE TABLE status_publication (
    list_id TEXT NOT NULL,
    format TEXT NOT NULL,
    version BIGINT NOT NULL,
    shows BIGINT NOT NULL,
    token TEXT NOT NULL,
    token_digest TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (list_id, format, version)
);
