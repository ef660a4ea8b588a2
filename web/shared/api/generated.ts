// Generated from the description of the interface by `npm run api`; not to be edited.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description An operator, and why it is added */
    readonly Adding: {
      readonly operator: components['schemas']['NewOperatorBody'];
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description How far. */
    readonly Advance: {
      /**
       * Format: int64
       * @description At most 400 days ahead of real time in all.
       */
      readonly advance_seconds: number;
    };
    /** @description Where clients with certificates ask (RFC 8705 section 5). */
    readonly Aliases: {
      readonly introspection_endpoint: string;
      readonly pushed_authorization_request_endpoint: string;
      readonly revocation_endpoint: string;
      readonly token_endpoint: string;
      readonly userinfo_endpoint: string;
    };
    /**
     * @description Whom an operator's assertions may name as their audience.
     * @enum {string}
     */
    readonly AudienceName: 'issuer' | 'endpoint';
    /** @enum {string} */
    readonly AuditEventKind:
      | 'verification_started'
      | 'consent_given'
      | 'person_identified'
      | 'face_judged'
      | 'face_locked'
      | 'face_unlocked'
      | 'factor_enrolled'
      | 'factor_accepted'
      | 'factor_rejected'
      | 'verification_decided'
      | 'token_issued'
      | 'token_revoked'
      | 'operator_added'
      | 'registry_imported'
      | 'registry_quarantined'
      | 'registry_released'
      | 'registry_discarded'
      | 'registry_rolled_back'
      | 'registry_rekeyed'
      | 'people_imported'
      | 'case_viewed'
      | 'reembedding_started'
      | 'reembedding_ended'
      | 'face_cleared'
      | 'attack_confirmed'
      | 'attack_forgotten'
      | 'operator_changed'
      | 'operator_disabled'
      | 'operator_enabled'
      | 'webhook_set'
      | 'webhook_secret_rotated'
      | 'webhook_removed'
      | 'webhook_disabled'
      | 'webhook_replayed'
      | 'webhook_tested'
      | 'clock_moved'
      | 'self_restricted'
      | 'players_checked'
      | 'reason_contested'
      | 'staff_invited'
      | 'staff_joined'
      | 'staff_invitation_shown_again'
      | 'staff_confirmed'
      | 'staff_not_confirmed'
      | 'staff_changed'
      | 'staff_signed_in'
      | 'staff_stepped_up'
      | 'staff_signed_out'
      | 'case_assigned'
      | 'case_concluded'
      | 'case_settled'
      | 'person_looked_for'
      | 'verification_reopened'
      | 'face_waived'
      | 'case_opened'
      | 'evidence_held'
      | 'evidence_let_go'
      | 'evidence_erased'
      | 'evidence_exported'
      | 'evidence_replayed'
      | 'measure_proposed'
      | 'measure_settled'
      | 'notice_queued'
      | 'notice_withheld'
      | 'notice_delivered'
      | 'notice_given_up'
      | 'contact_proven'
      | 'contact_rejected'
      | 'contact_put_off'
      | 'enrolment_held'
      | 'enrolment_counts'
      | 'enrolment_overruled'
      | 'enrolment_disowned'
      | 'factors_forgotten'
      | 'factor_added'
      | 'factor_renamed'
      | 'factor_removed'
      | 'recovery_codes_renewed'
      | 'self_restriction_taken_back'
      | 'recovery_started'
      | 'recovery_cancelled'
      | 'recovery_completed'
      | 'recovery_lapsed'
      | 'recovery_overruled'
      | 'tries_spent'
      | 'face_lock_passed';
    /** @description Players to be asked about. */
    readonly BulkCheck: components['schemas']['ClientFields'] & {
      /** @description `login`, `bet` or `marketing`, of which you need the scope `check:login` and so on. */
      readonly purpose: string;
      /** @description Your name of the request, 1 to 64 visible ASCII characters; it comes back. */
      readonly request_id: string;
      /** @description Their `sub`s, with a blank between two, each once; at most 1000. */
      readonly subjects: string;
    };
    /** @description A capture, frame by frame */
    readonly CaptureView: {
      /**
       * Format: int32
       * @description Captures left after this one
       */
      readonly attempts_left: number;
      readonly began_at: string;
      /** @description The number of the picture that stands for the case */
      readonly best?: number | null;
      readonly frames: readonly components['schemas']['FrameView'][];
      /** @description What for, which, SHA-256 */
      readonly models: readonly Record<string, never>[];
      readonly program: string;
      readonly steps: readonly components['schemas']['StepView'][];
      readonly virtual_camera: boolean;
    };
    /** @enum {string} */
    readonly CaseStatus: 'open' | 'recorded' | 'proposed' | 'decided';
    /** @description A case without its evidence */
    readonly CaseView: components['schemas']['QueueRow'] & {
      /** @description What may be concluded */
      readonly conclusions: readonly components['schemas']['Conclusion'][];
      readonly decisions: readonly components['schemas']['DecisionView'][];
      /** @description When the key of its evidence was destroyed */
      readonly erased_at?: string | null;
      /** @description Login of who holds it */
      readonly held_by?: string | null;
      /** @description Since when it is under legal hold */
      readonly held_since?: string | null;
      /**
       * Format: int64
       * @description Rises with each change
       */
      readonly revision: number;
      readonly verification: string;
    };
    /** @description What is to be changed; what is not named stays. */
    readonly ChangeBody: {
      readonly assertion_audience?: null | components['schemas']['AudienceName'];
      readonly authentication?: null | components['schemas']['Method'];
      /** @description The contact. */
      readonly contact?: string | null;
      /** @description All its public keys. */
      readonly jwks?: Record<string, never> | null;
      /**
       * Format: uri
       * @description Where it publishes them.
       */
      readonly jwks_uri?: string | null;
      /** @description The name. */
      readonly name?: string | null;
      /** @description All redirect URIs. */
      readonly redirect_uris?: readonly string[] | null;
      /**
       * Format: int32
       * @description Requests a second of each replica.
       */
      readonly requests_per_second?: number | null;
      /** @description All scopes; without `play` everything that it was granted ends. */
      readonly scopes?: readonly components['schemas']['ScopeName'][] | null;
    };
    readonly ChangedStaff: {
      readonly disabled?: boolean | null;
      readonly name?: string | null;
      readonly roles?: readonly components['schemas']['Role'][] | null;
      /** @description Why, where they are stopped, or will decide, approve or confirm from now on */
      readonly why?: string | null;
    };
    /** @description What is to be changed of an operator */
    readonly Changing: {
      readonly change: components['schemas']['ChangeBody'];
      /** @description Why, where it opens a door */
      readonly why?: string | null;
    };
    /** @enum {string} */
    readonly Channel: 'sms' | 'email';
    /** @description A player to be asked about. */
    readonly Check: components['schemas']['ClientFields'] & {
      /** @description `login`, `bet` or `marketing`, of which you need the scope `check:login` and so on. */
      readonly purpose: string;
      /** @description Your name of the request, 1 to 64 visible ASCII characters; it comes back. */
      readonly request_id: string;
      /** @description The `sub` that you know them by. */
      readonly subject: string;
    };
    /** @description The answer about one person. */
    readonly CheckAnswer: {
      /** @description Whether they may play. No more is ever told. */
      readonly allowed: boolean;
      /**
       * Format: uuid
       * @description Its id.
       */
      readonly answer_id: string;
      /** @description RFC 3339 */
      readonly answered_at: string;
      /** @description `login`, `bet` or `marketing` */
      readonly purpose: components['schemas']['CheckPurpose'];
      /** @description The same, signed: a compact JWS of `typ` `check-receipt+jwt` under a key of `/oauth2/jwks`. */
      readonly receipt: string;
      /** @description Yours. */
      readonly request_id: string;
      /** @description About whom. */
      readonly subject: string;
    };
    /** @description The answers about many people, in the order they were asked about. */
    readonly CheckAnswers: {
      readonly answers: readonly components['schemas']['CheckAnswer'][];
      /** @description Yours. */
      readonly request_id: string;
    };
    /** @enum {string} */
    readonly CheckPurpose: 'login' | 'bet' | 'marketing';
    /**
     * @description How a client says who it is: RFC 7523, or its `client_id` beside a TLS certificate (RFC 8705). In a sandbox it may
     *     send its secret in the header `Authorization` instead.
     */
    readonly ClientFields: {
      /**
       * @description A JWT: `iss` and `sub` the `client_id`, `aud` our issuer, `exp` at most an hour ahead, `jti` never twice.
       * @example eyJhbGciOiJFUzI1NiIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJkZW1vLWJldCJ9.c2lnbmF0dXJl
       */
      readonly client_assertion?: string | null;
      /**
       * @description `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`
       * @example urn:ietf:params:oauth:client-assertion-type:jwt-bearer
       */
      readonly client_assertion_type?: string | null;
      /**
       * @description The `client_id`; may be left out beside an assertion.
       * @example demo-bet
       */
      readonly client_id?: string | null;
    };
    /** @description A sandbox's time. */
    readonly ClockView: {
      /**
       * Format: int64
       * @description How far ahead of real time.
       */
      readonly ahead_seconds: number;
      /**
       * Format: date-time
       * @description RFC 3339.
       */
      readonly now: string;
    };
    /** @description What somebody who waits tells whoever confirms them */
    readonly Code: {
      /** @description Eight digits */
      readonly code: string;
      readonly expires_at: string;
    };
    /** @description Somebody who can take a case */
    readonly Colleague: {
      readonly login: string;
      readonly name: string;
    };
    /** @description What an attempt was */
    readonly Concluding: {
      /** @description `attack`, `another_person`, `cannot_tell`, `source_right`, `source_wrong` or `rightful_person` */
      readonly conclusion: components['schemas']['Conclusion'];
      /** @description For staff alone */
      readonly internal?: string | null;
      /** @description For the player to read */
      readonly to_player?: string | null;
    };
    /** @enum {string} */
    readonly Conclusion: 'attack' | 'another_person' | 'cannot_tell' | 'source_right' | 'source_wrong' | 'rightful_person';
    /** @description The code that they tell */
    readonly Confirming: {
      readonly code: string;
    };
    /** @description Which version, and why */
    readonly Deciding: {
      /** Format: int32 */
      readonly version: number;
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description What was decided about a case */
    readonly DecisionView: {
      readonly at: string;
      readonly by: string;
      readonly conclusion: components['schemas']['Conclusion'];
      /** @description For staff alone */
      readonly internal?: string | null;
      /** @description Who said yes or no, when, and which */
      readonly settled?: Record<string, never> | null;
      /** @description What the player reads */
      readonly to_player?: string | null;
    };
    /** @description What was drawn when something was carried out */
    readonly Drawn: {
      readonly proposal: components['schemas']['Proposal'];
      /** @description Shown in this answer alone; not there where the one before stays */
      readonly secret?: string | null;
    };
    /** @description How long something took on a day */
    readonly Duration: {
      /** Format: int64 */
      readonly count: number;
      /** @description The day of Almaty on which it ended */
      readonly day: string;
      /** Format: int64 */
      readonly longest_seconds: number;
      /** Format: int64 */
      readonly mean_seconds: number;
      readonly operator: string;
    };
    /** @description An end. */
    readonly EndView: {
      /**
       * Format: date-time
       * @description RFC 3339.
       */
      readonly at: string;
      /**
       * @description `revoked`, `restricted`, `code_replayed`, `refresh_replayed`, `disowned`, `factors_forgotten` or `factor_removed`; null where the
       *     operator lost its registration.
       */
      readonly why?: string | null;
    };
    /** @enum {string} */
    readonly EventKind:
      | 'verification.completed'
      | 'verification.failed'
      | 'verification.under_review'
      | 'verification.reopened'
      | 'token.revoked'
      | 'player.restricted'
      | 'registration.changed'
      | 'webhook.test';
    /** @description An event of the log */
    readonly EventView: {
      readonly at: string;
      readonly details: Record<string, never>;
      readonly kind: components['schemas']['AuditEventKind'];
      /** @description Hashes that lead from it to the root */
      readonly path: number;
      /**
       * Format: int64
       * @description Its number in the log
       */
      readonly sequence: number;
    };
    /** @description The evidence of a case */
    readonly EvidenceView: {
      /** @description How the attempt went */
      readonly attempt?: Record<string, never> | null;
      /** @description What was measured, likenesses, what the player contests */
      readonly case: Record<string, never>;
      /** @description The browser, to look for its cases */
      readonly device?: string | null;
      /** @description Other cases of the person */
      readonly earlier: readonly components['schemas']['QueueRow'][];
      /** @description Whether there is a capture to look at, frame by frame */
      readonly has_capture: boolean;
      readonly has_frame: boolean;
      readonly iin?: string | null;
      /** @description What sources say now of what the player contests */
      readonly records?: Record<string, never> | null;
      /** @description Cases of other people from the same browser */
      readonly same_device: readonly components['schemas']['QueueRow'][];
      /** @description Cases of people whose face is like this one */
      readonly same_face: readonly components['schemas']['QueueRow'][];
      /** @description Cases with a frame that is the same byte for byte */
      readonly same_frames: readonly components['schemas']['QueueRow'][];
      /** @description From where on a similarity is a match and where it is none; the same of a living face */
      readonly thresholds: Record<string, never>;
    };
    /** @description How many ended so, or had this reason, on a day */
    readonly Figure: {
      /** @description `approved`, `refused`, `under_review`, `cancelled`; or a reason code */
      readonly code: string;
      /** Format: int64 */
      readonly count: number;
      /** @description A day of Almaty */
      readonly day: string;
      readonly operator: string;
      /** @description In the reader's language, of a reason */
      readonly title?: string | null;
    };
    /** @description Why somebody gets their place back, and how it was found out who asks for it */
    readonly Forgetting: {
      /** @description Which document was seen, and how: 20 letters to 1000 characters; kept encrypted */
      readonly identity_check: string;
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description One frame; what was not seen in it is left out */
    readonly FrameView: {
      /**
       * Format: int64
       * @description Milliseconds after the beginning
       */
      readonly at: number;
      /** @description The same of what stands around it */
      readonly background?: readonly number[] | null;
      /**
       * Format: float
       * @description Height in widths
       */
      readonly eyes?: number | null;
      /** @description Red, green and blue of the skin, 0 to 255 */
      readonly face?: readonly number[] | null;
      /** @description Whether it was kept for comparison */
      readonly kept: boolean;
      /**
       * Format: float
       * @description Gap in widths
       */
      readonly mouth?: number | null;
      /** @description The number of its picture */
      readonly picture?: number | null;
      /**
       * Format: float
       * @description Degrees, positive when the head is lowered
       */
      readonly pitch?: number | null;
      /**
       * Format: float
       * @description Passive PAD, 0 (attack) to 1 (bona fide)
       */
      readonly presentation?: number | null;
      /**
       * Format: float
       * @description Unified, 0 to 100
       */
      readonly quality?: number | null;
      /** @description Why it did not pass the gate */
      readonly rejection?: string | null;
      /**
       * Format: float
       * @description Degrees, positive to the image's right
       */
      readonly yaw?: number | null;
    };
    /** @description A source of restrictions */
    readonly Freshness: {
      readonly fresh: boolean;
      readonly name: string;
      readonly refreshed_at: string;
      /** @description When what it says is no longer trusted */
      readonly stale_at: string;
    };
    /** @description What came of a code. */
    readonly GrantView: {
      readonly ended?: null | components['schemas']['EndView'];
      /** @description The `client_id` that redeemed it. */
      readonly operator: string;
      /** @description What was issued, the oldest first. */
      readonly tokens: readonly components['schemas']['IssuedView'][];
    };
    /** @description To whom; to whoever comes without */
    readonly HandingOver: {
      readonly to?: string | null;
    };
    /** @description How it is. */
    readonly Health: {
      /** @description `live`, `ready`, or what is missing. */
      readonly status: string;
    };
    /** @description Whether evidence is kept beyond its term */
    readonly Holding: {
      readonly held: boolean;
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description Whether the token stands, and then its claims. */
    readonly Introspection: {
      /** @description How the player was verified, while that is recent. */
      readonly acr?: string | null;
      /** @description Whether it stands. */
      readonly active: boolean;
      /** @description RFC 8176. */
      readonly amr?: readonly string[] | null;
      /** @description The operator. */
      readonly aud?: string | null;
      /**
       * Format: int64
       * @description When the player was verified, seconds.
       */
      readonly auth_time?: number | null;
      /** @description The operator. */
      readonly client_id?: string | null;
      /** @description Whose key makes it good. */
      readonly cnf?: Record<string, never> | null;
      /**
       * Format: int64
       * @description Expiry, seconds.
       */
      readonly exp?: number | null;
      /**
       * Format: int64
       * @description Issued at, seconds.
       */
      readonly iat?: number | null;
      /** @description Issuer. */
      readonly iss?: string | null;
      /** @description Token id. */
      readonly jti?: string | null;
      /** @description Present and true in the sandbox only. */
      readonly sandbox?: boolean | null;
      /** @description `play` */
      readonly scope?: string | null;
      /** @description Where its status is told. */
      readonly status?: Record<string, never> | null;
      /** @description The player, as this operator knows them. */
      readonly sub?: string | null;
      /** @description `DPoP` or `Bearer`. */
      readonly token_type?: string | null;
    };
    readonly Invitation: {
      readonly invitation: string;
    };
    /** @description Somebody who was invited, and the link to hand to them */
    readonly Invited: {
      readonly expires_at: string;
      /** @description Good once, and shown once */
      readonly link: string;
      readonly member: components['schemas']['StaffMember'];
    };
    /** @description One pair of tokens. */
    readonly IssuedView: {
      /**
       * Format: date-time
       * @description RFC 3339.
       */
      readonly at: string;
      /**
       * Format: int32
       * @description How many renewals lie between the first pair and this one; two pairs with the same number came of one refresh token.
       */
      readonly renewals: number;
    };
    /** @enum {string} */
    readonly JobResult: 'succeeded' | 'failed' | 'interrupted';
    /** @description A background job: its last run and the next */
    readonly JobRow: {
      /** @description When it is due next */
      readonly due_at: string;
      /** @description When its last run ended */
      readonly ended_at?: string | null;
      /** @description Why it failed */
      readonly failure?: string | null;
      /**
       * Format: int32
       * @description Runs that failed since the last one that did not
       */
      readonly failures: number;
      /** @description As in `rastau jobs run` */
      readonly name: string;
      readonly result?: null | components['schemas']['JobResult'];
      /** @description When everything was last done */
      readonly succeeded_at?: string | null;
      /** @description Whether a replica does it just now */
      readonly under_way: boolean;
    };
    readonly Joining: {
      readonly ceremony: string;
      /** @description What `navigator.credentials.create` gave */
      readonly credential: Record<string, never>;
      readonly invitation: string;
    };
    /** @description Keys in use; none of their secrets */
    readonly KeysView: {
      /** @description Models in use: what for, which, SHA-256 */
      readonly models: readonly Record<string, never>[];
      /**
       * Format: int32
       * @description How many keys the registry's hashes were hashed with again
       */
      readonly registry_generation: number;
      /** @description Public keys of what is signed, the first one signs */
      readonly signing: Record<string, never>;
    };
    /** @description Why somebody looks */
    readonly Looking: {
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description Why somebody looks at a picture, and how */
    readonly LookingAt: {
      /** @description Brought to one pose and size by the face, to be laid over another */
      readonly aligned?: boolean | null;
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description Whose cases somebody looks for */
    readonly LookingFor: {
      readonly iin: string;
      readonly why: string;
    };
    /** @description Who is signed in */
    readonly Me: {
      /** @description Whether another has confirmed who this is; until then nothing may be done */
      readonly confirmed: boolean;
      /** @description When nobody is, whatever is done */
      readonly ends_at: string;
      /** @description When nobody is signed in any more, unless something is done before, RFC 3339 */
      readonly idle_at: string;
      readonly login: string;
      /** @description What may be done: rights by their names, see docs/CODES.md */
      readonly may: readonly components['schemas']['Right'][];
      readonly name: string;
      readonly roles: readonly components['schemas']['Role'][];
      /** @description Until when sensitive acts need no passkey */
      readonly stepped_up_until: string;
    };
    /** @description The document. Members are the registered names. */
    readonly Metadata: {
      readonly acr_values_supported: readonly string[];
      readonly authorization_endpoint: string;
      readonly authorization_response_iss_parameter_supported: boolean;
      readonly claims_supported: readonly string[];
      readonly code_challenge_methods_supported: readonly string[];
      readonly dpop_signing_alg_values_supported: readonly string[];
      readonly grant_types_supported: readonly string[];
      readonly id_token_signing_alg_values_supported: readonly string[];
      readonly introspection_endpoint: string;
      readonly introspection_endpoint_auth_methods_supported: readonly string[];
      readonly introspection_endpoint_auth_signing_alg_values_supported: readonly string[];
      readonly introspection_signing_alg_values_supported: readonly string[];
      readonly issuer: string;
      readonly jwks_uri: string;
      readonly mtls_endpoint_aliases?: null | components['schemas']['Aliases'];
      readonly pushed_authorization_request_endpoint: string;
      readonly request_parameter_supported: boolean;
      readonly request_uri_parameter_supported: boolean;
      readonly require_pushed_authorization_requests: boolean;
      readonly response_modes_supported: readonly string[];
      readonly response_types_supported: readonly string[];
      readonly revocation_endpoint: string;
      readonly revocation_endpoint_auth_methods_supported: readonly string[];
      readonly revocation_endpoint_auth_signing_alg_values_supported: readonly string[];
      readonly scopes_supported: readonly string[];
      readonly service_documentation: string;
      readonly subject_types_supported: readonly string[];
      readonly tls_client_certificate_bound_access_tokens: boolean;
      readonly token_endpoint: string;
      readonly token_endpoint_auth_methods_supported: readonly string[];
      readonly token_endpoint_auth_signing_alg_values_supported: readonly string[];
      readonly ui_locales_supported: readonly string[];
      readonly userinfo_endpoint: string;
    };
    /**
     * @description How an operator proves that it is itself.
     * @enum {string}
     */
    readonly Method: 'private_key_jwt' | 'self_signed_tls_client_auth' | 'client_secret_basic';
    /** @description A token. */
    readonly NamedToken: components['schemas']['ClientFields'] & {
      /** @description An access token; to be given back also a refresh token. */
      readonly token: string;
      /** @description Not needed. */
      readonly token_type_hint?: string | null;
    };
    /** @description An operator to be added. */
    readonly NewOperatorBody: {
      readonly assertion_audience?: null | components['schemas']['AudienceName'];
      /** @description How it authenticates. */
      readonly authentication: components['schemas']['Method'];
      /** @description Whom to write to: an e-mail address or an https URL. */
      readonly contact?: string | null;
      /**
       * @description The `client_id`: 3 to 64 characters of a-z, 0-9, '-', '_' and '.'.
       * @example demo-bet
       */
      readonly id: string;
      /** @description Its public keys, a JWK Set (RFC 7517): EC P-256, Ed25519 or RSA. This or `jwks_uri`, and neither with a secret. */
      readonly jwks?: Record<string, never> | null;
      /**
       * Format: uri
       * @description Where it publishes them.
       */
      readonly jwks_uri?: string | null;
      /**
       * @description The name that players read, 1 to 100 characters.
       * @example Demo Bet
       */
      readonly name: string;
      /**
       * @description Where answers go, compared to the byte; https (http on loopback in a sandbox).
       * @example [
       *       "https://bet.example/callback"
       *     ]
       */
      readonly redirect_uris: readonly string[];
      /**
       * Format: int32
       * @description Requests a second of each replica.
       */
      readonly requests_per_second?: number | null;
      /** @description What it may ask for; `play` when not said. */
      readonly scopes?: readonly components['schemas']['ScopeName'][] | null;
    };
    readonly NewStaff: {
      readonly login: string;
      readonly name: string;
      /** @description `reviewer`, `supervisor`, `auditor`, `operator_manager`, `administrator` */
      readonly roles: readonly components['schemas']['Role'][];
      /** @description Why, where they will decide, approve or confirm */
      readonly why?: string | null;
    };
    /** @enum {string} */
    readonly NoticeKind:
      | 'enrolment_code'
      | 'recovery_code'
      | 'take_back_code'
      | 'enrolment_held'
      | 'factor_added'
      | 'factor_removed'
      | 'factors_forgotten'
      | 'recovery_held'
      | 'recovery_cancelled'
      | 'recovery_completed'
      | 'self_restricted'
      | 'self_restriction_taken_back';
    /** @description A notice of a sandbox. */
    readonly NoticeView: {
      /**
       * Format: date-time
       * @description RFC 3339.
       */
      readonly at: string;
      /** @description `sms` or `email`. */
      readonly channel: components['schemas']['Channel'];
      /** @description The code, in a notice that brings one. */
      readonly code?: string | null;
      /**
       * @description `enrolment_code`, `recovery_code`, `take_back_code`, `enrolment_held`, `factor_added`, `factor_removed`,
       *     `factors_forgotten`, `recovery_held`, `recovery_cancelled`, `recovery_completed`, `self_restricted` or `self_restriction_taken_back`.
       */
      readonly kind: components['schemas']['NoticeKind'];
      /** @description Where the person can object; at most one. */
      readonly links: readonly string[];
      /** @description The address as the player is told it. */
      readonly masked: string;
      /** @description In the player's language. */
      readonly text: string;
    };
    /** @description RFC 6749 section 5.2. */
    readonly OAuthProblem: {
      /**
       * @description A registered code.
       * @example invalid_request
       */
      readonly error: string;
      /** @description A sentence for the operator's developers. */
      readonly error_description: string;
    };
    /** @description One event, as its webhook told it. */
    readonly OperatorEvent: {
      /** @description What it tells. */
      readonly data: Record<string, never>;
      /**
       * Format: uuid
       * @description The webhook's `webhook-id`: whoever got it has had the event.
       */
      readonly id: string;
      /**
       * Format: date-time
       * @description RFC 3339
       */
      readonly timestamp: string;
      /** @description Its kind, such as `player.restricted`. */
      readonly type: components['schemas']['EventKind'];
    };
    /** @description A stretch of events, the oldest first. */
    readonly OperatorEvents: {
      readonly events: readonly components['schemas']['OperatorEvent'][];
      /** @description More are there already. */
      readonly more: boolean;
      /** @description To be sent as `after`; as it was, where there was nothing. */
      readonly next?: string | null;
    };
    /** @description All operators. */
    readonly OperatorList: {
      /** @description By id. */
      readonly operators: readonly components['schemas']['OperatorView'][];
    };
    /** @description An operator. */
    readonly OperatorView: {
      /** @description Whom its assertions may name. */
      readonly assertion_audience: components['schemas']['AudienceName'];
      /** @description How it authenticates. */
      readonly authentication: components['schemas']['Method'];
      /** @description The secret that was drawn; shown in the answer to its request alone. */
      readonly client_secret?: string | null;
      /** @description Whom to write to. */
      readonly contact?: string | null;
      /**
       * Format: date-time
       * @description Since when it may ask for nothing.
       */
      readonly disabled_at?: string | null;
      /** @description The `client_id`. */
      readonly id: string;
      /** @description Its public keys, where they are registered. */
      readonly jwks?: Record<string, never> | null;
      /** @description Where it publishes them. */
      readonly jwks_uri?: string | null;
      /** @description The name that players read. */
      readonly name: string;
      /** @description Where answers go. */
      readonly redirect_uris: readonly string[];
      /**
       * Format: int32
       * @description Requests a second of each replica.
       */
      readonly requests_per_second: number;
      /** @description Whether it belongs to a sandbox. */
      readonly sandbox: boolean;
      /** @description What it may ask for. */
      readonly scopes: readonly components['schemas']['ScopeName'][];
    };
    /** @description The figures of some days */
    readonly OverviewView: {
      /** @description From the opening of a case to what was decided */
      readonly case_times: readonly components['schemas']['Duration'][];
      /** @description What cues saw in cases: kinds of attacks, and of what looked like one */
      readonly findings: readonly components['schemas']['Figure'][];
      /** @description The first day */
      readonly from: string;
      readonly reasons: readonly components['schemas']['Figure'][];
      readonly sources: readonly components['schemas']['Freshness'][];
      /** @description The last day */
      readonly until: string;
      readonly verdicts: readonly components['schemas']['Figure'][];
      /** @description From the beginning of a verification to its end */
      readonly verification_times: readonly components['schemas']['Duration'][];
    };
    /** @description A key, by what it is named. */
    readonly OwnKey: {
      readonly alg?: string | null;
      readonly kid?: string | null;
      readonly kty?: string | null;
    };
    /** @description An operator's own registration. */
    readonly OwnRegistration: {
      /**
       * @description Whom assertions may name as their audience: `issuer`, or `endpoint`, too.
       * @example issuer
       */
      readonly assertion_audience: string;
      /**
       * @description `private_key_jwt`, `self_signed_tls_client_auth` or `client_secret_basic`
       * @example private_key_jwt
       */
      readonly authentication: string;
      /**
       * @description The `client_id`.
       * @example demo-bet
       */
      readonly client_id: string;
      /** @description Where the keys are published. */
      readonly jwks_uri?: string | null;
      /** @description The keys that are registered. */
      readonly keys: readonly components['schemas']['OwnKey'][];
      /** @description The name that players read. */
      readonly name: string;
      /** @description To the byte. */
      readonly redirect_uris: readonly string[];
      /**
       * Format: int32
       * @description Of each replica; twice as many may come at once.
       */
      readonly requests_per_second: number;
      /** @description It belongs to a sandbox. */
      readonly sandbox: boolean;
      /** @description What may be asked for. */
      readonly scopes: readonly string[];
      readonly webhook?: null | components['schemas']['OwnWebhook'];
    };
    /** @description Where messages go, and whether they do. */
    readonly OwnWebhook: {
      /**
       * Format: date-time
       * @description You answered 410 then; nothing was sent since.
       */
      readonly disabled_at?: string | null;
      /**
       * Format: date-time
       * @description Two secrets sign until then.
       */
      readonly old_secret_until?: string | null;
      readonly url: string;
    };
    /** @description A problem: RFC 9457, with a stable code and a sentence in the reader's language */
    readonly Problem: {
      readonly code: string;
      readonly detail: string;
      /** @description What exactly, in English, for developers. */
      readonly reason?: string | null;
      /** Format: int64 */
      readonly retry_after?: number | null;
      /** Format: int32 */
      readonly status: number;
      readonly title: string;
      /** @example urn:rastau:problem:not_found */
      readonly type: string;
    };
    /** @description Something that takes two */
    readonly Proposal: {
      readonly at: string;
      /** @description Login of who asked */
      readonly by: string;
      /** @description `bundle`, `invitation` or `secret`: where who asked fetches it */
      readonly fetched?: string | null;
      readonly id: string;
      /** @description How who asked made sure of whom they speak with, where it is needed; told to who decides or approves */
      readonly identity_check?: string | null;
      /**
       * @description `erase_evidence`, `export_evidence`, `unlock_person`, `forget_factors`, `take_back_self_restriction`, `release_version`,
       *     `discard_version`, `roll_back_source`, `add_operator`, `change_operator`, `enable_operator`, `set_webhook`,
       *     `rotate_webhook`, `invite_staff`, `reinvite_staff` or `change_staff`
       */
      readonly kind: components['schemas']['ProposalKind'];
      /** @description What exactly; another may have to judge it */
      readonly measure: Record<string, never>;
      /** @description Who said yes or no, when, and which */
      readonly settled?: Record<string, never> | null;
      /** @description `waiting`, `refused`, `allowed` (to be fetched by who asked), `done` or `lapsed` */
      readonly state: components['schemas']['ProposalState'];
      /** @description A case, a source, an operator or a login */
      readonly subject: string;
      /** @description When that state ends by itself */
      readonly until?: string | null;
      readonly why: string;
    };
    /** @enum {string} */
    readonly ProposalKind:
      | 'erase_evidence'
      | 'export_evidence'
      | 'unlock_person'
      | 'forget_factors'
      | 'take_back_self_restriction'
      | 'release_version'
      | 'discard_version'
      | 'roll_back_source'
      | 'add_operator'
      | 'change_operator'
      | 'enable_operator'
      | 'set_webhook'
      | 'rotate_webhook'
      | 'invite_staff'
      | 'reinvite_staff'
      | 'change_staff';
    /** @enum {string} */
    readonly ProposalState: 'waiting' | 'refused' | 'allowed' | 'done' | 'lapsed';
    /** @description A request that was pushed. */
    readonly PushedAnswer: {
      /**
       * Format: int64
       * @description Its life, seconds.
       */
      readonly expires_in: number;
      /** @description Serves once, in the player's browser: `/oauth2/authorize?client_id=..&request_uri=..` */
      readonly request_uri: string;
    };
    /** @description What a player is to be verified for. */
    readonly PushedRequest: components['schemas']['ClientFields'] & {
      /** @description How the player must be verified at least (RFC 9470). */
      readonly acr_values?: string | null;
      /**
       * @description RFC 7636: base64url of SHA-256 over the verifier.
       * @example E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
       */
      readonly code_challenge: string;
      /**
       * @description `S256`
       * @example S256
       */
      readonly code_challenge_method: string;
      /** @description The thumbprint of the key that the tokens shall be bound to (RFC 9449 section 10). */
      readonly dpop_jkt?: string | null;
      /**
       * Format: int64
       * @description How old a verification may be, seconds.
       */
      readonly max_age?: number | null;
      /** @description Comes back in the ID token. */
      readonly nonce?: string | null;
      /**
       * @description One of the registered addresses, to the byte.
       * @example https://bet.example/callback
       */
      readonly redirect_uri: string;
      /**
       * @description `code`
       * @example code
       */
      readonly response_type: string;
      /**
       * @description `play`, and `openid` with it where an ID token is wanted.
       * @example play
       */
      readonly scope: string;
      /**
       * @description Comes back with the answer; as long as the request may be, though not every proxy passes a long address.
       * @example f3a9c1
       */
      readonly state?: string | null;
      /** @description Languages of the pages, such as `kk ru`. */
      readonly ui_locales?: string | null;
    };
    /** @description A page of the queue */
    readonly Queue: {
      readonly cases: readonly components['schemas']['QueueRow'][];
      /** @description How many cases there are in each status */
      readonly counts: Record<string, never>;
    };
    /** @description A case in the queue */
    readonly QueueRow: {
      /** @description Login of who has it */
      readonly assignee?: string | null;
      /**
       * Format: int32
       * @description Which capture of its verification it shows, from 1 on
       */
      readonly attempt?: number | null;
      readonly contested?: string | null;
      /** @description When it should be looked at */
      readonly due_at: string;
      readonly id: string;
      readonly opened_at: string;
      readonly operator: string;
      readonly reasons: readonly components['schemas']['ReasonTitle'][];
      /** @description `low`, `medium` or `high` */
      readonly risk: components['schemas']['Risk'];
      /** @description `open`, `recorded`, `proposed` or `decided` */
      readonly status: components['schemas']['CaseStatus'];
    };
    /** @enum {string} */
    readonly ReasonCode:
      | 'picture_empty'
      | 'picture_too_many_bytes'
      | 'picture_format'
      | 'picture_heic'
      | 'picture_jpeg_kind'
      | 'picture_png_kind'
      | 'picture_too_many_pixels'
      | 'picture_damaged'
      | 'no_face'
      | 'several_faces'
      | 'face_too_small'
      | 'face_too_large'
      | 'face_cut_off'
      | 'face_turned'
      | 'not_upright'
      | 'too_dark'
      | 'too_bright'
      | 'low_contrast'
      | 'blurred'
      | 'capture_timeout'
      | 'capture_attempts'
      | 'capture_retry'
      | 'capture_face_changed'
      | 'capture_mirrored'
      | 'presentation_attack'
      | 'presentation_doubtful'
      | 'face_mismatch'
      | 'face_doubtful'
      | 'face_seen_elsewhere'
      | 'review_needed'
      | 'id_photo_unusable'
      | 'recording_not_kept'
      | 'person_not_found'
      | 'under_21'
      | 'enrolment_held'
      | 'enrolment_disowned'
      | 'class_unmet'
      | 'factors_lost'
      | 'recovery_held'
      | 'recovery_disowned'
      | 'restricted_debtor'
      | 'restricted_court'
      | 'restricted_civil_servant'
      | 'restricted_military'
      | 'restricted_law_enforcement'
      | 'restricted_special_services'
      | 'restricted_self'
      | 'restricted_cool_off'
      | 'restricted_deceased'
      | 'restricted_document'
      | 'restrictions_unknown'
      | 'cancelled'
      | 'expired';
    /** @description A reason, in the reader's language */
    readonly ReasonTitle: {
      readonly code: components['schemas']['ReasonCode'];
      readonly title: string;
    };
    /** @description A row that was refused; what it holds is not repeated. */
    readonly RefusedRow: {
      /** @description Why. */
      readonly code: string;
      /** @description The column at fault. */
      readonly column?: string | null;
      /**
       * Format: int64
       * @description Its line, from 1; a header counts.
       */
      readonly line: number;
    };
    /** @description Why somebody who decides, approves or confirms makes a new passkey */
    readonly Reinviting: {
      readonly why?: string | null;
    };
    /** @description An endpoint that is gone. */
    readonly RemovedWebhook: {
      /**
       * Format: int64
       * @description Messages that it did not get; they are kept as failed for a while.
       */
      readonly undelivered: number;
    };
    /** @enum {string} */
    readonly Right:
      | 'read_overview'
      | 'read_cases'
      | 'see_evidence'
      | 'decide'
      | 'approve'
      | 'confirm'
      | 'read_staff'
      | 'manage_staff'
      | 'read_proposals'
      | 'read_settings'
      | 'manage_operators'
      | 'manage_sources';
    /** @enum {string} */
    readonly Risk: 'low' | 'medium' | 'high';
    /** @enum {string} */
    readonly Role: 'reviewer' | 'supervisor' | 'auditor' | 'operator_manager' | 'administrator';
    /** @description Which version is left, for which, and why */
    readonly RollingBack: {
      /**
       * Format: int32
       * @description Which counts, and will not any more
       */
      readonly from: number;
      /**
       * Format: int32
       * @description Which counts again: the one before
       */
      readonly version: number;
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /**
     * @description What an operator may ask for.
     * @enum {string}
     */
    readonly ScopeName: 'play' | 'check:login' | 'check:bet' | 'check:marketing';
    /** @description Where messages go, and why */
    readonly Setting: {
      /**
       * Format: uri
       * @description https to a public address (http to this machine in a sandbox)
       */
      readonly url: string;
      /** @description 3 to 200 characters; it stands in the audit log */
      readonly why: string;
    };
    /** @description Yes or no to what another decided */
    readonly Settling: {
      readonly yes: boolean;
    };
    readonly Shown: {
      readonly ceremony: string;
      /** @description What `navigator.credentials.get` gave */
      readonly credential: Record<string, never>;
    };
    readonly SigningIn: {
      readonly login: string;
    };
    /** @description A source with its newest versions */
    readonly SourceRow: {
      readonly fresh: boolean;
      readonly name: string;
      readonly refreshed_at: string;
      /** @description Whether nobody may play without it */
      readonly required: boolean;
      /** @description When what it says is no longer trusted */
      readonly stale_at: string;
      readonly versions: readonly components['schemas']['VersionRow'][];
    };
    /** @description One of the staff */
    readonly StaffMember: {
      readonly added_at: string;
      /** @description Since when they count; until another than who asked has confirmed their passkey they do not */
      readonly confirmed_at?: string | null;
      readonly disabled_at?: string | null;
      readonly login: string;
      readonly name: string;
      readonly roles: readonly components['schemas']['Role'][];
    };
    /** @description What a stop would end */
    readonly Standing: {
      /**
       * Format: int64
       * @description Grants that stand now
       */
      readonly grants: number;
    };
    /** @description What was on the page, from when on */
    readonly StepView: {
      /**
       * Format: int64
       * @description Milliseconds after the beginning
       */
      readonly at: number;
      /** @description Which light or command */
      readonly code?: string | null;
      /** @description `straight`, `light` or `command` */
      readonly what: string;
    };
    /** @description Whether an operator may ask for anything */
    readonly Switching: {
      readonly disabled: boolean;
      /** @description Why, 3 to 200 characters; it stands in the audit log */
      readonly why?: string | null;
    };
    /** @description What became of a file. */
    readonly TakenView: {
      /**
       * Format: int64
       * @description Rows that came with it.
       */
      readonly added: number;
      /**
       * Format: int64
       * @description Rows about companies (BIN), which were passed over.
       */
      readonly companies: number;
      /** @description The first of them. */
      readonly refused: readonly components['schemas']['RefusedRow'][];
      /**
       * Format: int64
       * @description Rows that were refused.
       */
      readonly refused_rows: number;
      /**
       * Format: int64
       * @description Rows that it took away.
       */
      readonly removed: number;
      /**
       * Format: int64
       * @description Rows whose number had lost leading zeros, which were put back.
       */
      readonly restored: number;
      /**
       * Format: int64
       * @description Rows that count in it.
       */
      readonly rows: number;
      /** @description `current`: it counts. `quarantined`: it waits for a person, and what counted before counts still. */
      readonly state: string;
      /** @description Why it waits: `shrank`, `dwindled`, `frees`, `undone`, `grew`, `bad_rows`, `zeros_restored`. */
      readonly suspicions: readonly string[];
      /** @description Whether it was what counted already. */
      readonly unchanged: boolean;
      /**
       * Format: int32
       * @description The number of the version.
       */
      readonly version: number;
    };
    /** @description Tokens. */
    readonly TokenAnswer: {
      /** @description A JWT, RFC 9068. */
      readonly access_token: string;
      /**
       * Format: int64
       * @description Its life, seconds; at most 300.
       */
      readonly expires_in: number;
      /** @description Who it was (OpenID Connect), where `openid` was asked for; with the first tokens alone. */
      readonly id_token?: string | null;
      /** @description For this client and this key, until the next one is used. */
      readonly refresh_token: string;
      /** @description `play`, or `openid play` */
      readonly scope: string;
      /** @description `DPoP`, or `Bearer` where it is bound to a certificate or not at all. */
      readonly token_type: string;
    };
    /** @description A code or a refresh token to be exchanged. */
    readonly TokenRequest: components['schemas']['ClientFields'] & {
      /**
       * @description The code.
       * @example SplxlOBeZQQYbYS6WxSbIA
       */
      readonly code?: string | null;
      /**
       * @description The PKCE verifier.
       * @example dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
       */
      readonly code_verifier?: string | null;
      /**
       * @description `authorization_code` or `refresh_token`
       * @example authorization_code
       */
      readonly grant_type: string;
      /**
       * @description The address of the request, once more.
       * @example https://bet.example/callback
       */
      readonly redirect_uri?: string | null;
      /** @description The refresh token. */
      readonly refresh_token?: string | null;
      /** @description At a renewal: no more than was granted. */
      readonly scope?: string | null;
    };
    /** @description What the log has about a case, proven */
    readonly TrailView: {
      /** @description The same, signed */
      readonly checkpoint: string;
      readonly events: readonly components['schemas']['EventView'][];
      /** @description The root of their tree, hex, to which every proof leads */
      readonly root: string;
      /**
       * Format: int64
       * @description How many events the log has
       */
      readonly size: number;
    };
    /** @description Somebody who waits */
    readonly Unconfirmed: {
      /** @description Logins of who asked for them; nobody where that was whoever has the machine */
      readonly asked_by: readonly string[];
      readonly member: components['schemas']['StaffMember'];
      /** @description Whether who reads this may confirm them */
      readonly yours: boolean;
    };
    /** @description Who it was. */
    readonly UserInfo: {
      /**
       * @description How the person was verified, while that is recent.
       * @example urn:rastau:acr:face+contact+passkey
       */
      readonly acr: string;
      /** @description RFC 8176. */
      readonly amr: readonly string[];
      /**
       * Format: int64
       * @description When the person was verified, seconds.
       * @example 1800000000
       */
      readonly auth_time: number;
      /** @description Present and true in the sandbox only. */
      readonly sandbox?: boolean | null;
      /**
       * @description The pairwise subject.
       * @example nCbzDRyuPkJJyvYYVFPGmwaDXZYfWzkGwhVGvtOwk2Y
       */
      readonly sub: string;
    };
    /** @enum {string} */
    readonly VersionKind: 'snapshot' | 'delta';
    /** @description A version of what a source says */
    readonly VersionRow: {
      /** Format: int64 */
      readonly added: number;
      readonly as_of: string;
      readonly kind: components['schemas']['VersionKind'];
      /** Format: int32 */
      readonly number: number;
      /** Format: int64 */
      readonly refused: number;
      /** Format: int64 */
      readonly removed: number;
      /** @description Why it waits, and which lines were refused */
      readonly report: Record<string, never>;
      /** Format: int64 */
      readonly rows: number;
      /** @description `current`, `previous`, `quarantined` and others */
      readonly state: components['schemas']['VersionState'];
    };
    /** @enum {string} */
    readonly VersionState: 'staging' | 'quarantined' | 'current' | 'previous' | 'superseded' | 'discarded' | 'removed';
    /** @description Where messages go. */
    readonly WebhookBody: {
      /**
       * Format: uri
       * @description https to a public address (http to this machine in a sandbox).
       * @example https://bet.example/webhooks
       */
      readonly url: string;
    };
    /** @description An operator's webhook endpoint. */
    readonly WebhookView: {
      /**
       * Format: date-time
       * @description When it was first set.
       */
      readonly created_at: string;
      /**
       * Format: date-time
       * @description Since when it gets nothing, because it answered 410.
       */
      readonly disabled_at?: string | null;
      /**
       * Format: date-time
       * @description Until when the secret before this one signs beside it.
       */
      readonly old_secret_until?: string | null;
      /** @description A secret that was drawn; shown in the answer to its request alone. */
      readonly secret?: string | null;
      /** @description Where messages go. */
      readonly url: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
