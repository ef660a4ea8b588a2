-- What has expired is found without a look at everything that has not.
CREATE INDEX client_assertion_expiry ON client_assertion (expires_at);
