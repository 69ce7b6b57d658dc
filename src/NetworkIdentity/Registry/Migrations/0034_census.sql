-- Of an issue, what a census reads: a JSON object of member, node, salt, type and until. The leaf's record has its digest alone. Null in all other rows, and in those that are older.
ALTER TABLE journal ADD COLUMN counts TEXT;

CREATE INDEX journal_censuses ON journal (at) WHERE act = 'take-census';

-- The censuses that were taken, each as it was signed. None is changed or deleted.
CREATE TABLE census (
    number BIGINT PRIMARY KEY,
    taken_at BIGINT NOT NULL,
    size BIGINT NOT NULL,
    statement TEXT NOT NULL,
    digest TEXT NOT NULL
);
