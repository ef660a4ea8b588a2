-- Keyed hashes of IINs are hashed anew under further keys. Numbers: 0 is the first key, each later one is wrapped around those before.
CREATE TABLE lookup_key (
    generation BIGINT NOT NULL PRIMARY KEY,
    proof      BYTEA  NOT NULL CHECK (length(proof) = 32) -- of the keys: with others nobody would be found, and nobody refused
);

ALTER TABLE restriction_source ADD COLUMN key_generation BIGINT NOT NULL DEFAULT 0;  -- of the version that counts
ALTER TABLE restriction_version ADD COLUMN key_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE play_grant ADD COLUMN key_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE play_grant ADD COLUMN iin_lookup_before BYTEA; -- under the keys without the last, for sources that do not have it yet
ALTER TABLE self_restriction ADD COLUMN key_generation BIGINT NOT NULL DEFAULT 0;
