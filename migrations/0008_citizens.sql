-- The embedded population register.
CREATE TABLE citizen (
    iin_lookup BYTEA  NOT NULL PRIMARY KEY CHECK (length(iin_lookup) = 32),
    iin        BYTEA  NOT NULL, -- encrypted
    name       BYTEA  NOT NULL, -- encrypted
    photo      BYTEA  NOT NULL, -- encrypted
    sandbox    BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    created_at BIGINT NOT NULL,
    place      BIGINT NOT NULL -- order within one import
);
