-- Whom an operator's assertions may name as their audience: our issuer alone (FAPI 2.0 Security Profile section 5.3.2.1, item 8), or
-- the endpoint, too, for a library that knows nothing else. Who was registered before may name either until that is changed.
ALTER TABLE operator ADD COLUMN assertion_audience TEXT NOT NULL DEFAULT 'issuer';
UPDATE operator SET assertion_audience = 'endpoint';
