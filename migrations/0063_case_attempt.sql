-- Which capture of its verification a case shows, from 1 on; none where there was no camera, and for cases of an older version.
ALTER TABLE review_case ADD COLUMN attempt BIGINT;
