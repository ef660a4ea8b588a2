-- expand
-- Background jobs: who does one just now, how its last run ended, when it is due; `asked`: 1 when somebody wants it at once. Nothing of a person.
CREATE TABLE job (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT,
    leased_until BIGINT,
    begun_at BIGINT,
    ended_at BIGINT,
    result TEXT,
    failure TEXT,
    succeeded_at BIGINT,
    due_at BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    failures BIGINT NOT NULL
);
