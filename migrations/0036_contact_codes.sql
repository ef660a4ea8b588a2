-- Codes that went to a contact of record, one row for each; kept for a day, so that they can be counted.
CREATE TABLE contact_code (
    id           TEXT   NOT NULL PRIMARY KEY,
    verification TEXT   NOT NULL REFERENCES verification (id),
    player       TEXT   NOT NULL REFERENCES player (id),
    secret       BYTEA  NOT NULL, -- encrypted: salt, keyed hash of the code, and the masked address
    sent_at      BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    used_at      BIGINT
);

CREATE INDEX contact_code_verification ON contact_code (verification, id);
CREATE INDEX contact_code_player ON contact_code (player, sent_at);
CREATE INDEX contact_code_sent ON contact_code (sent_at);

-- Wrong codes of a person over all sessions, apart from those of a second factor: an enrolment must not wipe them out.
CREATE TABLE contact_lockout (
    player       TEXT   NOT NULL PRIMARY KEY REFERENCES player (id),
    failures     BIGINT NOT NULL,
    locked_until BIGINT
);
