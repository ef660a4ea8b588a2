-- What an approved verification lets an operator do for some hours. Tokens are not kept: they stand and fall with their grant.
CREATE TABLE play_grant (
    id           TEXT   NOT NULL PRIMARY KEY,
    code         BYTEA  NOT NULL UNIQUE REFERENCES authorization_code (hash),
    operator     TEXT   NOT NULL REFERENCES operator (id),
    player       TEXT   NOT NULL REFERENCES player (id),
    iin_lookup   BYTEA  NOT NULL CHECK (length(iin_lookup) = 32), -- as restriction has it
    verification TEXT   NOT NULL REFERENCES verification (id),
    factor       TEXT   NOT NULL,
    verified_at  BIGINT NOT NULL,
    confirmation TEXT, -- jkt or x5t; NULL of bearer tokens
    thumbprint   BYTEA  CHECK (length(thumbprint) = 32),
    status_list  BIGINT NOT NULL,
    status_index BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    UNIQUE (status_list, status_index)
);

CREATE INDEX play_grant_standing ON play_grant (ended_at, expires_at);
CREATE INDEX play_grant_ended ON play_grant (status_list, ended_at);

-- Handles are kept as sha256 only. A used one stays, to be known when it comes back.
CREATE TABLE refresh_token (
    hash       BYTEA  NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    play_grant TEXT   NOT NULL REFERENCES play_grant (id),
    issued_at  BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE INDEX refresh_token_grant ON refresh_token (play_grant);

-- DPoP proofs that were seen, until their nonce is old (RFC 9449 section 11.1).
CREATE TABLE dpop_proof (
    hash       BYTEA  NOT NULL PRIMARY KEY CHECK (length(hash) = 32), -- of key and jti
    expires_at BIGINT NOT NULL
);

CREATE INDEX dpop_proof_expired ON dpop_proof (expires_at);

-- How the operator wants the person verified (RFC 9470 section 4).
ALTER TABLE pushed_request ADD COLUMN acr_values TEXT;
ALTER TABLE verification ADD COLUMN request_acr_values TEXT;

-- The key that a request was pushed with (RFC 9449 section 10).
ALTER TABLE pushed_request ADD COLUMN dpop_jkt BYTEA CHECK (length(dpop_jkt) = 32);
ALTER TABLE verification ADD COLUMN request_dpop_jkt BYTEA CHECK (length(request_dpop_jkt) = 32);
ALTER TABLE authorization_code ADD COLUMN dpop_jkt BYTEA CHECK (length(dpop_jkt) = 32);

DROP TABLE access_token;
