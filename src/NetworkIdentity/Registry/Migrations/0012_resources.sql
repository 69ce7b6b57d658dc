-- What access tokens may be for beside this provider itself [RFC8707 §2].
CREATE TABLE resource (
    identifier TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    client_id TEXT,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- A scope is of one resource, for good: a client that may have it may have it there, and nowhere else.
CREATE TABLE resource_scope (
    scope TEXT PRIMARY KEY,
    identifier TEXT NOT NULL
);
