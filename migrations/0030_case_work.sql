-- How staff work on cases.
ALTER TABLE review_case ADD COLUMN assignee TEXT REFERENCES staff (id);
ALTER TABLE review_case ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- Whom a refusal fell for: once, on the same device, they go on without the camera.
ALTER TABLE review_case ADD COLUMN cleared_until BIGINT;
ALTER TABLE review_case ADD COLUMN cleared_device BYTEA;

-- Ids sort by time, so each is a queue.
CREATE INDEX review_case_status ON review_case (status, id);
CREATE INDEX review_case_operator ON review_case (operator, id);
CREATE INDEX review_case_player ON review_case (player, id);
CREATE INDEX review_case_assignee ON review_case (assignee, id);

CREATE TABLE case_reason (
    reason      TEXT NOT NULL,
    review_case TEXT NOT NULL REFERENCES review_case (id),
    PRIMARY KEY (reason, review_case)
);

CREATE TABLE case_decision (
    id          TEXT   NOT NULL PRIMARY KEY,
    review_case TEXT   NOT NULL REFERENCES review_case (id),
    conclusion  TEXT   NOT NULL,
    to_player   BYTEA, -- encrypted
    internal    BYTEA, -- encrypted
    staff       TEXT   NOT NULL REFERENCES staff (id),
    decided_at  BIGINT NOT NULL,
    second      TEXT   REFERENCES staff (id), -- who said yes or no
    settled_at  BIGINT,
    yes         BIGINT
);

CREATE INDEX case_decision_case ON case_decision (review_case, id);

-- When staff let the player go on.
ALTER TABLE verification ADD COLUMN reopened_at BIGINT;
