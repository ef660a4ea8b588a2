-- What a source says comes in versions: staged, then switched to at once, and one step back is kept.
ALTER TABLE restriction_source ADD COLUMN version BIGINT NOT NULL DEFAULT 0; -- 0: none counts
ALTER TABLE restriction_source ADD COLUMN base BIGINT NOT NULL DEFAULT 0;

CREATE TABLE restriction_version (
    source         TEXT   NOT NULL,
    number         BIGINT NOT NULL,
    base           BIGINT NOT NULL, -- the oldest version whose rows count in it
    kind           TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    as_of          BIGINT NOT NULL,
    max_age_micros BIGINT NOT NULL,
    sha256         TEXT   NOT NULL,
    rows_counted   BIGINT NOT NULL,
    rows_added     BIGINT NOT NULL,
    rows_removed   BIGINT NOT NULL,
    rows_refused   BIGINT NOT NULL,
    report         TEXT   NOT NULL, -- JSON for people: suspicions, refused rows by line and column
    touched_at     BIGINT NOT NULL,
    PRIMARY KEY (source, number)
);

-- A row counts in version v of its source when base(v) <= since <= v, and until is NULL or > v. One index serves all: who asks
-- about a person, and who takes a record in or away. No foreign key: each of five million rows would ask for its source.
CREATE TABLE versioned_restriction (
    iin_lookup  BYTEA  NOT NULL CHECK (length(iin_lookup) = 32),
    source      TEXT   NOT NULL,
    source_key  TEXT   NOT NULL,
    since       BIGINT NOT NULL, -- the version that brought it
    until       BIGINT,          -- the version that took it away
    ground      TEXT   NOT NULL,
    legal_basis TEXT   NOT NULL,
    starts_at   BIGINT NOT NULL,
    ends_at     BIGINT,
    PRIMARY KEY (iin_lookup, source, source_key, since)
);

INSERT INTO restriction_version
SELECT name, 1, 1, 'snapshot', 'current', refreshed_at, max_age_micros, '',
       (SELECT COUNT(*) FROM restriction WHERE source = name), 0, 0, 0, '{}', refreshed_at
FROM restriction_source;

-- A key stood once for each ground of a person; it stands once for a person now.
INSERT INTO versioned_restriction
SELECT iin_lookup, source,
       CASE WHEN ground = (SELECT MIN(ground) FROM restriction AS first WHERE first.source = restriction.source
                             AND first.source_key = restriction.source_key AND first.iin_lookup = restriction.iin_lookup)
            THEN source_key ELSE source_key || ' ' || ground END,
       1, NULL, ground, legal_basis, starts_at, ends_at
FROM restriction;

UPDATE restriction_source SET version = 1, base = 1;

DROP TABLE restriction;
ALTER TABLE versioned_restriction RENAME TO restriction;
