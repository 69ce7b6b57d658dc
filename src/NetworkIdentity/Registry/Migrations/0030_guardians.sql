-- Who acts for a member who can't: named by a decision, whose id this is, and once they have accepted. The member whom it is about is member_id.
CREATE TABLE guardianship (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    guardian_id TEXT NOT NULL,
    until BIGINT NOT NULL,
    named_at BIGINT NOT NULL,
    accepted_at BIGINT,
    ended_at BIGINT
);

CREATE UNIQUE INDEX guardianship_open ON guardianship (member_id, guardian_id) WHERE ended_at IS NULL;

CREATE INDEX guardianship_by_guardian ON guardianship (guardian_id);
