-- What people restrict themselves to. Nothing here is ever changed or taken back: a longer one stands beside the first.
CREATE TABLE self_restriction (
    id           TEXT   NOT NULL PRIMARY KEY,
    player       TEXT   NOT NULL REFERENCES player (id),
    iin_lookup   BYTEA  NOT NULL CHECK (length(iin_lookup) = 32), -- as restriction has it
    verification TEXT   NOT NULL REFERENCES verification (id),
    factor       TEXT   NOT NULL,
    starts_at    BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL CHECK (ends_at > starts_at)
);

CREATE INDEX self_restriction_person ON self_restriction (iin_lookup);
CREATE INDEX self_restriction_player ON self_restriction (player);
CREATE INDEX play_grant_player ON play_grant (player);

-- A case that a player opened: against which reason, once for each, and their own words.
ALTER TABLE review_case ADD COLUMN contested TEXT;
ALTER TABLE review_case ADD COLUMN statement BYTEA; -- encrypted
CREATE UNIQUE INDEX review_case_contested ON review_case (verification, contested);
