-- What strangers try, by browser and by address: how often in one period. Kept for a day.
CREATE TABLE stranger_try (
    kind     TEXT   NOT NULL, -- device or address
    subject  BYTEA  NOT NULL CHECK (length(subject) = 32), -- of a device the sha256 of its token, of an address its keyed hash
    what     TEXT   NOT NULL,
    began_at BIGINT NOT NULL, -- of the period
    tries    BIGINT NOT NULL,
    PRIMARY KEY (kind, subject, what, began_at)
);

CREATE INDEX stranger_try_began ON stranger_try (began_at);
