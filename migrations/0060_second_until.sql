-- Until when somebody could say yes as the second: who stops them does not become alone by it.
ALTER TABLE staff ADD COLUMN second_until BIGINT;
