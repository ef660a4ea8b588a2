-- Over which contact of record a code went; unknown for those of before, which are deleted within a day.
ALTER TABLE contact_code ADD COLUMN channel TEXT; -- sms or email

-- Over which one the visit was proven in which it was declared: a code of another one can take it back.
ALTER TABLE self_restriction ADD COLUMN declared_over TEXT; -- sms or email
