-- How somebody of the staff made sure of whom they speak with, where what takes two asks for it.
ALTER TABLE proposal ADD COLUMN identity_check BYTEA; -- encrypted

-- What a person calls a factor of theirs, and when the one in the app was last used.
ALTER TABLE passkey ADD COLUMN name BYTEA; -- encrypted
ALTER TABLE totp ADD COLUMN name BYTEA; -- encrypted
ALTER TABLE totp ADD COLUMN used_at BIGINT;
