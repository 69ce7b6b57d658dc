-- restored_at: the list gave slots when a backup was made that the database was put back to. What it gave since is not known.

ALTER TABLE status_list ADD COLUMN restored_at BIGINT;
