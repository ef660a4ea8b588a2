-- One SQL text for SQLite and PostgreSQL (docs/adr/0002-one-sql-text.md): BIGINT, TEXT, BYTEA and DOUBLE PRECISION only.
-- Times are microseconds since 1970 in UTC, flags are 0 or 1, ids are UUIDs in lower-case text, which sort by time.

CREATE TABLE operator (
    id             TEXT   NOT NULL PRIMARY KEY,
    name           TEXT   NOT NULL,
    authentication TEXT   NOT NULL,
    jwks           TEXT,
    secret_sha256  BYTEA  CHECK (length(secret_sha256) = 32),
    redirect_uris  TEXT   NOT NULL, -- JSON array of texts
    sandbox        BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    created_at     BIGINT NOT NULL
);

-- Client assertions that were seen, until they expire (RFC 7523 section 3, item 7).
CREATE TABLE client_assertion (
    operator   TEXT   NOT NULL REFERENCES operator (id),
    jti_sha256 BYTEA  NOT NULL CHECK (length(jti_sha256) = 32),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (operator, jti_sha256)
);
