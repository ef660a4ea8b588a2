-- What frames of a player's recent captures looked like from far away, so that a recording is known again.
CREATE TABLE frame_fingerprint (
    verification TEXT   NOT NULL REFERENCES verification (id),
    attempt      BIGINT NOT NULL,
    player       TEXT   NOT NULL REFERENCES player (id),
    seen_at      BIGINT NOT NULL,
    frames       BYTEA  NOT NULL, -- encrypted: one fingerprint after the other
    PRIMARY KEY (verification, attempt)
);

CREATE INDEX frame_fingerprint_player ON frame_fingerprint (player, seen_at);
CREATE INDEX frame_fingerprint_seen ON frame_fingerprint (seen_at);
