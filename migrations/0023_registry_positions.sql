-- Where the source goes on after a version: what it is asked with next.
ALTER TABLE restriction_version ADD COLUMN cursor TEXT;
ALTER TABLE restriction_version ADD COLUMN etag TEXT;
