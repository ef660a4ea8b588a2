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

-- Of the cases that are there: a code stands in JSON between quotes.
INSERT INTO case_reason (reason, review_case)
SELECT code, id FROM review_case JOIN (
    SELECT 'picture_empty' AS code UNION ALL SELECT 'picture_too_many_bytes' UNION ALL SELECT 'picture_format'
    UNION ALL SELECT 'picture_too_many_pixels' UNION ALL SELECT 'picture_damaged' UNION ALL SELECT 'no_face' UNION ALL SELECT 'several_faces'
    UNION ALL SELECT 'face_too_small' UNION ALL SELECT 'face_too_large' UNION ALL SELECT 'face_cut_off' UNION ALL SELECT 'face_turned'
    UNION ALL SELECT 'too_dark' UNION ALL SELECT 'too_bright' UNION ALL SELECT 'low_contrast' UNION ALL SELECT 'blurred'
    UNION ALL SELECT 'capture_timeout' UNION ALL SELECT 'capture_attempts' UNION ALL SELECT 'capture_retry' UNION ALL SELECT 'capture_face_changed'
    UNION ALL SELECT 'presentation_attack' UNION ALL SELECT 'presentation_doubtful' UNION ALL SELECT 'face_mismatch' UNION ALL SELECT 'face_doubtful'
    UNION ALL SELECT 'face_seen_elsewhere' UNION ALL SELECT 'review_needed' UNION ALL SELECT 'id_photo_unusable' UNION ALL SELECT 'person_not_found'
    UNION ALL SELECT 'under_21' UNION ALL SELECT 'restricted_debtor' UNION ALL SELECT 'restricted_court' UNION ALL SELECT 'restricted_civil_servant'
    UNION ALL SELECT 'restricted_military' UNION ALL SELECT 'restricted_law_enforcement' UNION ALL SELECT 'restricted_special_services'
    UNION ALL SELECT 'restricted_self' UNION ALL SELECT 'restricted_cool_off' UNION ALL SELECT 'restricted_deceased'
    UNION ALL SELECT 'restricted_document' UNION ALL SELECT 'restrictions_unknown' UNION ALL SELECT 'cancelled' UNION ALL SELECT 'expired'
) AS codes ON reasons LIKE '%"' || code || '"%';

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

-- Cases of one browser are seen together.
CREATE INDEX verification_device ON verification (device);

CREATE INDEX verification_decided ON verification (decided_at);

-- When staff let the player go on.
ALTER TABLE verification ADD COLUMN reopened_at BIGINT;
