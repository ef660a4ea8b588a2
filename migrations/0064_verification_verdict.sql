-- expand
-- What came of a verification, beside the JSON of its outcome: figures count by it. A text that began otherwise would be none of ours and stays out.
ALTER TABLE verification ADD COLUMN verdict TEXT;
UPDATE verification SET verdict = CASE
    WHEN outcome LIKE '{"verdict":"approved"%' THEN 'approved'
    WHEN outcome LIKE '{"verdict":"refused"%' THEN 'refused'
    WHEN outcome LIKE '{"verdict":"under_review"%' THEN 'under_review'
    WHEN outcome LIKE '{"verdict":"cancelled"%' THEN 'cancelled'
END WHERE outcome IS NOT NULL;
