-- The credential types that a scope of a partner's request adds to its policy: a JSON array of names.

ALTER TABLE partner ADD COLUMN optional_types TEXT NOT NULL DEFAULT '[]';
