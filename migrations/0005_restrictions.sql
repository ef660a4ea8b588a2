CREATE TABLE restriction_source (
    name           TEXT   NOT NULL PRIMARY KEY,
    refreshed_at   BIGINT NOT NULL,
    max_age_micros BIGINT NOT NULL
);

CREATE TABLE restriction (
    source      TEXT   NOT NULL REFERENCES restriction_source (name),
    source_key  TEXT   NOT NULL,
    iin_lookup  BYTEA  NOT NULL CHECK (length(iin_lookup) = 32),
    ground      TEXT   NOT NULL,
    legal_basis TEXT   NOT NULL,
    starts_at   BIGINT NOT NULL,
    ends_at     BIGINT,
    PRIMARY KEY (source, source_key, iin_lookup, ground)
);

CREATE INDEX restriction_iin ON restriction (iin_lookup);
