-- Whether an ID token was asked for beside the access token (scope openid), and the nonce that goes into it (OpenID Connect Core
-- section 3.1.2.1).
ALTER TABLE pushed_request ADD COLUMN openid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pushed_request ADD COLUMN nonce TEXT;
ALTER TABLE verification ADD COLUMN request_openid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE verification ADD COLUMN request_nonce TEXT;
ALTER TABLE play_grant ADD COLUMN openid BIGINT NOT NULL DEFAULT 0;
