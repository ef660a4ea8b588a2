-- The browser that a face was seen in: a rejected one counts against whoever comes in the same.
ALTER TABLE face_sighting ADD COLUMN device BYTEA CHECK (length(device) = 32);
