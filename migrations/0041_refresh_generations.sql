-- How many renewals lie between a grant's first refresh token and this one, and the latest of which one was used: a token serves
-- for as long as none of a later generation was (FAPI 2.0 Security Profile section 5.3.2.1, item 9).
ALTER TABLE refresh_token ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE play_grant ADD COLUMN latest_generation BIGINT;
