-- By which pushed request a verification began: it is used up by the first consent, and not by whoever merely opens the link
-- (FAPI 2.0 Security Profile section 5.3.2.2, note 3).
ALTER TABLE verification ADD COLUMN request_handle BYTEA CHECK (length(request_handle) = 32);
