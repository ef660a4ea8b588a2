-- Declared in the visit in which a first factor was made, it can be taken back until then, by an independent proof; else never.
-- One that was taken back ended at that moment: `ends_at` is moved there, and nowhere else ever.
ALTER TABLE self_restriction ADD COLUMN revocable_until BIGINT;
ALTER TABLE self_restriction ADD COLUMN taken_back_at BIGINT;
