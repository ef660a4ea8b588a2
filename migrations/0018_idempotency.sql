-- Writes by the API, and what was answered: whoever sends one again gets the same answer (kept for a day).
CREATE TABLE idempotent_request (
    key_sha256     BYTEA  NOT NULL PRIMARY KEY CHECK (length(key_sha256) = 32),
    request_sha256 BYTEA  NOT NULL CHECK (length(request_sha256) = 32),
    status         BIGINT NOT NULL,
    answer         BYTEA  NOT NULL, -- encrypted
    created_at     BIGINT NOT NULL
);

CREATE INDEX idempotent_request_age ON idempotent_request (created_at);
