-- The log of the nation's DID [DID-WebVH]: an entry a row, as it is published. Of two servers that extend it at once the second breaks at the key.
CREATE TABLE did_entry (
    version BIGINT PRIMARY KEY,
    version_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    line TEXT NOT NULL,
    restored_at BIGINT
);

-- What witnesses said of an entry. Whether they are enough is seen in the log itself.
CREATE TABLE did_proof (
    version_id TEXT NOT NULL,
    witness TEXT NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (version_id, witness)
);
