-- Who names a login that is nobody's is given a ceremony, too, so that the answers do not tell: it is of no row of staff.
-- Ceremonies live for two minutes; the ones under way are begun anew.
DROP TABLE staff_ceremony;

CREATE TABLE staff_ceremony (
    hash       BYTEA  NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    kind       TEXT   NOT NULL,
    staff      TEXT   NOT NULL, -- of staff, or of nobody
    state      BYTEA  NOT NULL, -- encrypted
    expires_at BIGINT NOT NULL
);

CREATE INDEX staff_ceremony_expired ON staff_ceremony (expires_at);
