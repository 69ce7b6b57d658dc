-- Records that were made and whose credentials were not handed to a wallet yet, as far as is known.

CREATE TABLE undelivered (
    credential_id TEXT PRIMARY KEY,
    recorded_at BIGINT NOT NULL
);

-- What the sweeper looks for: offers that nobody took.
CREATE INDEX offer_untaken ON offer (expires_at) WHERE redeemed_at IS NULL;
