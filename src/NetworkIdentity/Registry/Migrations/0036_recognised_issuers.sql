-- By which DID an issuer was recognised last: one row for each, which whoever recognises it anew changes. So of two that recognise it at once by different DIDs one breaks.
CREATE TABLE recognised_issuer (
    issuer TEXT PRIMARY KEY,
    did TEXT NOT NULL,
    revision BIGINT NOT NULL
);

-- What was sent of a shift is known by the counts themselves: a digest of its hours would tell them to who tries all.
ALTER TABLE arrival_count DROP COLUMN digest;
