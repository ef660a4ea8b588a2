-- How a visit stands to the lock of its person: NULL, told or passed.
ALTER TABLE verification ADD COLUMN person_lock TEXT;
