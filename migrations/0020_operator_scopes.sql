-- What an operator may ask for, separated by blanks.
ALTER TABLE operator ADD COLUMN scopes TEXT NOT NULL DEFAULT 'play';
