-- How many came to a door in a shift, and what was said to them: numbers, of nobody. digest is of all that was sent, by which a shift that is sent again is known.
CREATE TABLE arrival_count (
    shift TEXT PRIMARY KEY,
    node_id TEXT NOT NULL,
    day TEXT NOT NULL,
    admitted BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    digest TEXT NOT NULL
);

CREATE INDEX arrival_count_by_day ON arrival_count (day);
