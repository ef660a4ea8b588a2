-- Where operators want to be told of events; one endpoint an operator.
CREATE TABLE webhook_endpoint (
    operator    TEXT   NOT NULL PRIMARY KEY REFERENCES operator (id),
    url         TEXT   NOT NULL,
    secret      BYTEA  NOT NULL, -- encrypted, bound to the URL, too
    old_secret  BYTEA, -- encrypted; signs beside the new one until old_until
    old_until   BIGINT,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

-- The outbox: written in the transaction of the decision that a message tells of.
CREATE TABLE webhook_message (
    id          TEXT   NOT NULL PRIMARY KEY,
    operator    TEXT   NOT NULL REFERENCES operator (id),
    kind        TEXT   NOT NULL,
    body        TEXT   NOT NULL, -- JSON exactly as signed
    created_at  BIGINT NOT NULL,
    state       TEXT   NOT NULL, -- pending, delivered or failed
    attempts    BIGINT NOT NULL, -- tries that were begun
    due_at      BIGINT NOT NULL, -- pending: the next try, or the end of the lease of the one under way; else: its end
    last_result TEXT             -- an HTTP status, or why there was none
);

CREATE INDEX webhook_message_operator ON webhook_message (operator, state, due_at);
CREATE INDEX webhook_message_due ON webhook_message (due_at);
