-- What a client may ask is a policy, a JSON object: the types that were listed before become its credentials, those of optional_types the ones that are not required.
-- Both columns held JSON arrays of names, without a comma or a quote in any of them.
UPDATE partner SET policy = '{"version":1,"credentials":[{"type":' || replace(substr(policy, 2, length(policy) - 2), ',', '},{"type":') || '}'
    || CASE WHEN optional_types = '[]' THEN '' ELSE ',{"required":false,"type":' || replace(substr(optional_types, 2, length(optional_types) - 2), ',', '},{"required":false,"type":') || '}' END
    || ']}';

UPDATE initial_access_token SET policy = '{"version":1,"credentials":[{"type":' || replace(substr(policy, 2, length(policy) - 2), ',', '},{"type":') || '}'
    || CASE WHEN optional_types = '[]' THEN '' ELSE ',{"required":false,"type":' || replace(substr(optional_types, 2, length(optional_types) - 2), ',', '},{"required":false,"type":') || '}' END
    || ']}';

ALTER TABLE partner DROP COLUMN optional_types;

ALTER TABLE initial_access_token DROP COLUMN optional_types;
