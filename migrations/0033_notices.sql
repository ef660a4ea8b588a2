-- Contacts of record of people in the embedded population register; one a channel.
CREATE TABLE contact_of_record (
    iin_lookup BYTEA  NOT NULL CHECK (length(iin_lookup) = 32),
    channel    TEXT   NOT NULL, -- sms or email
    address    BYTEA  NOT NULL, -- encrypted
    created_at BIGINT NOT NULL,
    PRIMARY KEY (iin_lookup, channel)
);

-- Notices to people: written in the transaction of what they tell of.
CREATE TABLE notice (
    id             TEXT   NOT NULL PRIMARY KEY,
    player         TEXT   NOT NULL REFERENCES player (id),
    kind           TEXT   NOT NULL,
    channel        TEXT   NOT NULL,
    locale         TEXT   NOT NULL,
    address_lookup BYTEA  NOT NULL CHECK (length(address_lookup) = 32), -- for the limits, until the row goes
    address        BYTEA, -- encrypted; forgotten at its end
    content        BYTEA, -- encrypted JSON; forgotten at its end
    created_at     BIGINT NOT NULL,
    state          TEXT   NOT NULL, -- pending, delivered or failed
    attempts       BIGINT NOT NULL, -- tries that were begun
    due_at         BIGINT NOT NULL, -- pending: the next try, or the end of the lease of the one under way; else: its end
    last_result    TEXT
);

CREATE INDEX notice_due ON notice (channel, due_at) WHERE state = 'pending';
CREATE INDEX notice_player ON notice (player, created_at);
CREATE INDEX notice_address ON notice (address_lookup, created_at);
CREATE INDEX notice_end ON notice (due_at);
