-- The latest live template of a player, by kind, and confirmed attackers: what new faces are searched among.
CREATE TABLE face_sighting (
    id       TEXT   NOT NULL PRIMARY KEY, -- a new one with every change: replicas ask for what is newer
    kind     TEXT   NOT NULL,
    subject  TEXT   NOT NULL, -- player id; of an attacker the case id
    player   TEXT   REFERENCES player (id), -- under whose IIN it was seen
    model    TEXT   NOT NULL,
    seen_at  BIGINT NOT NULL,
    template BYTEA, -- encrypted; NULL when it was taken back, so that replicas learn of it
    UNIQUE (subject, kind)
);

CREATE INDEX face_sighting_seen ON face_sighting (seen_at);

-- Two whose likeness staff looked at and found innocent; the lesser id stands first.
CREATE TABLE face_clearance (
    one        TEXT   NOT NULL,
    other      TEXT   NOT NULL,
    from_case  TEXT   NOT NULL REFERENCES review_case (id),
    cleared_at BIGINT NOT NULL,
    PRIMARY KEY (one, other)
);

CREATE INDEX face_clearance_other ON face_clearance (other);

-- Whom the face of a case was like.
ALTER TABLE review_case ADD COLUMN face_hits BYTEA; -- encrypted JSON
