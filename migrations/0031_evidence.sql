-- What a decision was made of, under a key of its own: erasing is forgetting that key. What the log has of it, its hash, stays.
CREATE TABLE case_evidence (
    review_case TEXT   NOT NULL PRIMARY KEY REFERENCES review_case (id),
    digest      BYTEA CHECK (length(digest) = 32), -- none for cases of an older version
    own_key     BYTEA, -- encrypted; none once erased
    record      BYTEA, -- under that key
    best        BIGINT, -- the picture that stands for the case
    erased_at   BIGINT,
    held_by     TEXT   REFERENCES staff (id),
    held_since  BIGINT
);

CREATE INDEX case_evidence_kept ON case_evidence (review_case) WHERE erased_at IS NULL;

CREATE TABLE case_picture (
    review_case TEXT   NOT NULL REFERENCES case_evidence (review_case),
    number      BIGINT NOT NULL,
    picture     BYTEA  NOT NULL, -- JPEG under the case's key
    sha256      BYTEA  NOT NULL CHECK (length(sha256) = 32), -- of the JPEG
    PRIMARY KEY (review_case, number)
);

-- One frame sent in two captures is the mark of a recording.
CREATE INDEX case_picture_sha256 ON case_picture (sha256);

-- What cues saw, by which staff look for attacks of a kind.
CREATE TABLE case_finding (
    finding     TEXT NOT NULL,
    review_case TEXT NOT NULL REFERENCES review_case (id),
    PRIMARY KEY (finding, review_case)
);

-- What staff look at first.
ALTER TABLE review_case ADD COLUMN risk TEXT NOT NULL DEFAULT 'low';
UPDATE review_case SET risk = 'medium' WHERE id IN (
    SELECT review_case FROM case_reason WHERE reason IN ('presentation_doubtful', 'face_mismatch', 'face_doubtful'));
UPDATE review_case SET risk = 'high' WHERE id IN (
    SELECT review_case FROM case_reason WHERE reason IN ('presentation_attack', 'face_seen_elsewhere', 'capture_face_changed'));
CREATE INDEX review_case_risk ON review_case (risk, id);

-- How long staff take.
CREATE INDEX case_decision_decided ON case_decision (decided_at);

-- The trail of a case. Tokens are left out: they are issued by the thousand a second, and belong to grants.
CREATE INDEX audit_event_subject ON audit_event (subject, sequence) WHERE kind <> 'token_issued';

-- Roots of full subtrees of 256 leaves (level 1), and of 256 of those (level 2) and so on: RFC 9162 section 2.1.
CREATE TABLE audit_tile (
    level BIGINT NOT NULL,
    place BIGINT NOT NULL,
    hash  BYTEA  NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, place)
);
