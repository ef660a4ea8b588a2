-- A factor that waits until it counts, and what became of it. A player has one open at most.
CREATE TABLE held_enrolment (
    id           TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL, -- first or recovery
    player       TEXT   NOT NULL REFERENCES player (id),
    verification TEXT   NOT NULL REFERENCES verification (id),
    began_at     BIGINT NOT NULL,
    until        BIGINT NOT NULL CHECK (until > began_at),
    not_me       BYTEA  NOT NULL UNIQUE CHECK (length(not_me) = 32), -- sha256 of the token in the notice
    ended_at     BIGINT,
    how          TEXT -- passed, not_me, overruled
);

CREATE UNIQUE INDEX held_enrolment_open ON held_enrolment (player) WHERE ended_at IS NULL;

-- What was shown before a factor was bound; all that was before was bound on the face alone. Of a held one also by which
-- hold, and from when it counts.
ALTER TABLE passkey ADD COLUMN bound_by TEXT NOT NULL DEFAULT 'face';
ALTER TABLE passkey ADD COLUMN hold TEXT REFERENCES held_enrolment (id);
ALTER TABLE passkey ADD COLUMN counts_from BIGINT;
ALTER TABLE totp ADD COLUMN bound_by TEXT NOT NULL DEFAULT 'face';
ALTER TABLE totp ADD COLUMN hold TEXT REFERENCES held_enrolment (id);
ALTER TABLE totp ADD COLUMN counts_from BIGINT;

CREATE INDEX passkey_hold ON passkey (hold);

-- What the second factor of a verification stands on, and of a held one from when it counts.
ALTER TABLE verification ADD COLUMN bound_by TEXT;
ALTER TABLE verification ADD COLUMN held_until BIGINT;
UPDATE verification SET bound_by = 'face' WHERE factor IS NOT NULL;

ALTER TABLE play_grant ADD COLUMN bound_by TEXT NOT NULL DEFAULT 'face';
