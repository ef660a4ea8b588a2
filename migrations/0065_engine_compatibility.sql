-- contract: 65
-- The oldest program that may serve on this schema, by the number of its last migration. One row; a migration that takes something away raises it.
CREATE TABLE schema_compatibility (oldest_program BIGINT NOT NULL);
INSERT INTO schema_compatibility (oldest_program) VALUES (65);
