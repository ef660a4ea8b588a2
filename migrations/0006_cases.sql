-- Not named "case": SQL has that word.
CREATE TABLE review_case (
    id           TEXT   NOT NULL PRIMARY KEY,
    verification TEXT   NOT NULL REFERENCES verification (id),
    operator     TEXT   NOT NULL REFERENCES operator (id),
    player       TEXT   REFERENCES player (id),
    opened_at    BIGINT NOT NULL,
    status       TEXT   NOT NULL,
    reasons      TEXT   NOT NULL, -- JSON array of codes
    scores       BYTEA  NOT NULL, -- encrypted JSON
    frame        BYTEA -- encrypted JPEG
);
