-- What takes two of the staff.
CREATE TABLE proposal (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    subject     TEXT   NOT NULL, -- a case, a source or a login
    measure     TEXT   NOT NULL, -- JSON
    why         TEXT   NOT NULL,
    staff       TEXT   NOT NULL REFERENCES staff (id),
    proposed_at BIGINT NOT NULL,
    second      TEXT   REFERENCES staff (id),
    settled_at  BIGINT,
    yes         BIGINT,
    done_at     BIGINT
);

CREATE INDEX proposal_subject ON proposal (subject, id);
CREATE INDEX proposal_waiting ON proposal (proposed_at) WHERE settled_at IS NULL;
