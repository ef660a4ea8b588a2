-- State between the two halves of a passkey ceremony; taken and deleted in one statement.
CREATE TABLE passkey_ceremony (
    verification TEXT   NOT NULL REFERENCES verification (id),
    kind         TEXT   NOT NULL,
    state        BYTEA  NOT NULL, -- encrypted
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (verification, kind)
);

CREATE TABLE passkey (
    id            TEXT   NOT NULL PRIMARY KEY,
    player        TEXT   NOT NULL REFERENCES player (id),
    credential_id BYTEA  NOT NULL UNIQUE,
    content       BYTEA  NOT NULL, -- encrypted
    created_at    BIGINT NOT NULL,
    used_at       BIGINT
);

CREATE INDEX passkey_player ON passkey (player);

CREATE TABLE totp (
    player     TEXT   NOT NULL PRIMARY KEY REFERENCES player (id),
    secret     BYTEA  NOT NULL, -- encrypted
    last_step  BIGINT, -- NULL until a code has confirmed the enrolment
    created_at BIGINT NOT NULL
);

CREATE TABLE recovery_code_set (
    player TEXT  NOT NULL PRIMARY KEY REFERENCES player (id),
    salt   BYTEA NOT NULL CHECK (length(salt) = 16)
);

CREATE TABLE recovery_code (
    player  TEXT   NOT NULL REFERENCES recovery_code_set (player),
    place   BIGINT NOT NULL,
    hash    BYTEA  NOT NULL CHECK (length(hash) = 32), -- argon2id
    used_at BIGINT,
    PRIMARY KEY (player, place)
);

CREATE TABLE lockout (
    player       TEXT   NOT NULL PRIMARY KEY REFERENCES player (id),
    failures     BIGINT NOT NULL,
    locked_until BIGINT
);
