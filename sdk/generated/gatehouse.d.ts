/** Made from schemas/openapi.json by "npm run generate". Do not change by hand. */

export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process runs
         * @description Answers 200 for as long as the process can answer at all. When it does not, start the process again.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether exchanges should be sent here
         * @description Lists what the replica needs, and for each thing that it lacks the reason. Do not send exchanges on a 503.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Measurements for Prometheus
         * @description Requests, exchanges, suppliers and the disclosure log in counts and durations, in the text format 0.0.4.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search the data services that you may know of
         * @description Your agency’s own data services, and those of others that an agreement lets your agency ask, with the items, purposes, roles, identifier types and kinds of case reference that it allows.
         */
        get: operations["listDataServices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions-not-to-share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that somebody decided not to share
         * @description About a request that was made outside the gateway, or that a professional decided against. Stands in the disclosure log with a receipt. It binds no later request. Repeat the call with the same Idempotency-Key if its answer was lost.
         */
        post: operations["recordDecisionNotToShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exchanges/{exchangeId}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain an exchange to its officers, and to the person whom it was about
         * @description From what was kept: facts, policies and legal bases of the day. For officers of the agencies that were requester or supplier; any other exchange looks like one that does not exist. Each look-up is recorded in the disclosure log.
         */
        get: operations["explainExchange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The newest signed checkpoint
         * @description Keep it: any later checkpoint must be consistent with it. A log without entries has none yet.
         */
        get: operations["getCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/entries/{index}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Proof that an entry of your agency is in the log
         * @description For entries in which your agency is requester or supplier. Any other looks like one that does not exist.
         */
        get: operations["getEntryProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys that verify checkpoints and receipts
         * @description Obtain them once over a channel that you trust, and keep them.
         */
        get: operations["getLogKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that a person gave permission, or refused it
         * @description Stores what the person said against keyed handles of theirs; no identifier is kept. It takes the place of what they said before about the same. Repeat the call with the same Idempotency-Key if its answer was lost.
         */
        post: operations["recordPermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/permissions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a permission that your agency recorded
         * @description Another agency’s permission looks like one that does not exist.
         */
        get: operations["getPermission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/permissions/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw a permission
         * @description Binds before it answers: from then on no exchange relies on the permission, on any replica. Withdrawing again changes nothing. A refusal is not withdrawn: ask again, and record the new answer.
         */
        post: operations["withdrawPermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a data service about a person or place
         * @description Decides under the agreement in force, asks the supplier for the permitted items only, records the disclosure, and answers. A refusal is a 403 with its reason codes and a receipt of its own. Not idempotent: each call is an exchange of its own and is logged.
         */
        post: operations["createQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reviews of overrides that concern your agency
         * @description Each disclosure by an override opens one, for the requester’s agency and the supplier’s to answer.
         */
        get: operations["listReviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a review of an override
         * @description One that does not concern your agency looks like one that does not exist.
         */
        get: operations["getReview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}/answers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say what your agency found when it reviewed an override
         * @description Each agency concludes once, and nothing replaces its answer. Whoever authorised the override does not answer for their agency. The review is closed when both agencies have concluded.
         */
        post: operations["answerReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AskedByBody: {
            /**
             * @description Your own id of the member of staff.
             * @example tr-0815
             */
            staffId: string;
            /** @example care-coordinator */
            role: string;
        };
        ConflictingAgreement: {
            /** @example adult-care-assessed-needs */
            id: string;
            /** @example 1 */
            version: number;
        };
        DataItemView: {
            /** @example risk-summary */
            id: string;
            /** @example Summary of risks to the person and to those who visit */
            name: string;
            /**
             * @example special-category
             * @enum {string}
             */
            sensitivity: "standard" | "special-category" | "criminal-offence";
            /**
             * @description Held under the common-law duty of confidence.
             * @example true
             */
            confidential: boolean;
        };
        DataServiceAccessView: {
            /** @example adult-care-assessed-needs */
            agreement: string;
            /** @example 1 */
            version: number;
            /** @example trust-to-council */
            leg: string;
            /**
             * @example in-force
             * @enum {string}
             */
            state: "in-force" | "not-yet";
            /**
             * Format: date
             * @example 2026-11-01
             */
            startsOn: string;
            /**
             * Format: date
             * @example 2028-10-31
             */
            endsOn: string;
            /**
             * @example [
             *       "assessed-needs",
             *       "risk-summary",
             *       "care-coordinator"
             *     ]
             */
            dataItems: string[];
            /**
             * @example [
             *       "adult-social-care"
             *     ]
             */
            purposes: string[];
            /**
             * @example [
             *       "query"
             *     ]
             */
            patterns: string[];
            /**
             * @example [
             *       "social-worker"
             *     ]
             */
            roles: string[];
            /**
             * @example [
             *       "nhs-number"
             *     ]
             */
            identifierTypes: string[];
            /**
             * @example [
             *       "case"
             *     ]
             */
            caseReferenceKinds: string[];
        };
        DataServiceAgencyView: {
            /** @example northmoor-nhs-trust */
            id: string;
            /** @example Northmoor Community and Mental Health NHS Trust (fictional) */
            name: string;
        };
        DataServicePage: {
            dataServices: components["schemas"]["DataServiceView"][];
            /**
             * @description Give it as `cursor` for the next page; `null` on the last page.
             * @example null
             */
            nextCursor: string | null;
        };
        DataServiceView: {
            /** @example northmoor-nhs-trust/assessed-needs */
            id: string;
            /** @example Assessed needs */
            name: string;
            /** @example Needs, risks and care coordinator of people whom the trust cares for. */
            description: string;
            agency: components["schemas"]["DataServiceAgencyView"];
            /**
             * @description Whether it is held by the agency of the caller.
             * @example false
             */
            own: boolean;
            /**
             * @example [
             *       "nhs-number"
             *     ]
             */
            identifierTypes: string[];
            dataItems: components["schemas"]["DataItemView"][];
            /** @description What the caller’s agency may ask for, and under what. */
            access: components["schemas"]["DataServiceAccessView"][];
        };
        DecidedByBody: {
            /**
             * @description Your own id of the member of staff. Never a person’s identifier.
             * @example dsl-0032
             */
            staffId: string;
            /** @example safeguarding-lead */
            role: string;
        };
        DecisionBody: {
            /**
             * @example permit
             * @enum {string}
             */
            outcome: "permit" | "permit-partial";
            /**
             * @description See the documentation of reason codes.
             * @example [
             *       "PERMIT"
             *     ]
             */
            reasonCodes: string[];
            /**
             * @description Content hash of everything that decided: policies, schema, legal bases and purposes.
             * @example 7d1f0c6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687
             */
            policyVersion: string;
        };
        DecisionNotToShareAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-aa34-7b11-9a0e-6d5c4b3a2918
             */
            id: string;
            /** @example 2026-11-22T09:30:00.000Z */
            recordedAt: string;
            /**
             * @description Signed statement of what was decided, with its proof of being in the log (compact JWS).
             * @example eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1yZWNlaXB0K2p3cyJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl
             */
            receipt: string;
        };
        DecisionNotToShareBody: {
            /**
             * @description Of your agency’s own: `<data service>#<item>`, or `<data service>#*` for each of its items.
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#risk-summary"
             *     ]
             */
            items: string[];
            /**
             * @description The agency that asked.
             * @example northmoor-council
             */
            askedBy: string;
            /**
             * @description What it asked for, as a code of the catalogue of purposes.
             * @example adult-social-care
             */
            purpose: string;
            /**
             * @example safety-of-somebody
             * @enum {string}
             */
            reason: "more-detrimental-than-not" | "no-legal-basis" | "not-necessary" | "not-proportionate" | "person-objects" | "safety-of-somebody";
            /**
             * @description Legal bases that were considered, by their ids in the catalogue; empty where there were none.
             * @example [
             *       "care-2014-s42"
             *     ]
             */
            legalBasis: string[];
            decidedBy: components["schemas"]["DecidedByBody"];
            /** @description Whom it was about. Kept as keyed handles only, so that the decision is found again. */
            subject?: components["schemas"]["SubjectBody"];
        };
        ExplainedAgreement: {
            /** @example adult-care-assessed-needs */
            id: string;
            /** @example 1 */
            version: number;
            /** @example 4f1d0b6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687 */
            hash: string;
            /**
             * @description Null where the agreement of that version is not kept as it was.
             * @example Assessed needs of adults for social care in Northmoor
             */
            title: string | null;
        };
        ExplainedEntry: {
            /** @example 41 */
            index: number;
            /** @example decision */
            kind: string;
            /** @example 2026-11-22T09:30:00.398Z */
            recordedAt: string;
        };
        ExplainedItem: {
            /** @example assessed-needs */
            id: string;
            /** @example Needs for care and support as last assessed */
            name: string;
            /**
             * @example deny
             * @enum {string}
             */
            outcome: "permit" | "deny";
            reasons: components["schemas"]["ExplainedReason"][];
            /**
             * @description The leg of the agreement that covers the item: its clause.
             * @example trust-to-council
             */
            leg: string | null;
            /** @description The stack that a permit rests on. */
            legalBasis: components["schemas"]["ExplainedLegalBasis"][];
            /**
             * @description The policies that determined it.
             * @example [
             *       "permission-missing"
             *     ]
             */
            policies: string[];
        };
        ExplainedLegalBasis: {
            /** @example care-2014-s6 */
            id: string;
            /** @example Care Act 2014 */
            instrument: string | null;
            /** @example s.6 */
            provision: string | null;
            /** @example Co-operating generally */
            title: string | null;
            /** @example A council and its relevant partners must co-operate in care and support functions. */
            plainEnglish: string | null;
        };
        ExplainedOutcome: {
            /**
             * @description `disclosed`: released to the requester. Everything else: nothing was.
             * @example disclosed
             * @enum {string}
             */
            result: "disclosed" | "supplier-failed" | "permit-lapsed" | "unconfirmed" | "not-released";
            /** @example 2026-11-22T09:30:00.412Z */
            at: string;
            /**
             * @example [
             *       "care-coordinator"
             *     ]
             */
            released: string[];
            withheld: components["schemas"]["WithheldItem"][];
            /**
             * @description The requester was told that the supplier does not know the person.
             * @example false
             */
            noTrace: boolean;
            /** @example null */
            cause: string | null;
        };
        ExplainedOverride: {
            /** @example asking-would-prejudice-protection */
            reason: string;
            /**
             * @description Role of whoever authorised it.
             * @example team-manager
             */
            role: string;
            /**
             * @description As that of the requester.
             * @example tm-0007
             */
            staffId: string | null;
        };
        ExplainedPermission: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            id: string;
            /** @example confidentiality */
            kind: string | null;
        };
        ExplainedReason: {
            /** @example DENY_CONSENT_REQUIRED */
            code: string;
            /** @example The permission that this disclosure relies on has not been given, or no longer stands. */
            sentence: string;
        };
        ExplainedRequester: {
            /** @example northmoor-council */
            id: string;
            /** @example Northmoor Metropolitan Borough Council (fictional) */
            name: string;
            /** @example northmoor-council-adult-care */
            system: string;
            /** @example social-worker */
            role: string | null;
            /**
             * @description The requester’s own id for the member of staff. Null for everybody but the requester’s own officers.
             * @example sw-4711
             */
            staffId: string | null;
        };
        Explanation: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            exchangeId: string;
            /**
             * @description Plain English that can be read to the person whom it was about. Times are local in the UK.
             * @example On 22 November 2026 at 09:30 (Greenwich Mean Time), Northmoor Metropolitan Borough Council (fictional) asked Northmoor Community and Mental Health NHS Trust (fictional) for “Needs for care and support as last assessed”. …
             */
            paragraph: string;
            /**
             * @example permit-partial
             * @enum {string}
             */
            outcome: "permit" | "permit-partial" | "deny";
            reasons: components["schemas"]["ExplainedReason"][];
            /** @example 2026-11-22T09:30:00.391Z */
            decidedAt: string;
            /** @example query */
            pattern: string;
            requester: components["schemas"]["ExplainedRequester"];
            /**
             * @example {
             *       "id": "northmoor-nhs-trust",
             *       "name": "Northmoor Trust"
             *     }
             */
            supplier: components["schemas"]["Named"] | null;
            /** @example northmoor-nhs-trust/assessed-needs */
            dataService: string | null;
            /**
             * @example {
             *       "id": "adult-social-care",
             *       "name": "Assessing and meeting an adult’s needs for care and support"
             *     }
             */
            purpose: components["schemas"]["Named"] | null;
            /** @example null */
            justification: string | null;
            /** @example null */
            override: components["schemas"]["ExplainedOverride"] | null;
            /**
             * @example {
             *       "id": "adult-care-assessed-needs",
             *       "version": 1,
             *       "hash": "4f1d0b6e",
             *       "title": "Assessed needs of adults"
             *     }
             */
            agreement: components["schemas"]["ExplainedAgreement"] | null;
            /**
             * @description Agreements between the two that would have decided otherwise than each other, so that nothing went.
             * @example []
             */
            conflictingAgreements: components["schemas"]["ConflictingAgreement"][];
            items: components["schemas"]["ExplainedItem"][];
            /** @description The permissions that it relied on. */
            permissions: components["schemas"]["ExplainedPermission"][];
            /**
             * @description Null where nothing came of it: it was refused, or the gateway was stopped in between.
             * @example null
             */
            becameOf: components["schemas"]["ExplainedOutcome"] | null;
            madeAgain: components["schemas"]["MadeAgain"];
            /**
             * @description What the decision depended on, as archived. The requester’s officers are told that a permission was `not-given`, and not what the person said to another agency.
             * @example {
             *       "on": "2026-11-22",
             *       "pattern": "query",
             *       "purpose": "adult-social-care",
             *       "caseReferenceGiven": true
             *     }
             */
            facts: {
                [key: string]: unknown;
            } | null;
            /** @example 7d1f0c6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687 */
            policyVersion: string;
            /** @description Its entries in the disclosure log. */
            entries: components["schemas"]["ExplainedEntry"][];
        };
        GivenAnswer: {
            /** @example northmoor-council */
            agency: string;
            /**
             * @example justified
             * @enum {string}
             */
            outcome: "justified" | "not-justified" | "more-information-needed";
            /**
             * @example [
             *       "person-told"
             *     ]
             */
            measures: ("person-told" | "staff-guidance" | "incident-reported" | "agreement-to-be-changed" | "none")[];
            /** @example 2026-11-24T10:00:00.000Z */
            answeredAt: string;
        };
        IdentifierBody: {
            /**
             * @description Type of identifier; the data service says which it takes.
             * @example nhs-number
             */
            type: string;
            /**
             * @description Spaces and hyphens are passed over where the type allows them.
             * @example 999 000 0018
             */
            value: string;
        };
        LogKeysAnswer: {
            /**
             * @description C2SP verifier key of the checkpoints.
             * @example gatehouse.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
             */
            checkpoint: string;
            /**
             * @description Keys of receipts (JWK, RFC 7517).
             * @example [
             *       {
             *         "kty": "OKP",
             *         "crv": "Ed25519",
             *         "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
             *         "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
             *       }
             *     ]
             */
            receipts: {
                [key: string]: unknown;
            }[];
        };
        MadeAgain: {
            /** @example true */
            same: boolean;
            /**
             * @description What is otherwise, or why it could not be.
             * @example null
             */
            difference: string | null;
        };
        Named: {
            /** @example northmoor-council */
            id: string;
            /** @example Northmoor Metropolitan Borough Council (fictional) */
            name: string;
        };
        OverrideBody: {
            /**
             * @description Why the person was not asked, or not followed: a closed list, because a free text would carry what must not be kept. The first three are those of DPA 2018 Sch. 1 para. 18(2).
             * @enum {string}
             */
            reason: "consent-cannot-be-given" | "consent-cannot-reasonably-be-obtained" | "asking-would-prejudice-protection" | "life-at-risk" | "required-by-law";
            /** @description Who authorises it; the agreement’s leg says which roles may. */
            authorisedBy: components["schemas"]["RequestedByBody"];
        };
        PermissionAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            id: string;
            /**
             * @description What the person said.
             * @example given
             * @enum {string}
             */
            answer: "given" | "refused";
            /**
             * @description `superseded`: the person was asked again about all of it, and that answer counts.
             * @example given
             * @enum {string}
             */
            state: "given" | "refused" | "withdrawn" | "superseded" | "expired";
            /**
             * @example confidentiality
             * @enum {string}
             */
            kind: "uk-gdpr-consent" | "confidentiality" | "statutory-agreement" | "service-choice";
            /** @example adult-social-care */
            purpose: string;
            /**
             * @example [
             *       "northmoor-council"
             *     ]
             */
            recipients: string[];
            /**
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#assessed-needs"
             *     ]
             */
            items: string[];
            /**
             * @example self
             * @enum {string}
             */
            givenBy: "self" | "parental-responsibility" | "attorney" | "deputy";
            /**
             * @example own
             * @enum {string}
             */
            capacity: "own" | "child-judged-competent" | "child" | "health-and-welfare" | "property-and-financial-affairs";
            /**
             * @example in-person
             * @enum {string}
             */
            method: "in-person" | "telephone" | "video" | "online" | "paper";
            /** @example shared-assessment-v3 */
            wordingVersion: string;
            /** @example en */
            language: string;
            /**
             * @example {
             *       "staffId": "tr-0815",
             *       "role": "care-coordinator"
             *     }
             */
            askedBy: components["schemas"]["AskedByBody"] | null;
            /** @example 2026-11-22T09:00:00.000Z */
            validFrom: string;
            /**
             * @description Null for a refusal.
             * @example 2027-11-22T09:00:00.000Z
             */
            validUntil: string | null;
            /** @example 2026-11-22T09:00:00.000Z */
            recordedAt: string;
            /** @example null */
            withdrawnAt: string | null;
            /**
             * @description The record that took its place.
             * @example null
             */
            supersededBy: string | null;
        };
        PermissionBody: {
            /**
             * @description What the person said; default `given`. A refusal is recorded too, and counts as much.
             * @example given
             * @enum {string}
             */
            answer?: "given" | "refused";
            /**
             * @description Kinds never stand in for one another.
             * @example confidentiality
             * @enum {string}
             */
            kind: "uk-gdpr-consent" | "confidentiality" | "statutory-agreement" | "service-choice";
            /** @example adult-social-care */
            purpose: string;
            /**
             * @description Agencies that may receive.
             * @example [
             *       "northmoor-council"
             *     ]
             */
            recipients: string[];
            /**
             * @description `<data service>#<item>`, or `<data service>#*` for each of its items.
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#assessed-needs"
             *     ]
             */
            items: string[];
            subject: components["schemas"]["SubjectBody"];
            /**
             * @example self
             * @enum {string}
             */
            givenBy: "self" | "parental-responsibility" | "attorney" | "deputy";
            /**
             * @description `own` for oneself; `child` with parental responsibility; for an attorney or deputy, the matter they act in.
             * @example own
             * @enum {string}
             */
            capacity: "own" | "child-judged-competent" | "child" | "health-and-welfare" | "property-and-financial-affairs";
            /**
             * @example in-person
             * @enum {string}
             */
            method: "in-person" | "telephone" | "video" | "online" | "paper";
            /**
             * @description Version of the wording that the person was shown.
             * @example shared-assessment-v3
             */
            wordingVersion: string;
            /**
             * @description Language of that wording (BCP 47), e.g. `en`, `cy`, `pl`.
             * @example en
             */
            language: string;
            /** @description Who asked. Left out only where nobody did, which `online` and `paper` allow. */
            askedBy?: components["schemas"]["AskedByBody"];
            /**
             * @description Default: now.
             * @example 2026-11-22T09:00:00Z
             */
            validFrom?: string;
            /**
             * @description Must be after `validFrom`, and at most five years from now. A refusal has none: it does not end.
             * @example 2027-11-22T09:00:00Z
             */
            validUntil?: string;
        };
        /** @description An error (RFC 9457). `code` is stable and has an entry at `type`. */
        Problem: {
            /**
             * Format: uri-reference
             * @description Where the code is explained.
             */
            type: string;
            /** @description The same for each problem of this code. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @enum {string} */
            code: "REQUEST_MALFORMED" | "REQUEST_INVALID" | "IDENTIFIER_INVALID" | "IDENTIFIER_TYPE_NOT_TAKEN" | "REFUSAL_STANDS" | "REVIEW_ANSWERED" | "IDEMPOTENCY_KEY_REUSED" | "REQUEST_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "TOKEN_MISSING" | "TOKEN_INVALID" | "PROOF_INVALID" | "PROOF_REPLAYED" | "DISCLOSURE_REFUSED" | "ROLE_NOT_ALLOWED" | "REVIEW_BY_AUTHORISER" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "SYSTEM_OVER_SHARE" | "GATEWAY_BUSY" | "GATEWAY_STOPPING" | "LOG_UNAVAILABLE" | "STORE_UNAVAILABLE" | "SUPPLIER_BUSY" | "SUPPLIER_REFUSED" | "SUPPLIER_UNAVAILABLE" | "SUPPLIER_ANSWER_UNUSABLE" | "SUPPLIER_TIMED_OUT" | "INTERNAL";
            /** @description What to do next. */
            detail?: string;
            /** @description JSON Pointers (RFC 6901) to the members at fault. */
            pointers?: string[];
            /** Format: uuid */
            exchangeId?: string;
            decision?: {
                outcome: string;
                reasonCodes: string[];
                policyVersion: string;
            };
            withheld?: {
                dataItem: string;
                reason: string;
            }[];
            /** @description A signed statement of the refusal (JWS). */
            receipt?: string;
        };
        ProofAnswer: {
            /** @example 41 */
            index: number;
            /**
             * @description Base64.
             * @example q1rYbYzPMwkSMGmCcM7V1t4DkHX4iT8oNnZ0gQ1l5mQ=
             */
            leafHash: string;
            /**
             * @description Base64, leaf upwards (RFC 6962 section 2.1.1).
             * @example [
             *       "1jJrYI3G9b0mXvQqf8sJt1pYx1O0Jb2k3ZcT5yHq8rU="
             *     ]
             */
            inclusionProof: string[];
            /**
             * @description C2SP signed note.
             * @example gatehouse.example/log
             *     42
             *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
             *
             *     — gatehouse.example/log Az3grl…
             */
            checkpoint: string;
        };
        QueryAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            exchangeId: string;
            decision: components["schemas"]["DecisionBody"];
            /**
             * @description Each permitted item. `null` where the supplier holds no value, or does not know the person.
             * @example {
             *       "care-coordinator": {
             *         "name": "Casey Example",
             *         "team": "Northmoor East community team"
             *       }
             *     }
             */
            data: {
                [key: string]: unknown;
            };
            /** @example [] */
            withheld: components["schemas"]["WithheldBody"][];
            /**
             * @description Signed statement of what was decided and disclosed, with its proof of being in the log (compact JWS).
             * @example eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1yZWNlaXB0K2p3cyJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl
             */
            receipt: string;
        };
        QueryBody: {
            /** @example northmoor-nhs-trust/assessed-needs */
            dataService: string;
            /** @example adult-social-care */
            purpose: string;
            subject: components["schemas"]["SubjectBody"];
            /**
             * @description Items of the data service, each once.
             * @example [
             *       "assessed-needs",
             *       "care-coordinator"
             *     ]
             */
            dataItems: string[];
            /**
             * @description The case, incident or visit in the requester’s own system that this starts from. Kept only as a keyed hash.
             * @example ASC-2026-00123
             */
            caseReference?: string;
            requestedBy: components["schemas"]["RequestedByBody"];
            /**
             * @description Rely on this agreement and no other.
             * @example adult-care-assessed-needs
             */
            agreement?: string;
            /**
             * @description Rely on this permission and no other.
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            permission?: string;
            /**
             * @description Why the person was not asked, where that is so.
             * @enum {string}
             */
            justification?: "consent-cannot-be-given" | "consent-cannot-reasonably-be-obtained" | "asking-would-prejudice-protection" | "life-at-risk" | "required-by-law";
            /** @description Disclose although the person has not agreed or has objected, where the agreement allows it. Each such disclosure is reviewed by officers of both agencies. */
            override?: components["schemas"]["OverrideBody"];
            /**
             * @description How sure the requester is that what it acts on is so, and that this is the person; where the leg asks.
             * @enum {string}
             */
            assurance?: "verified" | "provisional" | "unverified";
        };
        RequestedByBody: {
            /**
             * @description The requester’s own id for the member of staff. Never a person’s identifier.
             * @example sw-4711
             */
            staffId: string;
            /**
             * @description One of the roles that the agreement’s leg names.
             * @example social-worker
             */
            role: string;
        };
        ReviewAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /**
             * Format: uuid
             * @description The exchange; its explanation says what was disclosed and why.
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            exchangeId: string;
            /** @example northmoor-council */
            requester: string;
            /** @example northmoor-nhs-trust */
            supplier: string;
            /**
             * @description For your agency. `overdue`: it has not concluded, and should have.
             * @example open
             * @enum {string}
             */
            state: "open" | "overdue" | "answered";
            /** @example 2026-11-22T09:00:00.000Z */
            openedAt: string;
            /**
             * @description By when both agencies answer.
             * @example 2026-12-06T09:00:00.000Z
             */
            dueAt: string;
            /**
             * @description When the last of both concluded.
             * @example null
             */
            closedAt: string | null;
            /** @example [] */
            answers: components["schemas"]["GivenAnswer"][];
        };
        ReviewBody: {
            /**
             * @description `more-information-needed` concludes nothing: answer again when you know.
             * @example justified
             * @enum {string}
             */
            outcome: "justified" | "not-justified" | "more-information-needed";
            /**
             * @description What your agency did about it; `none` stands alone.
             * @example [
             *       "person-told"
             *     ]
             */
            measures: ("person-told" | "staff-guidance" | "incident-reported" | "agreement-to-be-changed" | "none")[];
        };
        ReviewPage: {
            /** @description In the order in which they were opened. */
            reviews: components["schemas"]["ReviewAnswer"][];
            /**
             * @description `cursor` of the next page, if there is one.
             * @example null
             */
            nextCursor: string | null;
        };
        SubjectBody: {
            /** @description At most one of each type. */
            identifiers: components["schemas"]["IdentifierBody"][];
        };
        WithheldBody: {
            /** @example risk-summary */
            dataItem: string;
            /** @example DENY_CONSENT_REQUIRED */
            reason: string;
        };
        WithheldItem: {
            /** @example assessed-needs */
            dataItem: string;
            /** @example DENY_CONSENT_REQUIRED */
            reason: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "live"
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "live" | "ready" | "not-ready";
                        checks?: {
                            name: string;
                            ok: boolean;
                            reason?: string;
                        }[];
                    };
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exchanges can be sent here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "checks": [
                     *         {
                     *           "name": "disclosure-log",
                     *           "ok": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "live" | "ready" | "not-ready";
                        checks?: {
                            name: string;
                            ok: boolean;
                            reason?: string;
                        }[];
                    };
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Exchanges cannot be served here now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "not-ready",
                     *       "checks": [
                     *         {
                     *           "name": "disclosure-log",
                     *           "ok": false,
                     *           "reason": "The disclosure log cannot be written."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "live" | "ready" | "not-ready";
                        checks?: {
                            name: string;
                            ok: boolean;
                            reason?: string;
                        }[];
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The measurements of this replica since it started. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP gatehouse_exchanges_total Exchanges ended
                     *     # TYPE gatehouse_exchanges_total counter
                     *     gatehouse_exchanges_total{pattern="query",outcome="released"} 1742
                     */
                    "text/plain": string;
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDataServices: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most data services on a page. */
                limit?: number;
                /** @description Only what your agency may ask for this purpose. */
                purpose?: string;
                /** @description Id of the agency that holds the data. */
                agency?: string;
                /** @description Words that all occur in the id, name or description of the data service or of its items. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of data services, in the order of their ids. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataServicePage"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordDecisionNotToShare: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of up to 200 characters that names this call. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecisionNotToShareBody"];
            };
        };
        responses: {
            /** @description The decision is on record. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionNotToShareAnswer"];
                };
            };
            /** @description `IDENTIFIER_INVALID`: An identifier does not satisfy the rule of its type. `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. `REQUEST_MALFORMED`: The request body is not JSON that this gateway accepts. */
            400: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `IDEMPOTENCY_KEY_REUSED`: The Idempotency-Key was used before with another request. */
            409: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REQUEST_TOO_LARGE`: The request body is larger than 256 KiB. */
            413: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `MEDIA_TYPE_UNSUPPORTED`: The request body must be application/json. */
            415: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainExchange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exchangeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was decided, why, and what became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description C2SP tlog-checkpoint as a signed note (Ed25519). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example gatehouse.example/log
                     *     42
                     *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
                     *
                     *     — gatehouse.example/log Az3grl…
                     */
                    "text/plain": string;
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEntryProof: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                index: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Inclusion proof against the newest checkpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProofAnswer"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLogKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Public keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogKeysAnswer"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordPermission: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of up to 200 characters that names this call. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PermissionBody"];
            };
        };
        responses: {
            /** @description The permission as it stands. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionAnswer"];
                };
            };
            /** @description `IDENTIFIER_INVALID`: An identifier does not satisfy the rule of its type. `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. `REQUEST_MALFORMED`: The request body is not JSON that this gateway accepts. */
            400: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `IDEMPOTENCY_KEY_REUSED`: The Idempotency-Key was used before with another request. */
            409: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REQUEST_TOO_LARGE`: The request body is larger than 256 KiB. */
            413: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `MEDIA_TYPE_UNSUPPORTED`: The request body must be application/json. */
            415: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPermission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The permission as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionAnswer"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawPermission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The permission, withdrawn. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionAnswer"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REFUSAL_STANDS`: A refusal cannot be withdrawn: record what the person says now. */
            409: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createQuery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueryBody"];
            };
        };
        responses: {
            /** @description What may be disclosed, with its receipt. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryAnswer"];
                };
            };
            /** @description `IDENTIFIER_INVALID`: An identifier does not satisfy the rule of its type. `IDENTIFIER_TYPE_NOT_TAKEN`: The data service does not take identifiers of this type. `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. `REQUEST_MALFORMED`: The request body is not JSON that this gateway accepts. */
            400: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `DISCLOSURE_REFUSED`: The disclosure is refused. `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REQUEST_TOO_LARGE`: The request body is larger than 256 KiB. */
            413: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `MEDIA_TYPE_UNSUPPORTED`: The request body must be application/json. */
            415: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `SYSTEM_OVER_SHARE`: This system has too many requests under way. */
            429: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `SUPPLIER_ANSWER_UNUSABLE`: The supplier gave an answer that cannot be passed on. `SUPPLIER_REFUSED`: The supplier refused the request. `SUPPLIER_UNAVAILABLE`: The supplier cannot be reached, or failed. */
            502: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `GATEWAY_BUSY`: The gateway has too many requests under way. `GATEWAY_STOPPING`: The gateway is stopping. `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. `SUPPLIER_BUSY`: The supplier has too many requests under way. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `SUPPLIER_TIMED_OUT`: The supplier did not answer in time. */
            504: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReviews: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most reviews on a page. */
                limit?: number;
                /** @description Only those that stand so for your agency. */
                state?: "open" | "overdue" | "answered";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of reviews, in the order in which they were opened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewPage"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The review as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAnswer"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answerReview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReviewBody"];
            };
        };
        responses: {
            /** @description The review as it stands now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAnswer"];
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. `REQUEST_MALFORMED`: The request body is not JSON that this gateway accepts. */
            400: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `PROOF_INVALID`: The DPoP proof does not belong to this request. `PROOF_REPLAYED`: The DPoP proof was used before. `TOKEN_INVALID`: The access token is not valid here. `TOKEN_MISSING`: An access token and a DPoP proof are needed. */
            401: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description RFC 9449, section 7.1. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REVIEW_BY_AUTHORISER`: Whoever authorised an override does not review it. `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
            403: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `NOT_FOUND`: There is nothing here that you may see. */
            404: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REVIEW_ANSWERED`: Your agency has answered this review. */
            409: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `REQUEST_TOO_LARGE`: The request body is larger than 256 KiB. */
            413: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `MEDIA_TYPE_UNSUPPORTED`: The request body must be application/json. */
            415: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `INTERNAL`: The gateway failed; nothing was disclosed. */
            500: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
            503: {
                headers: {
                    /** @description The code of the problem. */
                    "Gatehouse-Error"?: string;
                    /** @description Seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
