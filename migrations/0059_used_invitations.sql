-- An invitation of the staff that was used is kept until it is shown once more: by whom it was meant for, perhaps, while somebody else
-- has joined by it.
ALTER TABLE staff_invitation ADD COLUMN used_at BIGINT;
