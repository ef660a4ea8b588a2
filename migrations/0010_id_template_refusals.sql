-- ID photos that the model in use makes no template of: the re-embedding job does not try them for ever.
CREATE TABLE id_template_refusal (
    player     TEXT   NOT NULL REFERENCES player (id),
    model      TEXT   NOT NULL,
    reason     TEXT   NOT NULL, -- a reason code
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (player, model)
);
