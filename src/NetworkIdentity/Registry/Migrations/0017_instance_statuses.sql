-- The status of what VCALM instances issued, where that was asked for. Neither the credential nor its id is kept: the id's digest finds it again.
CREATE TABLE instance_status (
    instance TEXT NOT NULL,
    list BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    credential_digest TEXT NOT NULL,
    revoked BIGINT NOT NULL,
    suspended BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (instance, list, slot)
);

CREATE UNIQUE INDEX instance_status_credential ON instance_status (instance, credential_digest);
