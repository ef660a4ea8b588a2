DELETE FROM audit_event WHERE sequence = 2
DELETE FROM audit_event WHERE sequence = 3
DELETE FROM audit_head
DELETE FROM case_picture WHERE review_case = $1
DELETE FROM citizen WHERE iin_lookup = $1 AND sandbox = 1
DELETE FROM client_assertion WHERE expires_at <= $1
DELETE FROM contact_code WHERE id IN (SELECT id FROM contact_code WHERE sent_at < $1 LIMIT $2)
DELETE FROM contact_of_record WHERE iin_lookup IN ($1)
DELETE FROM contact_of_record WHERE iin_lookup IN ($1, $2)
DELETE FROM contact_of_record WHERE iin_lookup IN ($1, $2, $3)
DELETE FROM dpop_proof WHERE expires_at <= $1
DELETE FROM enquiry WHERE id IN (SELECT id FROM enquiry WHERE id < $1 ORDER BY id LIMIT $2)
DELETE FROM face_lockout WHERE failed_at < $1 AND (locked_until IS NULL OR locked_until <= $2) AND (kind, subject) IN (SELECT kind, subject FROM face_lockout WHERE failed_at < $1 LIMIT $3)
DELETE FROM face_sighting WHERE id IN (SELECT id FROM face_sighting WHERE (kind <> 'attacker' AND seen_at < $1) OR (template IS NULL AND seen_at < $2) LIMIT $3)
DELETE FROM frame_fingerprint WHERE (verification, attempt) IN (SELECT verification, attempt FROM frame_fingerprint WHERE seen_at < $1 LIMIT $2)
DELETE FROM id_template WHERE model <> $1 AND player IN (SELECT t.player FROM id_template t WHERE t.model = $1)
DELETE FROM id_template_refusal WHERE model <> $1
DELETE FROM id_template_refusal WHERE model = $1
DELETE FROM id_template_refusal WHERE player = $1 AND model = $2
DELETE FROM idempotent_request WHERE created_at < $1
DELETE FROM lockout WHERE player = $1
DELETE FROM notice WHERE due_at < $1 AND id IN (SELECT id FROM notice WHERE due_at < $1 LIMIT $2)
DELETE FROM passkey WHERE hold = $1
DELETE FROM passkey WHERE player = $1
DELETE FROM passkey WHERE player = $1 AND id = $2
DELETE FROM passkey_ceremony WHERE kind IN ('addition', 'totp_addition') AND verification IN (SELECT id FROM verification WHERE player = $1)
DELETE FROM passkey_ceremony WHERE verification = $1 AND kind = $2 RETURNING state, expires_at
DELETE FROM passkey_ceremony WHERE verification IN (SELECT id FROM verification WHERE player = $1)
DELETE FROM pushed_request WHERE handle = $1
DELETE FROM pushed_request WHERE handle IN (SELECT handle FROM pushed_request WHERE expires_at < $1 LIMIT $2)
DELETE FROM recovery_code WHERE player = $1
DELETE FROM recovery_code WHERE player = $1 AND NOT EXISTS (SELECT 1 FROM passkey WHERE player = $1) AND NOT EXISTS (SELECT 1 FROM totp WHERE player = $1)
DELETE FROM recovery_code_set WHERE player = $1
DELETE FROM recovery_code_set WHERE player = $1 AND NOT EXISTS (SELECT 1 FROM passkey WHERE player = $1) AND NOT EXISTS (SELECT 1 FROM totp WHERE player = $1)
DELETE FROM restriction WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND since <= $4 AND NOT ((since BETWEEN 1 AND 3 AND (until IS NULL OR until > 3)) OR (since BETWEEN 1 AND 2 AND (until IS NULL OR until > 2)))
DELETE FROM restriction WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND since = $4
DELETE FROM staff_confirmation WHERE staff = $1
DELETE FROM staff_invitation WHERE hash = $1 AND expires_at > $2 AND used_at IS NOT NULL RETURNING staff
DELETE FROM stranger_try WHERE began_at < $1 AND (kind, subject, what, began_at) IN (SELECT kind, subject, what, began_at FROM stranger_try WHERE began_at < $1 LIMIT $2)
DELETE FROM totp WHERE hold = $1
DELETE FROM totp WHERE player = $1
DELETE FROM totp WHERE player = $1 AND last_step IS NOT NULL
DELETE FROM webhook_endpoint WHERE operator = $1
DELETE FROM webhook_message WHERE due_at < $1 AND id IN (SELECT id FROM webhook_message WHERE due_at < $1 LIMIT $2)
INSERT INTO audit_event (sequence, kind, at, subject, details, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)
INSERT INTO audit_event (sequence, kind, at, subject, details, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14), ($15, $16, $17, $18, $19, $20, $21)
INSERT INTO audit_head (id, sequence, hash) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING sequence, hash
INSERT INTO audit_tile (level, place, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
INSERT INTO authorization_code (hash, operator, verification, redirect_uri, code_challenge, dpop_jkt, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING
INSERT INTO case_evidence (review_case, digest, own_key, record, best) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
INSERT INTO case_evidence (review_case, erased_at) VALUES ($1, $2) ON CONFLICT (review_case) DO UPDATE SET own_key = NULL, record = NULL, erased_at = $2 WHERE case_evidence.erased_at IS NULL AND case_evidence.held_by IS NULL
INSERT INTO case_evidence (review_case, held_by, held_since) VALUES ($1, $2, $3) ON CONFLICT (review_case) DO UPDATE SET held_by = $2, held_since = $3 WHERE case_evidence.erased_at IS NULL
INSERT INTO case_finding (finding, review_case) VALUES ($1, $2)
INSERT INTO case_picture (review_case, number, picture, sha256) VALUES ($1, $2, $3, $4)
INSERT INTO case_reason (reason, review_case) VALUES ($1, $2)
INSERT INTO citizen (iin_lookup, iin, name, photo, sandbox, created_at, place) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (iin_lookup) DO UPDATE SET iin = excluded.iin, name = excluded.name, photo = excluded.photo, sandbox = excluded.sandbox
INSERT INTO citizen (iin_lookup, iin, name, photo, sandbox, created_at, place) VALUES ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14) ON CONFLICT (iin_lookup) DO UPDATE SET iin = excluded.iin, name = excluded.name, photo = excluded.photo, sandbox = excluded.sandbox
INSERT INTO client_assertion (operator, jti_sha256, expires_at) VALUES ($1, $2, $3) ON CONFLICT (operator, jti_sha256) DO NOTHING RETURNING operator, jti_sha256
INSERT INTO contact_code (id, verification, player, purpose, channel, secret, sent_at, tries, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
INSERT INTO contact_lockout (player, failures, locked_until) VALUES ($1, $2, $3) ON CONFLICT (player) DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until
INSERT INTO contact_of_record (iin_lookup, channel, address, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
INSERT INTO contact_of_record (iin_lookup, channel, address, created_at) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8) ON CONFLICT DO NOTHING
INSERT INTO contact_of_record (iin_lookup, channel, address, created_at) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8), ($9, $10, $11, $12) ON CONFLICT DO NOTHING
INSERT INTO dpop_proof (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING RETURNING hash
INSERT INTO dpop_proof (hash, expires_at) VALUES ($1, $2), ($3, $4) ON CONFLICT (hash) DO NOTHING RETURNING hash
INSERT INTO enquiry (id, player, operator, purpose, request_id, asked_at, allowed) VALUES ($1, $2, $3, $4, $5, $6, $7)
INSERT INTO enquiry (id, player, operator, purpose, request_id, asked_at, allowed) VALUES ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14), ($15, $16, $17, $18, $19, $20, $21), ($22, $23, $24, $25, $26, $27, $28), ($29, $30, $31, $32, $33, $34, $35)
INSERT INTO face_clearance (one, other, from_case, cleared_at) VALUES ($1, $2, $3, $4) ON CONFLICT (one, other) DO NOTHING
INSERT INTO face_lockout (kind, subject, failures, locks, locked_until, failed_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, subject) DO UPDATE SET failures = excluded.failures, locks = excluded.locks, locked_until = excluded.locked_until, failed_at = excluded.failed_at
INSERT INTO face_lockout (kind, subject, failures, locks, locked_until, failed_at) VALUES ($1, $2, 0, 0, NULL, NULL) ON CONFLICT (kind, subject) DO UPDATE SET failures = face_lockout.failures RETURNING failures, locks, locked_until, failed_at
INSERT INTO face_sighting (id, kind, subject, player, model, seen_at, template, device) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (subject, kind) DO UPDATE SET id = excluded.id, player = excluded.player, model = excluded.model, seen_at = excluded.seen_at, template = excluded.template, device = excluded.device
INSERT INTO frame_fingerprint (verification, attempt, player, seen_at, frames) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (verification, attempt) DO NOTHING
INSERT INTO held_enrolment (id, kind, player, verification, began_at, until, not_me, ended_at, how) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
INSERT INTO id_template (player, model, photo, template) VALUES ($1, $2, $3, $4) ON CONFLICT (player, model) DO UPDATE SET photo = excluded.photo, template = excluded.template
INSERT INTO id_template_refusal (player, model, reason, refused_at) VALUES ($1, $2, $3, $4) ON CONFLICT (player, model) DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at
INSERT INTO idempotent_request (key_sha256, request_sha256, status, answer, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_sha256) DO NOTHING
INSERT INTO lockout (player, failures, locked_until) VALUES ($1, $2, $3) ON CONFLICT (player) DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until
INSERT INTO lookup_key (generation, proof) VALUES (0, $1) ON CONFLICT DO NOTHING
INSERT INTO notice (id, player, kind, channel, locale, address_lookup, address, content, created_at, state, attempts, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
INSERT INTO operator (id, name, authentication, jwks, secret_sha256, redirect_uris, sandbox, created_at, contact, requests_per_second, disabled_at, jwks_uri, scopes, assertion_audience) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING
INSERT INTO pairwise_subject (operator, subject, player) VALUES ($1, $2, $3) ON CONFLICT (operator, subject) DO NOTHING
INSERT INTO passkey (id, player, credential_id, content, created_at, bound_by, hold, counts_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
INSERT INTO passkey_ceremony (verification, kind, state, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (verification, kind) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at
INSERT INTO play_grant (id, code, operator, player, verification, factor, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, iin_lookup, iin_lookup_before, key_generation, bound_by, openid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING
INSERT INTO player (id, iin_lookup, iin, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (iin_lookup) DO NOTHING
INSERT INTO proposal (id, kind, subject, measure, why, staff, proposed_at, identity_check) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
INSERT INTO pushed_request (handle, operator, redirect_uri, state, code_challenge, ui_locales, acr_values, dpop_jkt, expires_at, openid, nonce) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (handle) DO NOTHING
INSERT INTO recovery_code (player, place, hash) VALUES ($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15), ($16, $17, $18), ($19, $20, $21), ($22, $23, $24), ($25, $26, $27), ($28, $29, $30)
INSERT INTO recovery_code_set (player, salt) VALUES ($1, $2) ON CONFLICT (player) DO UPDATE SET salt = excluded.salt
INSERT INTO refresh_token (hash, play_grant, generation, issued_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING
INSERT INTO refresh_token (hash, play_grant, generation, issued_at) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8), ($9, $10, $11, $12) ON CONFLICT (hash) DO NOTHING
INSERT INTO restriction (iin_lookup, source, source_key, since, ground, legal_basis, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
INSERT INTO restriction (iin_lookup, source, source_key, since, ground, legal_basis, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14, $15, $16)
INSERT INTO restriction (iin_lookup, source, source_key, since, ground, legal_basis, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14, $15, $16), ($17, $18, $19, $20, $21, $22, $23, $24), ($25, $26, $27, $28, $29, $30, $31, $32), ($33, $34, $35, $36, $37, $38, $39, $40), ($41, $42, $43, $44, $45, $46, $47, $48), ($49, $50, $51, $52, $53, $54, $55, $56), ($57, $58, $59, $60, $61, $62, $63, $64), ($65, $66, $67, $68, $69, $70, $71, $72), ($73, $74, $75, $76, $77, $78, $79, $80), ($81, $82, $83, $84, $85, $86, $87, $88), ($89, $90, $91, $92, $93, $94, $95, $96), ($97, $98, $99, $100, $101, $102, $103, $104), ($105, $106, $107, $108, $109, $110, $111, $112), ($113, $114, $115, $116, $117, $118, $119, $120), ($121, $122, $123, $124, $125, $126, $127, $128), ($129, $130, $131, $132, $133, $134, $135, $136)
INSERT INTO restriction (iin_lookup, source, source_key, since, ground, legal_basis, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14, $15, $16), ($17, $18, $19, $20, $21, $22, $23, $24), ($25, $26, $27, $28, $29, $30, $31, $32), ($33, $34, $35, $36, $37, $38, $39, $40), ($41, $42, $43, $44, $45, $46, $47, $48), ($49, $50, $51, $52, $53, $54, $55, $56), ($57, $58, $59, $60, $61, $62, $63, $64), ($65, $66, $67, $68, $69, $70, $71, $72), ($73, $74, $75, $76, $77, $78, $79, $80), ($81, $82, $83, $84, $85, $86, $87, $88), ($89, $90, $91, $92, $93, $94, $95, $96), ($97, $98, $99, $100, $101, $102, $103, $104), ($105, $106, $107, $108, $109, $110, $111, $112), ($113, $114, $115, $116, $117, $118, $119, $120), ($121, $122, $123, $124, $125, $126, $127, $128), ($129, $130, $131, $132, $133, $134, $135, $136), ($137, $138, $139, $140, $141, $142, $143, $144), ($145, $146, $147, $148, $149, $150, $151, $152), ($153, $154, $155, $156, $157, $158, $159, $160), ($161, $162, $163, $164, $165, $166, $167, $168), ($169, $170, $171, $172, $173, $174, $175, $176), ($177, $178, $179, $180, $181, $182, $183, $184), ($185, $186, $187, $188, $189, $190, $191, $192), ($193, $194, $195, $196, $197, $198, $199, $200), ($201, $202, $203, $204, $205, $206, $207, $208), ($209, $210, $211, $212, $213, $214, $215, $216), ($217, $218, $219, $220, $221, $222, $223, $224), ($225, $226, $227, $228, $229, $230, $231, $232), ($233, $234, $235, $236, $237, $238, $239, $240), ($241, $242, $243, $244, $245, $246, $247, $248), ($249, $250, $251, $252, $253, $254, $255, $256)
INSERT INTO restriction_source (name, refreshed_at, max_age_micros, version, base) VALUES ($1, $2, $3, 0, 0) ON CONFLICT (name) DO UPDATE SET version = restriction_source.version
INSERT INTO restriction_version (source, number, base, kind, state, as_of, max_age_micros, sha256, rows_counted, rows_added, rows_removed, rows_refused, report, touched_at, cursor, etag, key_generation, counted_at, released) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (source, number) DO NOTHING
INSERT INTO review_case (id, verification, operator, player, opened_at, status, reasons, scores, face_hits, frame, contested, statement, risk, attempt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING
INSERT INTO self_restriction (id, player, iin_lookup, verification, factor, starts_at, ends_at, key_generation, revocable_until, declared_over) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
INSERT INTO staff (id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
INSERT INTO staff_confirmation (staff, code, tries, expires_at) VALUES ($1, $2, 0, $3) ON CONFLICT (staff) DO UPDATE SET code = excluded.code, tries = 0, expires_at = excluded.expires_at
INSERT INTO staff_invitation (staff, hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT (staff) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at, used_at = NULL
INSERT INTO stranger_try (kind, subject, what, began_at, tries) VALUES ($1, $2, $3, $4, 1) ON CONFLICT (kind, subject, what, began_at) DO UPDATE SET tries = stranger_try.tries + 1 RETURNING tries
INSERT INTO totp (player, secret, last_step, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (player) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step, told_step = NULL, created_at = excluded.created_at WHERE totp.last_step IS NULL
INSERT INTO verification (id, operator, request_redirect_uri, request_state, request_code_challenge, request_ui_locales, request_expires_at, session, stage, started_at, consent_at, consent_version, player, face_attempts, face_at, factor, outcome, decided_at, revision, device, request_acr_values, request_dpop_jkt, reopened_at, bound_by, held_until, request_openid, request_nonce, person_lock, verdict) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) ON CONFLICT DO NOTHING
INSERT INTO webhook_endpoint (operator, url, secret, old_secret, old_until, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (operator) DO UPDATE SET url = excluded.url, secret = excluded.secret, old_secret = excluded.old_secret, old_until = excluded.old_until, created_at = excluded.created_at, disabled_at = excluded.disabled_at
INSERT INTO webhook_message (id, operator, kind, body, created_at, state, attempts, due_at, last_result) SELECT $1, operator, $3, $4, $5, CASE WHEN disabled_at IS NULL THEN $6 ELSE 'failed' END, $7, $8, CASE WHEN disabled_at IS NULL THEN NULL ELSE 'endpoint_gone' END FROM webhook_endpoint WHERE operator = $2
SELECT (decided_at + 18000000000) / 86400000000 AS day, operator, verdict AS what, COUNT(*) AS many FROM verification WHERE decided_at >= $1 AND decided_at < $2 AND verdict IS NOT NULL GROUP BY 1, 2, 3
SELECT (opened_at + 18000000000) / 86400000000 AS day, operator, case_reason.reason AS what, COUNT(*) AS many FROM review_case JOIN case_reason ON case_reason.review_case = review_case.id WHERE review_case.id >= $1 AND review_case.id < $2 GROUP BY 1, 2, 3
SELECT CAST(1 AS BIGINT) FROM verification WHERE device = $1 AND (player = $2 OR $2 IS NULL) AND face_at IS NOT NULL AND factor IS NOT NULL AND held_until IS NULL LIMIT 1
SELECT COUNT(*) FROM id_template_refusal WHERE model = $1
SELECT COUNT(*) FROM play_grant WHERE operator = $1 AND ended_at IS NULL AND expires_at > $2
SELECT COUNT(*), COUNT(redeemed_at) FROM authorization_code WHERE verification = $1
SELECT COUNT(DISTINCT old.player) FROM id_template old WHERE NOT EXISTS (SELECT 1 FROM id_template t WHERE t.player = old.player AND t.model = $1) AND NOT EXISTS (SELECT 1 FROM id_template_refusal r WHERE r.player = old.player AND r.model = $1)
SELECT DISTINCT channel FROM notice WHERE state = 'pending' AND due_at <= $1 ORDER BY channel
SELECT DISTINCT old.player FROM id_template old WHERE old.player > $2 AND NOT EXISTS (SELECT 1 FROM id_template t WHERE t.player = old.player AND t.model = $1) AND NOT EXISTS (SELECT 1 FROM id_template_refusal r WHERE r.player = old.player AND r.model = $1) ORDER BY old.player LIMIT $3
SELECT DISTINCT other.review_case FROM case_picture AS own JOIN case_picture AS other ON other.sha256 = own.sha256 AND other.review_case <> own.review_case WHERE own.review_case = $1 ORDER BY other.review_case DESC LIMIT $2
SELECT DISTINCT verified_at FROM play_grant WHERE player = $1 AND verified_at > $2 ORDER BY verified_at
SELECT MAX(id) FROM self_restriction
SELECT MIN(restriction.starts_at) FROM restriction JOIN restriction_source ON restriction_source.name = restriction.source AND restriction.since BETWEEN restriction_source.base AND restriction_source.version AND (restriction.until IS NULL OR restriction.until > restriction_source.version) WHERE restriction.starts_at > $1
SELECT authorization_code.redeemed_at, play_grant.id, (SELECT COUNT(other.redeemed_at) FROM authorization_code AS other WHERE other.verification = authorization_code.verification) FROM authorization_code LEFT JOIN play_grant ON play_grant.code = authorization_code.hash WHERE authorization_code.hash = $1
SELECT channel FROM contact_code WHERE verification = $1 AND used_at IS NOT NULL AND purpose <> $2 ORDER BY sent_at DESC, id DESC LIMIT 1
SELECT channel, address FROM contact_of_record WHERE iin_lookup = $1 ORDER BY channel DESC
SELECT contested FROM review_case WHERE verification = $1 AND contested IS NOT NULL ORDER BY id
SELECT created_at FROM notice WHERE (player = $1 OR address_lookup = $2) AND channel = $3 AND kind = $4 AND created_at > $5 ORDER BY created_at DESC LIMIT $6
SELECT digest, erased_at, held_by, held_since FROM case_evidence WHERE review_case = $1
SELECT ends_at FROM self_restriction WHERE player = $1 ORDER BY ends_at DESC LIMIT 1
SELECT enquiry.id AS id, operator.name AS operator, purpose, asked_at, CAST(NULL AS BIGINT) AS until FROM enquiry JOIN operator ON operator.id = enquiry.operator WHERE player = $1 AND enquiry.id < $2 UNION ALL SELECT verification.id AS id, operator.name AS operator, 'play' AS purpose, decided_at AS asked_at, (SELECT MAX(COALESCE(play_grant.ended_at, play_grant.expires_at)) FROM play_grant WHERE play_grant.player = $1 AND play_grant.verification = verification.id) AS until FROM verification JOIN operator ON operator.id = verification.operator WHERE player = $1 AND verification.id < $2 AND factor IS NOT NULL AND decided_at IS NOT NULL ORDER BY id DESC LIMIT $3
SELECT expires_at FROM play_grant WHERE ended_at IS NULL AND expires_at >= $1 ORDER BY expires_at LIMIT 1 OFFSET $2
SELECT failures, locked_until FROM contact_lockout WHERE player = $1
SELECT failures, locked_until FROM lockout WHERE player = $1
SELECT failures, locks, locked_until, failed_at FROM face_lockout WHERE kind = $1 AND subject = $2
SELECT generation, issued_at FROM refresh_token WHERE play_grant = $1 ORDER BY issued_at, generation
SELECT generation, proof FROM lookup_key
SELECT hash FROM audit_event WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence
SELECT hash FROM audit_tile WHERE place >= $1 AND place < $2 AND level = $3 ORDER BY place
SELECT hash, generation, used_at, ended_at, latest_generation FROM refresh_token JOIN play_grant ON play_grant.id = refresh_token.play_grant WHERE hash IN ($1)
SELECT hash, generation, used_at, ended_at, latest_generation FROM refresh_token JOIN play_grant ON play_grant.id = refresh_token.play_grant WHERE hash IN ($1, $2, $3, $4)
SELECT id AS key, name, created_at, used_at, bound_by FROM passkey WHERE player = $1 ORDER BY created_at, id
SELECT id FROM player WHERE iin_lookup = $1
SELECT id FROM review_case LEFT JOIN case_evidence ON case_evidence.review_case = review_case.id WHERE erased_at IS NULL AND held_by IS NULL AND (id < $1 AND status IN ('recorded', 'decided') OR id < $2 AND status = 'recorded' AND NOT EXISTS (SELECT 1 FROM audit_event WHERE subject = id AND kind <> 'token_issued' AND kind <> 'case_opened')) ORDER BY id LIMIT $3
SELECT id, iin, iin_lookup FROM player LIMIT 1
SELECT id, kind, player, verification, began_at, until, not_me, ended_at, how FROM held_enrolment WHERE not_me = $1
SELECT id, kind, player, verification, began_at, until, not_me, ended_at, how FROM held_enrolment WHERE player = $1 AND ended_at IS NULL
SELECT id, kind, player, verification, began_at, until, not_me, ended_at, how FROM held_enrolment WHERE player = $1 AND kind = $2 AND (ended_at IS NULL OR ended_at > $3) ORDER BY began_at DESC LIMIT 100
SELECT id, kind, subject, player, device, seen_at, template FROM face_sighting WHERE id > $1 AND model = $2 ORDER BY id LIMIT $3
SELECT id, kind, subject, player, device, seen_at, template FROM face_sighting WHERE model = $1 AND template IS NOT NULL AND subject IN ($2)
SELECT id, kind, subject, player, device, seen_at, template FROM face_sighting WHERE model = $1 AND template IS NOT NULL AND subject IN ($2, $3)
SELECT id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at, second_until FROM staff ORDER BY login
SELECT id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at, second_until FROM staff WHERE id = $1
SELECT id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at, second_until FROM staff WHERE login = $1
SELECT id, measure, why, staff, proposed_at, second, settled_at, yes, done_at, identity_check FROM proposal ORDER BY id DESC LIMIT $1
SELECT id, measure, why, staff, proposed_at, second, settled_at, yes, done_at, identity_check FROM proposal WHERE id = $1
SELECT id, measure, why, staff, proposed_at, second, settled_at, yes, done_at, identity_check FROM proposal WHERE subject = $2 ORDER BY id DESC LIMIT $1
SELECT id, name, authentication, assertion_audience, jwks, jwks_uri, secret_sha256, redirect_uris, sandbox, scopes, contact, requests_per_second, disabled_at FROM operator
SELECT id, name, authentication, assertion_audience, jwks, jwks_uri, secret_sha256, redirect_uris, sandbox, scopes, contact, requests_per_second, disabled_at FROM operator WHERE id = $1
SELECT id, name, authentication, assertion_audience, jwks, jwks_uri, secret_sha256, redirect_uris, sandbox, scopes, contact, requests_per_second, disabled_at FROM operator WHERE id IN ($1)
SELECT id, name, authentication, assertion_audience, jwks, jwks_uri, secret_sha256, redirect_uris, sandbox, scopes, contact, requests_per_second, disabled_at FROM operator WHERE id IN ($1, $2, $3, $4)
SELECT id, operator, kind, body, created_at, state, attempts, due_at, last_result FROM webhook_message WHERE ($1 = '' OR operator = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4
SELECT id, operator, kind, body, created_at, state, attempts, due_at, last_result FROM webhook_message WHERE id = $1
SELECT id, operator, kind, body, created_at, state, attempts, due_at, last_result FROM webhook_message WHERE operator = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4
SELECT id, operator, request_redirect_uri, request_state, request_code_challenge, request_ui_locales, request_expires_at, session, stage, started_at, consent_at, consent_version, player, face_attempts, face_at, factor, outcome, decided_at, revision, device, request_acr_values, request_dpop_jkt, reopened_at, bound_by, held_until, request_openid, request_nonce, person_lock FROM verification WHERE id = $1
SELECT id, operator, request_redirect_uri, request_state, request_code_challenge, request_ui_locales, request_expires_at, session, stage, started_at, consent_at, consent_version, player, face_attempts, face_at, factor, outcome, decided_at, revision, device, request_acr_values, request_dpop_jkt, reopened_at, bound_by, held_until, request_openid, request_nonce, person_lock FROM verification WHERE player = $1 AND (stage IN ('contact', 'second_factor', 'decided') OR (stage = 'returned' AND decided_at > $2)) ORDER BY id
SELECT id, operator, request_redirect_uri, request_state, request_code_challenge, request_ui_locales, request_expires_at, session, stage, started_at, consent_at, consent_version, player, face_attempts, face_at, factor, outcome, decided_at, revision, device, request_acr_values, request_dpop_jkt, reopened_at, bound_by, held_until, request_openid, request_nonce, person_lock FROM verification WHERE session = $1
SELECT id, player, channel, locale, address, content, created_at, state, attempts, due_at, last_result FROM notice WHERE player = $1 AND content IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $2
SELECT id, player, credential_id, content, created_at, bound_by, hold, counts_from FROM passkey WHERE player = $1 ORDER BY created_at, id
SELECT id, player, verification, factor, starts_at, ends_at, revocable_until, taken_back_at, declared_over FROM self_restriction WHERE player = $1 AND revocable_until > $2 AND taken_back_at IS NULL ORDER BY id
SELECT id, verification, player, purpose, channel, secret, sent_at, tries, used_at FROM contact_code WHERE verification = $1 AND purpose = $2 ORDER BY sent_at DESC, id DESC LIMIT 1
SELECT iin FROM player WHERE id = $1
SELECT iin_lookup, iin, name, photo, sandbox FROM citizen WHERE iin_lookup = $1
SELECT iin_lookup, iin, name, photo, sandbox FROM citizen WHERE sandbox = 1 ORDER BY created_at, place
SELECT name, refreshed_at, max_age_micros FROM restriction_source WHERE version > 0
SELECT name, refreshed_at, max_age_micros, restriction_source.key_generation, source_key, ground, legal_basis, starts_at, ends_at FROM restriction_source LEFT JOIN restriction ON restriction.iin_lookup IN ($1) AND restriction.source = restriction_source.name AND restriction.since BETWEEN restriction_source.base AND restriction_source.version AND (restriction.until IS NULL OR restriction.until > restriction_source.version) WHERE version > 0 UNION ALL SELECT '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), id, CAST(NULL AS TEXT), CAST(NULL AS TEXT), starts_at, ends_at FROM self_restriction WHERE iin_lookup IN ($1)
SELECT name, version, base, key_generation FROM restriction_source
SELECT one, other FROM face_clearance WHERE one = $1 OR other = $1
SELECT operator FROM webhook_endpoint WHERE disabled_at IS NULL AND EXISTS (SELECT 1 FROM webhook_message WHERE webhook_message.operator = webhook_endpoint.operator AND state = 'pending' AND due_at <= $1)
SELECT operator, redirect_uri, state, code_challenge, ui_locales, acr_values, dpop_jkt, expires_at, openid, nonce FROM pushed_request WHERE handle = $1
SELECT operator, url, secret, old_secret, old_until, created_at, disabled_at FROM webhook_endpoint
SELECT operator, url, secret, old_secret, old_until, created_at, disabled_at FROM webhook_endpoint WHERE operator = $1
SELECT own_key FROM case_evidence
SELECT own_key, picture FROM case_evidence JOIN case_picture ON case_picture.review_case = case_evidence.review_case WHERE case_evidence.review_case = $1 AND number = $2 AND own_key IS NOT NULL
SELECT own_key, record FROM case_evidence WHERE review_case = $1 AND own_key IS NOT NULL AND record IS NOT NULL
SELECT place FROM audit_tile WHERE level = $1 ORDER BY place DESC LIMIT 1
SELECT place, hash, used_at FROM recovery_code WHERE player = $1 ORDER BY place
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE (status_list, status_index) IN (VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8))
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE code = $1
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE ended_at IS NULL AND expires_at > $1 AND expires_at BETWEEN $2 AND $3 AND (EXISTS (SELECT 1 FROM restriction JOIN restriction_source ON restriction_source.name = restriction.source AND restriction.since BETWEEN restriction_source.base AND restriction_source.version AND (restriction.until IS NULL OR restriction.until > restriction_source.version) WHERE restriction.iin_lookup IN (play_grant.iin_lookup) AND restriction.starts_at <= $1 AND (restriction.ends_at IS NULL OR restriction.ends_at > $1)) OR EXISTS (SELECT 1 FROM self_restriction WHERE self_restriction.iin_lookup IN (play_grant.iin_lookup) AND self_restriction.starts_at <= $1 AND self_restriction.ends_at > $1))
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE id = $1
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE id = (SELECT play_grant FROM refresh_token WHERE hash = $1)
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE id >= $2 AND +ended_at IS NULL AND +expires_at > $1 AND (EXISTS (SELECT 1 FROM restriction JOIN restriction_source ON restriction_source.name = restriction.source AND restriction.since BETWEEN restriction_source.base AND restriction_source.version AND (restriction.until IS NULL OR restriction.until > restriction_source.version) WHERE restriction.iin_lookup IN (play_grant.iin_lookup) AND restriction.starts_at <= $1 AND (restriction.ends_at IS NULL OR restriction.ends_at > $1)) OR EXISTS (SELECT 1 FROM self_restriction WHERE self_restriction.iin_lookup IN (play_grant.iin_lookup) AND self_restriction.starts_at <= $1 AND self_restriction.ends_at > $1))
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE player = $1 AND ended_at IS NULL AND expires_at > $2
SELECT play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM play_grant WHERE status_list = $1 AND status_index = $2
SELECT player AS key, name, created_at, used_at, bound_by FROM totp WHERE player = $1 AND last_step IS NOT NULL
SELECT player.id, player.iin FROM authorization_code JOIN verification ON verification.id = authorization_code.verification JOIN player ON player.id = verification.player WHERE authorization_code.hash = $1 AND authorization_code.operator = $2 AND authorization_code.redeemed_at IS NULL
SELECT player.iin, refresh_token.hash, play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, status_list, status_index, expires_at, ended_at, openid FROM refresh_token JOIN play_grant ON play_grant.id = refresh_token.play_grant JOIN player ON player.id = play_grant.player WHERE refresh_token.hash IN ($1, $2, $3, $4)
SELECT request_handle FROM verification WHERE id = $1
SELECT request_sha256, status, answer FROM idempotent_request WHERE key_sha256 = $1
SELECT review_case.id, verification, operator, player, opened_at, status, reasons, scores, face_hits, contested, attempt, CAST(NULL AS BYTEA) AS frame, CAST(NULL AS BYTEA) AS statement, CAST(NULL AS BYTEA) AS own_key, CAST(NULL AS BYTEA) AS best, CAST(NULL AS BIGINT) AS best_number FROM review_case WHERE id < $1 ORDER BY id DESC LIMIT $2
SELECT review_case.id, verification, operator, player, opened_at, status, reasons, scores, face_hits, contested, attempt, frame, statement, own_key, best AS best_number, picture AS best FROM review_case LEFT JOIN case_evidence ON case_evidence.review_case = review_case.id LEFT JOIN case_picture ON case_picture.review_case = review_case.id AND number = best WHERE review_case.id = $1
SELECT salt FROM recovery_code_set WHERE player = $1
SELECT secret, last_step, told_step, bound_by, hold, counts_from FROM totp WHERE player = $1
SELECT sent_at FROM contact_code WHERE player = $1 AND sent_at > $2 ORDER BY sent_at DESC LIMIT 100
SELECT sequence, hash FROM audit_head WHERE id = 1
SELECT sequence, kind, at, subject, details, previous, hash FROM audit_event WHERE sequence >= $1 ORDER BY sequence LIMIT $2
SELECT sequence, kind, at, subject, details, previous, hash FROM audit_event WHERE subject = $1 AND kind <> 'token_issued' ORDER BY sequence DESC LIMIT $2
SELECT source, number, base, kind, state, as_of, max_age_micros, sha256, rows_counted, rows_added, rows_removed, rows_refused, report, touched_at, cursor, etag, key_generation, counted_at, released FROM restriction_version WHERE source = $1 ORDER BY number DESC
SELECT staff FROM staff_invitation WHERE hash = $1 AND expires_at > $2 AND used_at IS NULL
SELECT status_index FROM play_grant WHERE status_list = $1 AND ended_at IS NOT NULL
SELECT subject, player.id, iin FROM pairwise_subject JOIN player ON player.id = pairwise_subject.player WHERE subject IN ($1, $2, $3, $4) AND operator = $5
SELECT subject, player.id, iin FROM pairwise_subject JOIN player ON player.id = pairwise_subject.player WHERE subject IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101, $102, $103, $104, $105, $106, $107, $108, $109, $110, $111, $112, $113, $114, $115, $116, $117, $118, $119, $120, $121, $122, $123, $124, $125, $126, $127, $128, $129, $130, $131, $132, $133, $134, $135, $136, $137, $138, $139, $140, $141, $142, $143, $144, $145, $146, $147, $148, $149, $150, $151, $152, $153, $154, $155, $156, $157, $158, $159, $160, $161, $162, $163, $164, $165, $166, $167, $168, $169, $170, $171, $172, $173, $174, $175, $176, $177, $178, $179, $180, $181, $182, $183, $184, $185, $186, $187, $188, $189, $190, $191, $192, $193, $194, $195, $196, $197, $198, $199, $200, $201, $202, $203, $204, $205, $206, $207, $208, $209, $210, $211, $212, $213, $214, $215, $216, $217, $218, $219, $220, $221, $222, $223, $224, $225, $226, $227, $228, $229, $230, $231, $232, $233, $234, $235, $236, $237, $238, $239, $240, $241, $242, $243, $244, $245, $246, $247, $248, $249, $250, $251, $252, $253, $254, $255, $256) AND operator = $257
SELECT template FROM id_template WHERE player = $1 AND model = $2 AND photo = $3
SELECT tries FROM stranger_try WHERE kind = $1 AND subject = $2 AND what = $3 AND began_at = $4
SELECT verification, attempt, frames FROM frame_fingerprint WHERE player = $1 AND seen_at >= $2 ORDER BY seen_at DESC LIMIT $3
UPDATE audit_event SET details = '{}' WHERE sequence = 2
UPDATE audit_event SET sequence = $2 WHERE sequence = $1
UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = 1
UPDATE audit_tile SET hash = (SELECT hash FROM audit_event WHERE sequence = 1) WHERE place = 1
UPDATE authorization_code SET redeemed_at = $2 WHERE hash = $1 AND redeemed_at IS NULL AND expires_at > $2 AND NOT EXISTS (SELECT 1 FROM authorization_code AS other WHERE other.verification = authorization_code.verification AND other.redeemed_at IS NOT NULL) RETURNING hash, operator, verification, redirect_uri, code_challenge, dpop_jkt, expires_at
UPDATE case_decision SET to_player = NULL, internal = NULL WHERE review_case = $1
UPDATE citizen SET name = photo
UPDATE contact_code SET channel = NULL
UPDATE contact_code SET secret = (SELECT secret FROM contact_code WHERE id = $1) WHERE id = $2
UPDATE contact_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND used_at IS NULL
UPDATE contact_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL
UPDATE contact_of_record SET address = (SELECT address FROM contact_of_record ORDER BY iin_lookup LIMIT 1)
UPDATE face_lockout SET failures = 0 WHERE kind = $1 AND subject = $2 AND failures > 0
UPDATE face_lockout SET locks = -1
UPDATE face_sighting SET kind = 'attacker', subject = $1
UPDATE face_sighting SET player = $1
UPDATE frame_fingerprint SET player = $1
UPDATE held_enrolment SET ended_at = $2, how = $3 WHERE id = $1 AND (ended_at IS NULL OR (how = $4 AND $5 = 1) OR (how = $6 AND $7 = 1))
UPDATE held_enrolment SET how = 'passed'
UPDATE id_template SET model = 'other'
UPDATE idempotent_request SET status = $2, answer = $3 WHERE key_sha256 = $1
UPDATE notice SET address = content WHERE id = $1
UPDATE notice SET attempts = attempts + 1, due_at = $3 WHERE state = 'pending' AND due_at <= $2 AND id IN (SELECT id FROM notice WHERE channel = $1 AND state = 'pending' AND due_at <= $2 ORDER BY due_at, id LIMIT $4) RETURNING id, player, channel, locale, address, content, created_at, state, attempts, due_at, last_result
UPDATE notice SET content = (SELECT content FROM notice WHERE id = $1)
UPDATE notice SET state = $3, due_at = $4, last_result = $5, address = CASE WHEN $3 = 'pending' THEN address END, content = CASE WHEN $3 = 'pending' THEN content END WHERE id = $1 AND attempts = $2 AND state = 'pending'
UPDATE notice SET state = 'failed', due_at = $2, last_result = $3, address = NULL, content = NULL WHERE id = $1
UPDATE notice SET state = state WHERE address IS NULL AND content IS NULL
UPDATE notice SET state = state WHERE last_result = 'damaged' AND content IS NULL
UPDATE operator SET authentication = 'none' WHERE id = 'two'
UPDATE operator SET name = $2, authentication = $3, jwks = $4, secret_sha256 = $5, redirect_uris = $6, contact = $7, requests_per_second = $8, disabled_at = $9, jwks_uri = $10, scopes = $11, assertion_audience = $12 WHERE id = $1
UPDATE passkey SET bound_by = 'face'
UPDATE passkey SET bound_by = 'nothing'
UPDATE passkey SET content = $2, used_at = $3 WHERE id = $1
UPDATE passkey SET content = (SELECT content FROM passkey WHERE id = $1) WHERE id = $2
UPDATE passkey SET name = $3 WHERE player = $1 AND id = $2
UPDATE passkey SET name = (SELECT name FROM passkey WHERE id = $1) WHERE id = $2
UPDATE play_grant SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL
UPDATE play_grant SET ended_at = $2 WHERE operator = $1 AND ended_at IS NULL AND expires_at > $2
UPDATE play_grant SET factor = 'none' WHERE id = $1
UPDATE play_grant SET latest_generation = shown.generation FROM (SELECT play_grant, MAX(generation) AS generation FROM refresh_token WHERE hash IN ($1) GROUP BY play_grant) AS shown WHERE shown.play_grant = play_grant.id AND COALESCE(latest_generation, -1) < shown.generation
UPDATE play_grant SET latest_generation = shown.generation FROM (SELECT play_grant, MAX(generation) AS generation FROM refresh_token WHERE hash IN ($1, $2, $3, $4) GROUP BY play_grant) AS shown WHERE shown.play_grant = play_grant.id AND COALESCE(latest_generation, -1) < shown.generation
UPDATE player SET created_at = created_at WHERE id = $1
UPDATE player SET iin = (SELECT iin FROM player WHERE id = $1) WHERE id = $2
UPDATE proposal SET done_at = $2 WHERE id = $1 AND yes = 1 AND done_at IS NULL
UPDATE proposal SET second = $2, settled_at = $3, yes = $4, done_at = $5 WHERE id = $1 AND settled_at IS NULL
UPDATE pushed_request SET openings = openings + 1 WHERE handle = $1 AND openings < $2
UPDATE recovery_code SET used_at = $3 WHERE player = $1 AND place = $2 AND used_at IS NULL
UPDATE refresh_token SET used_at = $2 WHERE used_at IS NULL AND hash IN ($1)
UPDATE refresh_token SET used_at = $5 WHERE used_at IS NULL AND hash IN ($1, $2, $3, $4)
UPDATE restriction SET until = NULL WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND until = $4
UPDATE restriction_source SET version = $2, base = $3, refreshed_at = $4, max_age_micros = $5, key_generation = $6 WHERE name = $1
UPDATE restriction_source SET version = version WHERE name = $1
UPDATE restriction_version SET base = $3, kind = $4, state = $5, as_of = $6, max_age_micros = $7, sha256 = $8, rows_counted = $9, rows_added = $10, rows_removed = $11, rows_refused = $12, report = $13, touched_at = $14, cursor = $15, etag = $16, key_generation = $17, counted_at = $18, released = $19 WHERE source = $1 AND number = $2
UPDATE restriction_version SET touched_at = $3, rows_added = $4 WHERE source = $1 AND number = $2 AND state = $5
UPDATE review_case SET frame = NULL, face_hits = NULL, statement = NULL, scores = $2 WHERE id = $1
UPDATE review_case SET scores = frame
UPDATE self_restriction SET ends_at = $2, taken_back_at = $2 WHERE id = $1 AND taken_back_at IS NULL AND revocable_until > $2 AND starts_at < $2 AND ends_at > $2
UPDATE staff SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL
UPDATE staff SET confirmed_at = NULL, asked_by = $2 WHERE id = $1
UPDATE staff SET login = login WHERE login = $1
UPDATE staff SET name = $2, roles = $3, disabled_at = $4 WHERE id = $1
UPDATE staff_confirmation SET tries = tries + 1 WHERE staff = $1 AND tries < $2 RETURNING code, expires_at
UPDATE staff_invitation SET used_at = $2 WHERE hash = $1 AND expires_at > $2 AND used_at IS NULL
UPDATE stranger_try SET tries = -1
UPDATE stranger_try SET tries = tries - 1 WHERE kind = $1 AND subject = $2 AND what = $3 AND began_at = $4 AND tries > 0
UPDATE totp SET bound_by = $2, hold = $3, counts_from = $4 WHERE player = $1
UPDATE totp SET last_step = $2 WHERE player = $1 AND (last_step IS NULL OR last_step < $2)
UPDATE totp SET name = $2 WHERE player = $1 AND last_step IS NOT NULL
UPDATE totp SET told_step = $2 WHERE player = $1
UPDATE totp SET used_at = $2 WHERE player = $1
UPDATE verification SET request_handle = $2 WHERE id = $1
UPDATE verification SET session = $3, stage = $4, consent_at = $5, consent_version = $6, player = $7, face_attempts = $8, face_at = $9, factor = $10, outcome = $11, decided_at = $12, reopened_at = $13, bound_by = $14, held_until = $15, person_lock = $16, verdict = $17, revision = revision + 1 WHERE id = $1 AND revision = $2
UPDATE verification SET stage = 'elsewhere'
UPDATE webhook_endpoint SET disabled_at = $3 WHERE operator = $1 AND url = $2 AND disabled_at IS NULL
UPDATE webhook_endpoint SET old_secret = NULL, old_until = NULL WHERE old_until <= $1
UPDATE webhook_endpoint SET url = 'https://thief.example/'
UPDATE webhook_message SET attempts = attempts + 1, due_at = $3 WHERE state = 'pending' AND due_at <= $2 AND id IN (SELECT id FROM webhook_message WHERE operator = $1 AND state = 'pending' AND due_at <= $2 ORDER BY due_at, id LIMIT $4) RETURNING id, operator, kind, body, created_at, state, attempts, due_at, last_result
UPDATE webhook_message SET state = $3, due_at = $4, last_result = $5 WHERE id = $1 AND attempts = $2 AND state = 'pending'
UPDATE webhook_message SET state = 'failed', due_at = $2, last_result = $3 WHERE operator = $1 AND state = 'pending'
UPDATE webhook_message SET state = 'lost'
WITH record (person, own_key) AS (VALUES ($1, $2)) UPDATE restriction SET until = $3 WHERE source = $4 AND since >= $5 AND since < $3 AND until IS NULL AND EXISTS (SELECT 1 FROM record WHERE person = iin_lookup AND own_key = source_key) AND iin_lookup IN (SELECT person FROM record) RETURNING iin_lookup, source_key
WITH record (person, own_key) AS (VALUES ($1, $2), ($3, $4), ($5, $6)) UPDATE restriction SET until = $7 WHERE source = $8 AND since >= $9 AND since < $7 AND until IS NULL AND EXISTS (SELECT 1 FROM record WHERE person = iin_lookup AND own_key = source_key) AND iin_lookup IN (SELECT person FROM record) RETURNING iin_lookup, source_key
