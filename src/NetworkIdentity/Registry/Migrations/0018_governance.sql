-- The nation's own rules, each version kept; which is in force is the nation's charter_version. decision_id is null of one that the founder adopted.
CREATE TABLE charter (
    version TEXT PRIMARY KEY,
    content BYTEA NOT NULL,
    digest TEXT NOT NULL,
    decision_id TEXT,
    adopted_at BIGINT NOT NULL
);

-- What is decided by a quorum. content is sealed, under the key of the member it is about (member_id) where it is about one; digest is of the words with a salt in them.
-- Its revision moves with everything that could change who has approved: so what was counted is what is carried out.
CREATE TABLE decision (
    id TEXT PRIMARY KEY,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    member_id TEXT,
    node_id TEXT,
    content BYTEA NOT NULL,
    digest TEXT NOT NULL,
    charter_version TEXT NOT NULL,
    proposed_by TEXT,
    proposed_at BIGINT NOT NULL,
    open_until BIGINT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    reached_at BIGINT,
    due_at BIGINT,
    ended_at BIGINT
);

-- By each who proposes: else who proposes a thing badly keeps everybody else from proposing it well.
CREATE UNIQUE INDEX decision_open ON decision (act, subject, COALESCE(proposed_by, '')) WHERE state = 'open';

CREATE INDEX decision_by_subject ON decision (subject);

CREATE INDEX decision_by_state ON decision (state, open_until);

CREATE INDEX decision_by_member ON decision (member_id);

-- One person, one vote.
CREATE TABLE approval (
    decision_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    approved_at BIGINT NOT NULL,
    PRIMARY KEY (decision_id, member_id)
);

-- A mandate that was ended before its day.
ALTER TABLE steward ADD COLUMN ended_at BIGINT;

-- The node that a member belongs to, and since when they do: null of who was offered a membership and has not taken it.
ALTER TABLE member ADD COLUMN node_id TEXT;

ALTER TABLE member ADD COLUMN joined_at BIGINT;

UPDATE member SET joined_at = created_at WHERE state <> 'offered';

-- What an offer rests on: the version of the rules, and the decision; null of what the founder offered.
ALTER TABLE offer ADD COLUMN decision_id TEXT;
