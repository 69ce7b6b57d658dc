-- An offer that was made to an applicant before it was decided, and rests on the decision from the commit in which its first credential is given (decision_id); null where an offer is of what has been decided.
ALTER TABLE offer ADD COLUMN application_id TEXT;

-- What a refresh token opens: null for a session; credential for an offer, whose id stands in session_id then.
ALTER TABLE refresh_token ADD COLUMN audience TEXT;

-- A credential request that waits for a decision: id is its transaction_id. keys are the public keys that were proven, sealed under the person's own key. The row goes when the credential is given.
CREATE TABLE deferral (
    id TEXT PRIMARY KEY,
    offer_id TEXT NOT NULL,
    configuration_id TEXT NOT NULL,
    keys BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX deferral_by_offer ON deferral (offer_id, configuration_id);
