-- Handles are kept as sha256 only.
CREATE TABLE pushed_request (
    handle         BYTEA  NOT NULL PRIMARY KEY CHECK (length(handle) = 32),
    operator       TEXT   NOT NULL REFERENCES operator (id),
    redirect_uri   TEXT   NOT NULL,
    state          TEXT,
    code_challenge TEXT   NOT NULL,
    ui_locales     TEXT,
    expires_at     BIGINT NOT NULL
);

CREATE TABLE authorization_code (
    hash           BYTEA  NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    operator       TEXT   NOT NULL REFERENCES operator (id),
    verification   TEXT   NOT NULL REFERENCES verification (id),
    redirect_uri   TEXT   NOT NULL,
    code_challenge TEXT   NOT NULL,
    expires_at     BIGINT NOT NULL,
    redeemed_at    BIGINT
);

CREATE TABLE access_token (
    id           TEXT   NOT NULL PRIMARY KEY,
    code         BYTEA  NOT NULL UNIQUE REFERENCES authorization_code (hash),
    operator     TEXT   NOT NULL REFERENCES operator (id),
    player       TEXT   NOT NULL REFERENCES player (id),
    verification TEXT   NOT NULL REFERENCES verification (id),
    issued_at    BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT
);
