-- Failed captures of a person and of a browser, and until when they lock.
CREATE TABLE face_lockout (
    kind         TEXT   NOT NULL, -- person or device
    subject      BYTEA  NOT NULL, -- the player id's 16 bytes; of a device the sha256 of the token in its cookie
    failures     BIGINT NOT NULL,
    locks        BIGINT NOT NULL,
    locked_until BIGINT,
    failed_at    BIGINT,
    PRIMARY KEY (kind, subject)
);

CREATE INDEX face_lockout_failed ON face_lockout (failed_at);

-- The browser that it runs in; NULL of those begun before this column was there.
ALTER TABLE verification ADD COLUMN device BYTEA CHECK (length(device) = 32);
