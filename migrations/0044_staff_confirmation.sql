-- Whoever comes in by an invitation counts for nothing until another than who asked for them has confirmed the passkey.
ALTER TABLE staff ADD COLUMN asked_by TEXT NOT NULL DEFAULT ''; -- between blanks; none: whoever has the machine
ALTER TABLE staff ADD COLUMN confirmed_at BIGINT;

-- Who had a passkey counted before, and counts. Who had not joined yet is invited anew: nobody knows any more who asked.
UPDATE staff SET confirmed_at = added_at WHERE EXISTS (SELECT 1 FROM staff_passkey WHERE staff_passkey.staff = staff.id);
DELETE FROM staff_invitation;

-- The code that a new one sees and tells: the newest alone.
CREATE TABLE staff_confirmation (
    staff      TEXT   NOT NULL PRIMARY KEY REFERENCES staff (id),
    code       BYTEA  NOT NULL, -- its keyed hash, encrypted
    tries      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
