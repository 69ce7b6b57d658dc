-- Moves with every fact and every word for one: what was made of facts is offered where none has come since they were read.
ALTER TABLE nation ADD COLUMN facts_revision BIGINT NOT NULL DEFAULT 0;

-- For how many days what is offered is valid, where the charter wants less than its type says.
ALTER TABLE offer ADD COLUMN valid_days BIGINT;

CREATE INDEX offer_by_decision ON offer (decision_id) WHERE decision_id IS NOT NULL;

-- The nation's own pages may ask for the steward credential, and for nothing in it.
UPDATE partner SET policy = '{"version":1,"credentials":[{"type":"membership"},{"type":"steward","required":false,"claims":{}}]}' WHERE client_id = 'account';
