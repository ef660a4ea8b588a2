-- Compliance staff: who they are, and the passkeys that they sign in with.
CREATE TABLE staff (
    id          TEXT   NOT NULL PRIMARY KEY,
    login       TEXT   NOT NULL UNIQUE,
    name        TEXT   NOT NULL,
    roles       TEXT   NOT NULL, -- between blanks
    added_at    BIGINT NOT NULL,
    disabled_at BIGINT
);

-- The way to the first passkey, once; the newest alone.
CREATE TABLE staff_invitation (
    staff      TEXT   NOT NULL PRIMARY KEY REFERENCES staff (id),
    hash       BYTEA  NOT NULL UNIQUE CHECK (length(hash) = 32),
    expires_at BIGINT NOT NULL
);

CREATE TABLE staff_passkey (
    id            TEXT   NOT NULL PRIMARY KEY,
    staff         TEXT   NOT NULL REFERENCES staff (id),
    credential_id BYTEA  NOT NULL UNIQUE,
    content       BYTEA  NOT NULL, -- encrypted
    created_at    BIGINT NOT NULL,
    used_at       BIGINT
);

CREATE INDEX staff_passkey_staff ON staff_passkey (staff);

-- State between the two halves of a passkey ceremony, under the hash of the handle that only the browser has; taken and
-- deleted in one statement.
CREATE TABLE staff_ceremony (
    hash       BYTEA  NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    kind       TEXT   NOT NULL,
    staff      TEXT   NOT NULL REFERENCES staff (id),
    state      BYTEA  NOT NULL, -- encrypted
    expires_at BIGINT NOT NULL
);

CREATE INDEX staff_ceremony_expired ON staff_ceremony (expires_at);

CREATE TABLE staff_session (
    hash      BYTEA  NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    staff     TEXT   NOT NULL REFERENCES staff (id),
    began_at  BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL,
    proven_at BIGINT NOT NULL
);

CREATE INDEX staff_session_staff ON staff_session (staff);
