-- Whom to write to, how much may be asked, and whether anything may be asked at all.
ALTER TABLE operator ADD COLUMN contact TEXT;
ALTER TABLE operator ADD COLUMN requests_per_second BIGINT NOT NULL DEFAULT 100;
ALTER TABLE operator ADD COLUMN disabled_at BIGINT;

CREATE INDEX play_grant_operator ON play_grant (operator, ended_at);
