CREATE TABLE audit_event (
    sequence BIGINT NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    subject  TEXT   NOT NULL,
    details  TEXT   NOT NULL, -- JSON exactly as hashed
    previous BYTEA  NOT NULL CHECK (length(previous) = 32),
    hash     BYTEA  NOT NULL CHECK (length(hash) = 32)
);

-- One row: the end of the chain, and the lock that makes appenders wait for each other.
CREATE TABLE audit_head (
    id       BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash     BYTEA  NOT NULL CHECK (length(hash) = 32)
);
