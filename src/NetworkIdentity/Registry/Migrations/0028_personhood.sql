-- A wallet is asked to prove that who applies is one person. answered: a wallet has, and tag is what it proved; it counts once the browser that asked has it back, or who holds the wallet has
-- chosen the number that this browser shows (then: proven). lapsed: it leads nowhere any more.
CREATE TABLE personhood_request (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL,
    charter_version TEXT NOT NULL,
    client_id TEXT NOT NULL,
    nonce TEXT NOT NULL,
    state TEXT NOT NULL,
    number TEXT NOT NULL,
    begun_on TEXT NOT NULL,
    stage TEXT NOT NULL,
    decryption_key BYTEA,
    tag TEXT,
    answer_digest TEXT,
    response_code_digest TEXT,
    refused TEXT,
    created_at BIGINT NOT NULL,
    fetched_at BIGINT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX personhood_request_by_application ON personhood_request (application_id, created_at);
CREATE UNIQUE INDEX personhood_request_response_code ON personhood_request (response_code_digest);

-- Who proved to be one person, and by which version of the charter. tag is a MAC of issuer, type and person: it says nothing, but is the same for the same person. A row goes with its application
-- where that ends otherwise than by joining, and with a member who is erased.
CREATE TABLE personhood (
    application_id TEXT PRIMARY KEY,
    tag TEXT NOT NULL UNIQUE,
    charter_version TEXT NOT NULL,
    proven_at BIGINT NOT NULL
);
