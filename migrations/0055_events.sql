-- An operator asks for what it was told, from a place on.
CREATE INDEX webhook_message_id ON webhook_message (operator, id);
