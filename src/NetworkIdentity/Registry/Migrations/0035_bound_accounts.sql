-- An account that a member has elsewhere, at a chain, and showed by its signature that it is theirs. tag is a MAC of the address: it says nothing, but is the same for the same address, of which one member has one
-- binding. place is 1 to 10: a member has no more than there are places. content is the account and a salt, sealed under the member's own key; digest is of it, and stands in the log. The row goes when it is unbound.
CREATE TABLE bound_account (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    tag TEXT NOT NULL UNIQUE,
    place BIGINT NOT NULL,
    content BYTEA NOT NULL,
    digest TEXT NOT NULL,
    bound_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX bound_account_place ON bound_account (member_id, place);
