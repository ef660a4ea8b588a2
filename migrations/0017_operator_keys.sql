-- Where an operator publishes its keys, in place of the set itself.
ALTER TABLE operator ADD COLUMN jwks_uri TEXT;
