-- Whom an operator knows by which subject: given to it when they were verified for it, and nothing leads back from it without this.
CREATE TABLE pairwise_subject (
    operator TEXT NOT NULL REFERENCES operator (id),
    subject  TEXT NOT NULL,
    player   TEXT NOT NULL REFERENCES player (id),
    PRIMARY KEY (operator, subject)
);

-- Who asked about a person, when and what for: theirs to see.
CREATE TABLE enquiry (
    id         TEXT   NOT NULL PRIMARY KEY, -- the answer's
    player     TEXT   NOT NULL REFERENCES player (id),
    operator   TEXT   NOT NULL REFERENCES operator (id),
    purpose    TEXT   NOT NULL,
    request_id TEXT   NOT NULL, -- the operator's own
    asked_at   BIGINT NOT NULL,
    allowed    BIGINT NOT NULL
);

CREATE INDEX enquiry_player ON enquiry (player, id);
CREATE INDEX verification_player ON verification (player, id);
