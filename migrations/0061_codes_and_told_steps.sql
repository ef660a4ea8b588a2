-- A player's way back may be asked for again while no code of the verification was redeemed: several codes, of which one is used.
CREATE UNIQUE INDEX authorization_code_redeemed ON authorization_code (verification) WHERE redeemed_at IS NOT NULL;
CREATE INDEX authorization_code_verification ON authorization_code (verification);

-- The step of which somebody was told that a clock is ahead: its code is not taken when its time comes.
ALTER TABLE totp ADD COLUMN told_step BIGINT;
