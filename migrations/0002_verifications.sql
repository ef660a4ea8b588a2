-- A player is found by a keyed hash of the IIN; the IIN itself is encrypted.
CREATE TABLE player (
    id         TEXT   NOT NULL PRIMARY KEY,
    iin_lookup BYTEA  NOT NULL UNIQUE CHECK (length(iin_lookup) = 32),
    iin        BYTEA  NOT NULL, -- encrypted
    created_at BIGINT NOT NULL
);

-- The template of a player's ID photo, one for each model.
CREATE TABLE id_template (
    player   TEXT  NOT NULL REFERENCES player (id),
    model    TEXT  NOT NULL,
    photo    BYTEA NOT NULL CHECK (length(photo) = 32), -- sha256
    template BYTEA NOT NULL, -- encrypted
    PRIMARY KEY (player, model)
);

CREATE TABLE verification (
    id                     TEXT   NOT NULL PRIMARY KEY,
    operator               TEXT   NOT NULL REFERENCES operator (id),
    request_redirect_uri   TEXT   NOT NULL,
    request_state          TEXT,
    request_code_challenge TEXT   NOT NULL,
    request_ui_locales     TEXT,
    request_expires_at     BIGINT NOT NULL,
    session                BYTEA  NOT NULL UNIQUE CHECK (length(session) = 32),
    stage                  TEXT   NOT NULL,
    started_at             BIGINT NOT NULL,
    consent_at             BIGINT,
    consent_version        TEXT,
    player                 TEXT   REFERENCES player (id),
    face_attempts          BIGINT NOT NULL,
    face_at                BIGINT,
    factor                 TEXT,
    outcome                TEXT, -- JSON
    decided_at             BIGINT,
    revision               BIGINT NOT NULL
);
