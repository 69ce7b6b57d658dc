-- What happened and was witnessed. A row is never changed, but for what an erased member takes along: content, sealed under the member's key, and the node.
-- Days are as 2026-11-22; needed is how many witnesses the charter wanted; corrects names the fact that this one takes the place of, or with annuls 1 takes away.
CREATE TABLE fact (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    node_id TEXT,
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    amount BIGINT,
    needed BIGINT NOT NULL,
    corrects TEXT,
    annuls BIGINT NOT NULL,
    content BYTEA NOT NULL,
    digest TEXT NOT NULL,
    charter_version TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX fact_by_member ON fact (member_id);

-- Who attests a fact: each once, and never whom it is about.
CREATE TABLE fact_witness (
    fact_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    day TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (fact_id, member_id)
);

CREATE INDEX fact_witness_by_member ON fact_witness (member_id);
