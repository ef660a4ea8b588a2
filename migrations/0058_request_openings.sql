-- How often a pushed request was opened: each time a verification begins, and whoever has the link can open it again and again until
-- somebody consents.
ALTER TABLE pushed_request ADD COLUMN openings BIGINT NOT NULL DEFAULT 0;
