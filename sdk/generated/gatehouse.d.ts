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
    "/v1/address-suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that a person’s address is suppressed
         * @description For somebody’s safety the person’s address is not released, whatever the record of who holds it says; the flag that says so is. Stored against keyed handles of the person; no identifier is kept. It counts in exchanges in which your agency asks or is asked, and binds before this call answers, on every replica.
         */
        post: operations["recordAddressSuppression"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/address-suppressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See that a person’s address is suppressed that your agency recorded
         * @description What another agency recorded looks like what does not exist.
         */
        get: operations["getAddressSuppression"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/address-suppressions/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift that a person’s address is suppressed
         * @description Binds before it answers, on every replica. Lifting again changes nothing.
         */
        post: operations["liftAddressSuppression"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the agreements of your agency
         * @description Every version to which your agency is a party, and its drafts, with the state that each is in.
         */
        get: operations["listAgreements"];
        put?: never;
        /**
         * Draft an agreement, or the next version of one
         * @description Your agency must be a party. Until it is proposed, your agency alone sees the draft and may send another text of it. The answer says what a careful officer would find.
         */
        post: operations["draftAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a version of an agreement of your agency
         * @description The document, its hash, its state, who took which step and when, the signatures, and what a careful officer would find. An agreement of others looks like one that does not exist.
         */
        get: operations["getAgreement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}/versions/{version}/propose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Propose a draft to the other parties
         * @description From then on every party sees it, and nothing is changed in it any more. A draft with errors stays.
         */
        post: operations["proposeAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}/versions/{version}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Agree to resume a suspended agreement
         * @description It is in force again once every party has agreed. A party that suspends it again takes that back.
         */
        post: operations["resumeAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}/versions/{version}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an agreement, a proposal or a draft, for good
         * @description Any party may, alone; it binds before this answers. What is revoked is never in force again.
         */
        post: operations["revokeAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}/versions/{version}/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign an agreement for your agency
         * @description Takes two officers of the agency: the first asks for the signature, the second confirms it. With the signature of the last party the agreement comes into force. Signs with the key that the gateway keeps for your agency, unless you upload a signature.
         */
        post: operations["signAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agreements/{id}/versions/{version}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend an agreement
         * @description Any party may, alone and at once: before this answers, nothing is disclosed under it any more, exchanges under way included.
         */
        post: operations["suspendAgreement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alert-webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How your agency is sent its alerts, and the key to check them with
         * @description By Standard Webhooks, signed with Ed25519 (`v1a`). The address and the kinds stand in your agency’s definition.
         */
        get: operations["getAlertWebhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the alerts of your agency
         * @description What the gateway found that somebody should look at, the newest first.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See an alert with what is needed to judge it
         * @description The exchanges that it is about, and what was done lately about the same person and by the same member of staff. One of another agency looks like one that does not exist. Each look is recorded in the disclosure log.
         */
        get: operations["getAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close an alert with what was found
         * @description Nothing opens it again. Write no notes here: they belong in your agency’s own system, whose reference you may give. Whom an alert is about cannot close it. Recorded in the disclosure log, without the reference.
         */
        post: operations["closeAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{id}/investigate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that you look into a new alert
         * @description Your colleagues see who does. Whom an alert is about cannot. Recorded in the disclosure log.
         */
        post: operations["investigateAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/best-interests-decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a best-interests decision
         * @description To share, or not to share, in the best interests of a person who lacks capacity for this decision (Mental Capacity Act 2005 s.4). A decision to share meets the need for a permission under the duty of confidence and no other, and counts only if your agency holds the items. Stored against keyed handles of the person; no identifier is kept. It counts in exchanges in which your agency asks or is asked, and binds before this call answers, on every replica.
         */
        post: operations["recordBestInterestsDecision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/best-interests-decisions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a best-interests decision that your agency recorded
         * @description What another agency recorded looks like what does not exist.
         */
        get: operations["getBestInterestsDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/best-interests-decisions/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift a best-interests decision
         * @description Binds before it answers, on every replica. Lifting again changes nothing.
         */
        post: operations["liftBestInterestsDecision"];
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
    "/v1/disclosures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the disclosures of your agency
         * @description Every exchange in which your agency asked or was asked, refusals too, and every decision not to share that people of it made; up to the newest entry of the log. All filters that are given must fit. A person is never searched for here. Each search is recorded in the disclosure log.
         */
        get: operations["listDisclosures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/disclosures/search-by-subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find every disclosure about a person
         * @description Of your agency, under the identifiers that you give and under every other that one exchange used together with any of them. Check that it is the same person: two may share a name and a date of birth. Each search is recorded in the disclosure log, by keyed handles.
         */
        post: operations["searchDisclosuresBySubject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/disclosures/{exchangeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See one disclosure, why it was decided so, and the proof that it is in the log
         * @description For officers of the agencies that were requester or supplier; any other looks like one that does not exist. Each look is recorded in the disclosure log.
         */
        get: operations["getDisclosure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the erasures that your agency ordered or is to confirm
         * @description Those that wait for a confirmation, and those that were carried out.
         */
        get: operations["listErasures"];
        put?: never;
        /**
         * Order that what is on record of exchanges be erased
         * @description Nothing is erased until a reviewer of the other party confirms it; where there is no other, another reviewer of your agency. The proof that there was an entry stays, and receipts stay valid. Repeat the call with the same Idempotency-Key if its answer was lost.
         */
        post: operations["orderErasure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See an order to erase
         * @description One that does not concern your agency looks like one that does not exist.
         */
        get: operations["getErasure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasures/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an order to erase, and carry it out
         * @description At once and for good: all of it, or nothing where a legal hold of either party keeps any of it. To confirm it again changes nothing.
         */
        post: operations["confirmErasure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exchanges/{exchangeId}/decision-form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The data sharing decision form of an exchange, filled from its record
         * @description The fields of Annex B of the ICO’s data sharing code, for a disclosure, a refusal, or a decision not to share by its id. What the record does not hold is said to be not stated. For officers of the agencies that were requester or supplier; recorded in the disclosure log.
         */
        get: operations["getDecisionForm"];
        put?: never;
        post?: never;
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
    "/v1/exports/audit-event-bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export your agency’s exchanges as a FHIR R4 Bundle of AuditEvents
         * @description The same resources as `exportAuditEvents`, at most 250 at a time; the link `next` leads to the Bundle after it. Recorded in the disclosure log.
         */
        get: operations["exportAuditEventBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export your agency’s exchanges as FHIR R4 AuditEvents
         * @description One resource to a line (FHIR NDJSON), for the audit repository of a record system. The subject is a handle in your agency’s view. Streams. It is pinned to one checkpoint of the log: after a connection is lost, ask again with `treeSize` and `after`, and the rest follows, as it would have come. Each call is recorded in the disclosure log before its first byte.
         */
        get: operations["exportAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the log entries of your agency’s exchanges, each with its proof
         * @description JSON Lines. The first line names the checkpoint and how many lines follow; every other opens the claims of one entry and proves its place, offline (`gatehouse log verify-export`, `verifyExport` in the SDK). Streams. It is pinned to one checkpoint of the log: after a connection is lost, ask again with `treeSize` and `after`, and the rest follows, as it would have come. Each call is recorded in the disclosure log before its first byte.
         */
        get: operations["exportEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export your agency’s exchanges as a table
         * @description CSV (RFC 4180), one row for each exchange that was decided in the period, with what became of it by the checkpoint; safe to open in a spreadsheet. Streams. It is pinned to one checkpoint of the log: after a connection is lost, ask again with `treeSize` and `after`, and the rest follows, as it would have come. Each call is recorded in the disclosure log before its first byte.
         */
        get: operations["exportExchanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/routine-sharing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The register of what your agency routinely discloses, by category of recipient
         * @description Each leg of an agreement in force from your agency, and how often it was used in the period. As assessors of the Data Security and Protection Toolkit ask for it. Recorded in the disclosure log.
         */
        get: operations["exportRoutineSharing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count your agency’s exchanges of a month
         * @description CSV: by other agency, purpose, legal basis, decision, outcome, reason and override. With `variant=published`, numbers below 5 are not told and others are rounded down to a multiple of 5. Recorded in the disclosure log.
         */
        get: operations["exportStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hold-backs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a professional’s decision to hold back
         * @description A professional decides that something is not to be shared, for one of a closed list of reasons. Stored against keyed handles of the person; no identifier is kept. It counts in exchanges in which your agency asks or is asked, and binds before this call answers, on every replica.
         */
        post: operations["recordHoldBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hold-backs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a professional’s decision to hold back that your agency recorded
         * @description What another agency recorded looks like what does not exist.
         */
        get: operations["getHoldBack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hold-backs/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift a professional’s decision to hold back
         * @description Binds before it answers, on every replica. Lifting again changes nothing.
         */
        post: operations["liftHoldBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/legal-holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the legal holds that your agency placed
         * @description Those that stand, and those that were lifted. Of the holds of other agencies none is told.
         */
        get: operations["listLegalHolds"];
        put?: never;
        /**
         * Keep what is on record, until further notice
         * @description Of exchanges, of all exchanges under an agreement, or about a person; also what is recorded from now on. A hold of either party holds. The other party is not told of it, but an erasure that it orders is refused. Repeat the call with the same Idempotency-Key if its answer was lost.
         */
        post: operations["placeLegalHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/legal-holds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a legal hold
         * @description One that another agency placed looks like one that does not exist.
         */
        get: operations["getLegalHold"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/legal-holds/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift a legal hold
         * @description What it kept and nothing else keeps is erased when its retention has ended. To lift it again changes nothing.
         */
        post: operations["liftLegalHold"];
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
         * The newest signed checkpoint, with the cosignatures of witnesses
         * @description The newest that enough witnesses cosigned; the newest of all where there are no witnesses or they are late. Keep it: any later checkpoint must be consistent with it. A log without entries has none yet.
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
    "/v1/log/consistency-proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Proof that the log of one size begins with the log of a smaller one
         * @description Hold it against the roots of two checkpoints that the log signed: nothing was changed in between.
         */
        get: operations["getConsistencyProof"];
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
    "/v1/log/tile/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A tile of the hash tree
         * @description C2SP tlog-tiles: `tile/<L>/<N>`, or `tile/<L>/<N>.p/<W>` for the first W hashes of a tile, with N in groups of three digits (`x001/x234/067`). Tiles that a signed checkpoint covers. There are no entry bundles (`tile/entries`).
         */
        get: operations["getTile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/objections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record an objection
         * @description A person objects to sharing (UK GDPR Art. 21, or the duty of confidence). Stored against keyed handles of the person; no identifier is kept. It counts in exchanges in which your agency asks or is asked, and binds before this call answers, on every replica.
         */
        post: operations["recordObjection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/objections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See an objection that your agency recorded
         * @description What another agency recorded looks like what does not exist.
         */
        get: operations["getObjection"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/objections/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift an objection
         * @description Binds before it answers, on every replica. Lifting again changes nothing.
         */
        post: operations["liftObjection"];
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
    "/v1/permissions/search-by-subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find what a person permitted and refused
         * @description What your agency recorded under any of these identifiers, withdrawn and superseded too. What another agency recorded is not among it. Each search is recorded in the disclosure log, by keyed handles.
         */
        post: operations["searchPermissionsBySubject"];
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
         * @description Another agency’s permission looks like one that does not exist. An officer’s look is recorded in the disclosure log.
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
    "/v1/permissions/{id}/fhir-consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a permission as an HL7 FHIR R4 Consent
         * @description For record systems that speak FHIR. The patient is a logical reference by a handle. Another agency’s permission looks like one that does not exist.
         */
        get: operations["getPermissionAsFhirConsent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/permissions/{id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the receipt of a permission, for the person
         * @description What the person said, in the fields of ISO/IEC TS 27560:2023, and the same signed. It names the person by a handle alone. Another agency’s permission looks like one that does not exist. An officer’s look is recorded in the disclosure log.
         */
        get: operations["getPermissionReceipt"];
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
    "/v1/subject-access-reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See which reports your agency made for persons, and how much was left out of each
         * @description For oversight. The reports themselves are not kept. Each look is recorded in the disclosure log.
         */
        get: operations["listSubjectAccessReports"];
        put?: never;
        /**
         * Make a report for a person of what was shared about them
         * @description To hand to the person, as JSON, CSV or an accessible PDF, as `Accept` says: who asked whom for what, when, why, what was given and on which law, and what was said about sharing. Roles and agencies are in it, members of staff are not. What the law lets you withhold is left out, and the report does not say whether anything was; oversight sees it. Check first that the identifiers are those of whoever gets the report. That it was made is recorded in the disclosure log.
         */
        post: operations["makeSubjectAccessReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-access-reports/{id}/withheld": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what was left out of a report for a person
         * @description For oversight, of the agency whose officer had the report made; any other looks like one that does not exist. Each look is recorded in the disclosure log.
         */
        get: operations["getWithheldFromReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawal-notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See which permissions ended that your agency got data on
         * @description Where the agreement says that you are told. A notice is there from the moment the withdrawal or refusal is answered, on every replica, until your agency takes note of it. Begin each time without `after`, which goes on within one reading.
         */
        get: operations["listWithdrawalNotices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawal-notices/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take note of a withdrawal notice
         * @description Goes into the disclosure log, once for your agency. Taking note again changes nothing. A notice of another agency looks like one that does not exist.
         */
        post: operations["acknowledgeWithdrawalNotice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/witness/add-checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cosign a checkpoint of a partner’s log (C2SP tlog-witness)
         * @description For logs that this gateway is a witness of. Consistency with everything cosigned before is checked and remembered first.
         */
        post: operations["addCheckpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/witness/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public key that verifies this gateway’s cosignatures
         * @description C2SP verifier key (type 4). Obtain it once over a channel that you trust, and keep it.
         */
        get: operations["getWitnessKey"];
        put?: never;
        post?: never;
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
        AddressSuppressionBody: {
            subject: components["schemas"]["SubjectBody"];
        };
        AgreementAnswer: {
            /** @example fire-premises-risk */
            id: string;
            /** @example 2 */
            version: number;
            /** @example Risks of premises, for crews on the way to an incident */
            title: string;
            /**
             * @example [
             *       "northmoor-fire",
             *       "northmoor-council"
             *     ]
             */
            parties: string[];
            /**
             * @description `not-yet`: every party has signed, and its first day is to come. `superseded`: a newer version took its place. `expired`: its last day has passed.
             * @example signed-by-some
             * @enum {string}
             */
            state: "draft" | "proposed" | "signed-by-some" | "not-yet" | "in-force" | "suspended" | "revoked" | "superseded" | "expired";
            /**
             * @description SHA-256 over the canonical bytes (RFC 8785): what the parties sign.
             * @example 5f0a2b1c9d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8
             */
            hash: string;
            /**
             * @description The agreement, by schemas/agreement.schema.json.
             * @example {
             *       "id": "fire-premises-risk",
             *       "version": 2,
             *       "title": "Risks of premises, for crews on the way to an incident",
             *       "parties": [
             *         "northmoor-fire",
             *         "northmoor-council"
             *       ],
             *       "purposes": [
             *         "premises-risk"
             *       ],
             *       "startsOn": "2027-01-01",
             *       "endsOn": "2028-12-31",
             *       "reviewOn": "2027-12-01",
             *       "retention": {
             *         "requester": "Until the incident is closed; schedule FIRE-07.",
             *         "logBodyYears": 6
             *       },
             *       "legs": [
             *         {
             *           "id": "council-to-fire",
             *           "from": "northmoor-council",
             *           "to": "northmoor-fire",
             *           "dataService": "northmoor-council/premises-risk",
             *           "items": [
             *             "hazards",
             *             "access-notes"
             *           ],
             *           "purposes": [
             *             "premises-risk"
             *           ],
             *           "patterns": [
             *             "query"
             *           ],
             *           "roles": [
             *             "control-operator"
             *           ],
             *           "identifierTypes": [
             *             "uprn"
             *           ],
             *           "caseReferences": [
             *             {
             *               "kind": "incident",
             *               "pattern": "^INC-\\d{8}-\\d{4}$"
             *             }
             *           ],
             *           "legalBasis": [
             *             "ukgdpr-6-1-e",
             *             "frsa-2004-s7"
             *           ],
             *           "unmatched": "uniform"
             *         }
             *       ]
             *     }
             */
            document: {
                [key: string]: unknown;
            };
            /**
             * @description Parties of which one officer has asked for the signature, and another is to confirm it.
             * @example [
             *       "northmoor-council"
             *     ]
             */
            toBeConfirmed: string[];
            /**
             * @description Of a suspended version: parties that have agreed to resume it.
             * @example []
             */
            resumeAgreed: string[];
            signatures: components["schemas"]["SignatureAnswer"][];
            /** @description Oldest first. */
            history: components["schemas"]["StepAnswer"][];
            /** @description An error stops the agreement from being proposed. */
            lint: components["schemas"]["FindingAnswer"][];
        };
        AgreementPage: {
            agreements: components["schemas"]["AgreementSummary"][];
            /**
             * @description `cursor` of the next page, if there is one.
             * @example null
             */
            nextCursor: string | null;
        };
        AgreementSummary: {
            /** @example fire-premises-risk */
            id: string;
            /** @example 2 */
            version: number;
            /** @example Risks of premises, for crews on the way to an incident */
            title: string;
            /**
             * @example [
             *       "northmoor-fire",
             *       "northmoor-council"
             *     ]
             */
            parties: string[];
            /**
             * @description `not-yet`: every party has signed, and its first day is to come. `superseded`: a newer version took its place. `expired`: its last day has passed.
             * @example signed-by-some
             * @enum {string}
             */
            state: "draft" | "proposed" | "signed-by-some" | "not-yet" | "in-force" | "suspended" | "revoked" | "superseded" | "expired";
            /**
             * @description SHA-256 over the canonical bytes (RFC 8785): what the parties sign.
             * @example 5f0a2b1c9d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8
             */
            hash: string;
        };
        AlertAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /**
             * @example lookups-above-usual
             * @enum {string}
             */
            kind: "decision-without-outcome" | "override-awaiting-review" | "override-review-overdue" | "budget-reached" | "refusals-above-usual" | "lookups-above-usual" | "agreement-about-to-expire" | "sampled";
            /**
             * @example new
             * @enum {string}
             */
            status: "new" | "under-investigation" | "closed";
            /** @example 2026-11-22T09:31:00.000Z */
            raisedAt: string;
            /**
             * @description What it is about, by its kind: `exchangeId`; `review`, `dueAt`; `agreement`, `version`, `endsOn`, `withinDays`; `leg`, `system`, `period`, `most`; `staffId`, `day` (UTC), and `count` when it was raised beside `usual`, the median of the days before, and `limit`; `drawnBy`. Nothing of a person.
             * @example {
             *       "day": "2026-11-22",
             *       "staffId": "sw-4711",
             *       "count": 214,
             *       "usual": 23,
             *       "limit": 50
             *     }
             */
            detail: {
                [key: string]: unknown;
            };
            /**
             * @description The officer who began to look into it.
             * @example null
             */
            investigatedBy: string | null;
            /** @example null */
            investigatedAt: string | null;
            /**
             * @description Null where the gateway closed it.
             * @example null
             */
            closedBy: string | null;
            /** @example null */
            closedAt: string | null;
            /**
             * @description What was found; `no-longer-so`: the gateway closed it itself.
             * @example null
             * @enum {string|null}
             */
            outcome: "in-order" | "mistake" | "misuse" | "fault" | "agreement-to-be-changed" | "no-longer-so" | null;
            /**
             * @description Under which your agency’s own system keeps what was found.
             * @example null
             */
            reference: string | null;
        };
        AlertInFull: {
            /**
             * Format: uuid
             * @example 0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /**
             * @example lookups-above-usual
             * @enum {string}
             */
            kind: "decision-without-outcome" | "override-awaiting-review" | "override-review-overdue" | "budget-reached" | "refusals-above-usual" | "lookups-above-usual" | "agreement-about-to-expire" | "sampled";
            /**
             * @example new
             * @enum {string}
             */
            status: "new" | "under-investigation" | "closed";
            /** @example 2026-11-22T09:31:00.000Z */
            raisedAt: string;
            /**
             * @description What it is about, by its kind: `exchangeId`; `review`, `dueAt`; `agreement`, `version`, `endsOn`, `withinDays`; `leg`, `system`, `period`, `most`; `staffId`, `day` (UTC), and `count` when it was raised beside `usual`, the median of the days before, and `limit`; `drawnBy`. Nothing of a person.
             * @example {
             *       "day": "2026-11-22",
             *       "staffId": "sw-4711",
             *       "count": 214,
             *       "usual": 23,
             *       "limit": 50
             *     }
             */
            detail: {
                [key: string]: unknown;
            };
            /**
             * @description The officer who began to look into it.
             * @example null
             */
            investigatedBy: string | null;
            /** @example null */
            investigatedAt: string | null;
            /**
             * @description Null where the gateway closed it.
             * @example null
             */
            closedBy: string | null;
            /** @example null */
            closedAt: string | null;
            /**
             * @description What was found; `no-longer-so`: the gateway closed it itself.
             * @example null
             * @enum {string|null}
             */
            outcome: "in-order" | "mistake" | "misuse" | "fault" | "agreement-to-be-changed" | "no-longer-so" | null;
            /**
             * @description Under which your agency’s own system keeps what was found.
             * @example null
             */
            reference: string | null;
            /** @description The newest first, at most 20. Empty where it is about none, or where they were erased. */
            exchanges: components["schemas"]["JudgedExchange"][];
            /**
             * @description How often your agency asked, or was asked, about the same person. Null where it is not about one.
             * @example {
             *       "days": 28,
             *       "lookups": 3,
             *       "refusals": 0,
             *       "byDay": [
             *         {
             *           "day": "2026-11-21",
             *           "lookups": 3,
             *           "refusals": 0
             *         }
             *       ],
             *       "exchanges": []
             *     }
             */
            person: components["schemas"]["JudgedHistory"] | null;
            /**
             * @description What the member of your staff asked. Null where it is not about one.
             * @example {
             *       "days": 28,
             *       "lookups": 214,
             *       "refusals": 2,
             *       "byDay": [
             *         {
             *           "day": "2026-11-21",
             *           "lookups": 214,
             *           "refusals": 2
             *         }
             *       ],
             *       "exchanges": []
             *     }
             */
            staff: components["schemas"]["JudgedHistory"] | null;
        };
        AlertPage: {
            /** @description The newest first. */
            alerts: components["schemas"]["AlertAnswer"][];
            /**
             * @description How many there are in all, on all pages.
             * @example 1
             */
            count: number;
            /**
             * @description `cursor` of the next page, if there is one.
             * @example null
             */
            nextCursor: string | null;
        };
        AlertWebhook: {
            /**
             * @description Ed25519, as Standard Webhooks writes it; your agency’s messages are signed with it, and no other’s.
             * @example whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
             */
            publicKey: string;
            /** @example https://alerts.northmoor-council.example/gatehouse */
            url: string | null;
            /**
             * @example [
             *       "lookups-above-usual"
             *     ]
             */
            kinds: ("decision-without-outcome" | "override-awaiting-review" | "override-review-overdue" | "budget-reached" | "refusals-above-usual" | "lookups-above-usual" | "agreement-about-to-expire" | "sampled")[];
        };
        BestInterestsDecisionBody: {
            subject: components["schemas"]["SubjectBody"];
            /** @example adult-social-care */
            purpose: string;
            /**
             * @description Agencies that would receive.
             * @example [
             *       "northmoor-council"
             *     ]
             */
            recipients: string[];
            /**
             * @description `<data service>#<item>`, `<data service>#*` for each of its items, or `*` for everything.
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#risk-summary"
             *     ]
             */
            items: string[];
            /**
             * @example share
             * @enum {string}
             */
            decision: "share" | "do-not-share";
            decidedBy: components["schemas"]["StaffBody"];
            /**
             * @description Roles of those who were consulted (Mental Capacity Act 2005 s.4(7)); never their names.
             * @example [
             *       "family-carer",
             *       "independent-mental-capacity-advocate"
             *     ]
             */
            consulted: string[];
            /** @description That the person lacks capacity for this decision. `has-capacity` is refused: then the person decides. */
            capacityStatement: components["schemas"]["CapacityStatementBody"];
            /**
             * @description In the future, and at most one year from now.
             * @example 2027-05-22T09:00:00Z
             */
            validUntil: string;
        };
        CapacityStatementBody: {
            /**
             * @description For this decision and no other.
             * @example lacks-capacity
             * @enum {string}
             */
            finding: "has-capacity" | "lacks-capacity";
            assessedBy: components["schemas"]["StaffBody"];
            /**
             * @description Not after today.
             * @example 2026-11-20
             */
            assessedOn: string;
        };
        CloseAlertBody: {
            /**
             * @description What was found.
             * @example in-order
             * @enum {string}
             */
            outcome: "in-order" | "mistake" | "misuse" | "fault" | "agreement-to-be-changed";
            /**
             * @description Under which your agency’s own system keeps what was found; notes belong there. It is two to four capital letters, perhaps a year, and one number, such as IG-2026-0042; nothing that could be an identifier of a person or a date of birth. Erased with the alert.
             * @example IG-2026-0042
             */
            reference?: string;
        };
        ConcernedExchange: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c073990
             */
            exchangeId: string;
            /** @example northmoor-nhs-trust/assessed-needs */
            dataService: string;
            /** @example 2026-11-20T09:00:00.000Z */
            disclosedAt: string;
        };
        ConflictingAgreement: {
            /** @example adult-care-assessed-needs */
            id: string;
            /** @example 1 */
            version: number;
        };
        ConsistencyAnswer: {
            /** @example 40 */
            from: number;
            /** @example 42 */
            to: number;
            /**
             * @description Base64 (RFC 6962 section 2.1.2). Empty when `from` is 0 or `to`.
             * @example [
             *       "1jJrYI3G9b0mXvQqf8sJt1pYx1O0Jb2k3ZcT5yHq8rU="
             *     ]
             */
            consistencyProof: string[];
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
             * @description `cursor` of the next page, if there is one.
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
        DisclosureAgreement: {
            /** @example adult-care-assessed-needs */
            id: string;
            /** @example 1 */
            version: number;
        };
        DisclosureAnswer: {
            disclosure: components["schemas"]["DisclosureSummary"];
            /**
             * @description As of its own operation; null of a decision not to share.
             * @example null
             */
            explanation: components["schemas"]["Explanation"] | null;
            /** @description Of each entry that your agency may see, in order. */
            proofs: components["schemas"]["EntryProof"][];
        };
        DisclosurePage: {
            /** @description The newest first. */
            disclosures: components["schemas"]["DisclosureSummary"][];
            /**
             * @description How many there are on all pages. Counting stops at 10000.
             * @example 1
             */
            count: number;
            /**
             * @description False: there are 10000 or more.
             * @example true
             */
            countIsExact: boolean;
            /**
             * @description `cursor` of the next page, if there is one. A reading goes on in the log as it was at its first page.
             * @example null
             */
            nextCursor: string | null;
        };
        DisclosureSummary: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            exchangeId: string;
            /**
             * @example exchange
             * @enum {string}
             */
            kind: "exchange" | "decision-not-to-share";
            /** @example 2026-11-22T09:30:00.000Z */
            decidedAt: string;
            /**
             * @description What your agency did: ask, or be asked.
             * @example requested
             * @enum {string}
             */
            direction: "requested" | "supplied";
            /**
             * @description Null for a request that was not understood.
             * @example northmoor-nhs-trust
             */
            otherAgency: string | null;
            /** @example query */
            pattern: string | null;
            /** @example northmoor-nhs-trust/assessed-needs */
            dataService: string | null;
            /** @example adult-social-care */
            purpose: string | null;
            /**
             * @example permit-partial
             * @enum {string}
             */
            outcome: "permit" | "permit-partial" | "deny";
            /**
             * @description What became of a permit; null of a refusal, and where no outcome is on record.
             * @example disclosed
             * @enum {string|null}
             */
            result: "disclosed" | "supplier-failed" | "permit-lapsed" | "unconfirmed" | "not-released" | null;
            /**
             * @example [
             *       "PERMIT_PARTIAL_CONSENT_SCOPE"
             *     ]
             */
            reasons: string[];
            /**
             * @example [
             *       "assessed-needs",
             *       "care-coordinator"
             *     ]
             */
            items: string[];
            /**
             * @example [
             *       "care-coordinator"
             *     ]
             */
            released: string[];
            /**
             * @example [
             *       "ukgdpr-6-1-e",
             *       "care-2014-s6"
             *     ]
             */
            legalBases: string[];
            /**
             * @description Reason of an override, if there was any.
             * @example null
             * @enum {string|null}
             */
            overrideReason: "consent-cannot-be-given" | "consent-cannot-reasonably-be-obtained" | "asking-would-prejudice-protection" | "life-at-risk" | "required-by-law" | null;
            /** @example social-worker */
            staffRole: string | null;
            /**
             * @description Your own id of the member of staff. Null where they are another agency’s.
             * @example sw-4711
             */
            staffId: string | null;
            /**
             * @example {
             *       "id": "adult-care-assessed-needs",
             *       "version": 1
             *     }
             */
            agreement: components["schemas"]["DisclosureAgreement"] | null;
            /**
             * @description Either agency processed under Part 3 of the DPA 2018.
             * @example false
             */
            lawEnforcement: boolean;
        };
        EntryProof: {
            /** @example outcome */
            kind: string;
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
        ErasureAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /**
             * @example waiting
             * @enum {string}
             */
            state: "waiting" | "erased";
            /**
             * @example recorded-in-error
             * @enum {string}
             */
            ground: "request-of-the-person-upheld" | "recorded-in-error" | "unlawful-processing" | "court-order" | "no-longer-necessary";
            /**
             * @example [
             *       "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"
             *     ]
             */
            exchanges: string[];
            /** @example northmoor-council */
            agency: string;
            /**
             * @description The officer by their agency’s own id for them. Null for officers of the other agency.
             * @example northmoor-council-ig-2
             */
            orderedBy: string | null;
            /** @example 2026-11-22T09:30:00.000Z */
            orderedAt: string;
            /**
             * @description Whose officer confirms it.
             * @example northmoor-nhs-trust
             */
            confirmingAgency: string;
            /**
             * @description As `orderedBy`.
             * @example null
             */
            confirmedBy: string | null;
            /**
             * @description When it was carried out.
             * @example null
             */
            confirmedAt: string | null;
        };
        ErasureBody: {
            /**
             * @description Exchanges of your agency, all with the same other party.
             * @example [
             *       "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"
             *     ]
             */
            exchanges: string[];
            /**
             * @example recorded-in-error
             * @enum {string}
             */
            ground: "request-of-the-person-upheld" | "recorded-in-error" | "unlawful-processing" | "court-order" | "no-longer-necessary";
        };
        ErasurePage: {
            /** @description In the order in which they were ordered. */
            erasures: components["schemas"]["ErasureAnswer"][];
            /**
             * @description `cursor` of the next page, if there is one.
             * @example null
             */
            nextCursor: string | null;
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
            /**
             * @description Why data held for law enforcement were consulted (Data Protection Act 2018 s.62); null where none were, or nothing was permitted.
             * @example null
             */
            lawEnforcementJustification: string | null;
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
        FindingAnswer: {
            /**
             * @example warning
             * @enum {string}
             */
            severity: "error" | "warning";
            /** @example review-after-end */
            code: string;
            /**
             * @description JSON Pointer (RFC 6901) into the agreement.
             * @example /reviewOn
             */
            pointer: string;
            /** @example it is reviewed only after it has ended */
            message: string;
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
        HoldBackBody: {
            subject: components["schemas"]["SubjectBody"];
            /** @example adult-social-care */
            purpose: string;
            /**
             * @description Agencies that would receive.
             * @example [
             *       "northmoor-council"
             *     ]
             */
            recipients: string[];
            /**
             * @description `<data service>#<item>`, `<data service>#*` for each of its items, or `*` for everything.
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#risk-summary"
             *     ]
             */
            items: string[];
            /**
             * @example serious-harm
             * @enum {string}
             */
            reason: "serious-harm" | "about-someone-else" | "legal-privilege" | "court-order" | "prejudice-to-enquiry";
            decidedBy: components["schemas"]["StaffBody"];
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
        JudgedAgreement: {
            /** @example adult-care-assessed-needs */
            id: string;
            /** @example 1 */
            version: number;
        };
        JudgedDay: {
            /**
             * @description In UTC.
             * @example 2026-11-21
             */
            day: string;
            /** @example 3 */
            lookups: number;
            /** @example 0 */
            refusals: number;
        };
        JudgedExchange: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            exchangeId: string;
            /** @example 2026-11-22T09:30:00.391Z */
            at: string;
            /** @example northmoor-council */
            requester: string;
            /** @example northmoor-nhs-trust */
            supplier: string | null;
            /** @example social-worker */
            role: string | null;
            /**
             * @description Null for the other agency.
             * @example sw-4711
             */
            staffId: string | null;
            /** @example adult-social-care */
            purpose: string | null;
            /**
             * @example permit
             * @enum {string}
             */
            decision: "permit" | "permit-partial" | "deny";
            /**
             * @description What became of a permit.
             * @example disclosed
             */
            result: string | null;
            /** @example northmoor-council-adult-care */
            system: string;
            /** @example northmoor-nhs-trust/assessed-needs */
            dataService: string | null;
            /** @example null */
            justification: string | null;
            /**
             * @description Where somebody authorised an override.
             * @example null
             */
            overrideReason: string | null;
            /**
             * @example {
             *       "id": "adult-care-assessed-needs",
             *       "version": 1
             *     }
             */
            agreement: components["schemas"]["JudgedAgreement"] | null;
            /**
             * @example [
             *       "PERMIT"
             *     ]
             */
            reasonCodes: string[];
            items: components["schemas"]["JudgedItem"][];
            /**
             * @description Where it is explained in plain English.
             * @example /v1/exchanges/0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f/explanation
             */
            explanation: string;
        };
        JudgedHistory: {
            /**
             * @description Days that it covers, today included.
             * @example 28
             */
            days: number;
            /** @example 3 */
            lookups: number;
            /**
             * @description How many of them were refused.
             * @example 0
             */
            refusals: number;
            /** @description Days with any, the newest first. */
            byDay: components["schemas"]["JudgedDay"][];
            /** @description The first and the last of each such day, but for those that the alert is about; the newest first, at most 10. */
            exchanges: components["schemas"]["RecentExchangeAnswer"][];
        };
        JudgedItem: {
            /** @example assessed-needs */
            dataItem: string;
            /**
             * @example permit
             * @enum {string}
             */
            outcome: "permit" | "deny";
            /**
             * @description The stack it rests on.
             * @example [
             *       "ukgdpr-6-1-e",
             *       "care-2014-s6"
             *     ]
             */
            legalBasis: string[];
        };
        LegalHoldAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /**
             * @example court-proceedings
             * @enum {string}
             */
            reason: "court-proceedings" | "criminal-investigation" | "inquest-or-inquiry" | "regulator-investigation" | "complaint" | "incident" | "request-of-the-person";
            /** @example LIT/2026/0042 */
            reference: string;
            /**
             * @example [
             *       "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"
             *     ]
             */
            exchanges: string[] | null;
            /** @example null */
            agreement: string | null;
            /**
             * @description It keeps everything about a person. Who that is, is not told.
             * @example false
             */
            aboutAPerson: boolean;
            /**
             * @description The officer by your own id for them.
             * @example northmoor-council-ig-2
             */
            placedBy: string;
            /** @example 2026-11-22T09:30:00.000Z */
            placedAt: string;
            /** @example null */
            liftedBy: string | null;
            /** @example null */
            liftedAt: string | null;
        };
        LegalHoldBody: {
            /**
             * @description These exchanges.
             * @example [
             *       "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"
             *     ]
             */
            exchanges?: string[];
            /**
             * @description Every exchange under any version of it in which your agency is requester or supplier.
             * @example adult-care-assessed-needs
             */
            agreement?: string;
            /** @description Everything about the person under these identifiers. Kept as keyed handles alone. */
            subject?: components["schemas"]["SubjectBody"];
            /**
             * @example court-proceedings
             * @enum {string}
             */
            reason: "court-proceedings" | "criminal-investigation" | "inquest-or-inquiry" | "regulator-investigation" | "complaint" | "incident" | "request-of-the-person";
            /**
             * @description Of the matter, in your own file. Kept as it stands, so never a name or a number of a person.
             * @example LIT/2026/0042
             */
            reference: string;
        };
        LegalHoldPage: {
            /** @description In the order in which they were placed. */
            legalHolds: components["schemas"]["LegalHoldAnswer"][];
            /**
             * @description `cursor` of the next page, if there is one.
             * @example null
             */
            nextCursor: string | null;
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
        MadeReport: {
            /**
             * Format: uuid
             * @example 0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /** @example 2026-11-22T10:00:00.000Z */
            madeAt: string;
            /** @example northmoor-council-ig-1 */
            officer: string;
            /** @example 12 */
            disclosures: number;
            /**
             * @description How many records were left out, because the person may not be told of them.
             * @example 1
             */
            withheld: number;
        };
        MadeReportPage: {
            /** @description The newest first. */
            reports: components["schemas"]["MadeReport"][];
            /**
             * @description How many there are on all pages.
             * @example 1
             */
            count: number;
            /**
             * @description `cursor` of the next page, if there is one.
             * @example null
             */
            nextCursor: string | null;
        };
        Named: {
            /** @example northmoor-council */
            id: string;
            /** @example Northmoor Metropolitan Borough Council (fictional) */
            name: string;
        };
        ObjectionBody: {
            subject: components["schemas"]["SubjectBody"];
            /** @example adult-social-care */
            purpose: string;
            /**
             * @description Agencies that would receive.
             * @example [
             *       "northmoor-council"
             *     ]
             */
            recipients: string[];
            /**
             * @description `<data service>#<item>`, `<data service>#*` for each of its items, or `*` for everything.
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#risk-summary"
             *     ]
             */
            items: string[];
            /**
             * @description On what the person relies: UK GDPR Art. 21(1), (2) or (6), or the duty of confidence. Their own words are not kept.
             * @example particular-situation
             * @enum {string}
             */
            reason: "particular-situation" | "direct-marketing" | "research-or-statistics" | "confidentiality";
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
            givenBy: "self" | "parental-responsibility" | "attorney" | "deputy" | "appointee";
            /**
             * @example own
             * @enum {string}
             */
            capacity: "own" | "child-judged-competent" | "child" | "health-and-welfare" | "property-and-financial-affairs" | "benefits";
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
            askedBy: components["schemas"]["StaffBody"] | null;
            /** @example null */
            capacityStatement: components["schemas"]["CapacityStatementBody"] | null;
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
            givenBy: "self" | "parental-responsibility" | "attorney" | "deputy" | "appointee";
            /**
             * @description `own` for oneself; `child` with parental responsibility; `benefits` for an appointee; for an attorney or deputy, the matter they act in.
             * @example own
             * @enum {string}
             */
            capacity: "own" | "child-judged-competent" | "child" | "health-and-welfare" | "property-and-financial-affairs" | "benefits";
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
            askedBy?: components["schemas"]["StaffBody"];
            /** @description Needed, with `lacks-capacity`, where an attorney for health and welfare, a deputy or an appointee speaks for an adult. */
            capacityStatement?: components["schemas"]["CapacityStatementBody"];
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
        PermissionReceiptAnswer: {
            /**
             * @description The permission in the fields of ISO/IEC TS 27560:2023: header, processing, party, event. The example is shortened.
             * @example {
             *       "header": {
             *         "schema_version": "ISO/IEC TS 27560:2023",
             *         "record_id": "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f",
             *         "receipt_id": "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f/1",
             *         "pii_principal_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
             *       },
             *       "processing": {
             *         "privacy_notice": "shared-assessment-v3",
             *         "language": "en",
             *         "purpose": "Assessing and meeting an adult’s needs for care and support",
             *         "purpose_type": "adult-social-care",
             *         "permission_kind": "confidentiality",
             *         "pii_controllers": [
             *           "northmoor-nhs-trust",
             *           "northmoor-council"
             *         ],
             *         "jurisdiction": "GB"
             *       },
             *       "party": [
             *         {
             *           "party_id": "northmoor-council",
             *           "name": "Northmoor Metropolitan Borough Council",
             *           "role": [
             *             "recipient"
             *           ]
             *         }
             *       ],
             *       "event": [
             *         {
             *           "event_time": "2026-11-22T09:00:00.000Z",
             *           "event_type": "explicit",
             *           "event_state": "given"
             *         }
             *       ]
             *     }
             */
            record: {
                [key: string]: unknown;
            };
            /**
             * @description The same, signed: a compact JWS that can be verified offline with the keys of `GET /v1/log/keys`.
             * @example eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1wZXJtaXNzaW9uLXJlY2VpcHQrandzIn0.eyJpc3MiOiIifQ.c2ln
             */
            receipt: string;
        };
        PermissionSearchBody: {
            subject: components["schemas"]["SubjectBody"];
        };
        PermissionsFound: {
            /** @description The newest first. */
            permissions: components["schemas"]["PermissionAnswer"][];
        };
        PersonDisclosurePage: {
            /** @description The newest first. */
            disclosures: components["schemas"]["DisclosureSummary"][];
            /**
             * @description How many there are on all pages. Counting stops at 10000.
             * @example 1
             */
            count: number;
            /**
             * @description False: there are 10000 or more.
             * @example true
             */
            countIsExact: boolean;
            /**
             * @description `cursor` of the next page, if there is one. A reading goes on in the log as it was at its first page.
             * @example null
             */
            nextCursor: string | null;
            /**
             * @description Under how many further identifiers exchanges were found: those that one exchange used together with an identifier of yours, and so on. Null: more than one person has, so none of them was followed.
             * @example 1
             */
            identifiersLinked: number | null;
        };
        PersonSearchBody: {
            subject: components["schemas"]["SubjectBody"];
            /**
             * @description Most disclosures on a page.
             * @default 50
             * @example 20
             */
            limit: number;
            /**
             * @description `nextCursor` of the page before.
             * @example NDIgMjAyNi0xMS0yMlQwOTozMDowMC4wMDBaIDQx
             */
            cursor?: string;
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
            code: "REQUEST_MALFORMED" | "REQUEST_INVALID" | "IDENTIFIER_INVALID" | "IDENTIFIER_TYPE_NOT_TAKEN" | "REFUSAL_STANDS" | "REVIEW_ANSWERED" | "ALERT_NOT_IN_STATUS" | "IDEMPOTENCY_KEY_REUSED" | "AGREEMENT_NOT_NEXT" | "AGREEMENT_NOT_IN_STATE" | "AGREEMENT_UNSOUND" | "AGREEMENT_HASH_DIFFERS" | "SECOND_OFFICER_NEEDED" | "SIGNATURE_INVALID" | "SIGNING_KEY_NOT_HELD" | "ERASURE_TO_BE_CONFIRMED" | "LEGAL_HOLD" | "EXCHANGE_ERASED" | "REQUEST_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "TOKEN_MISSING" | "TOKEN_INVALID" | "PROOF_INVALID" | "PROOF_REPLAYED" | "DISCLOSURE_REFUSED" | "ROLE_NOT_ALLOWED" | "REVIEW_BY_AUTHORISER" | "ALERT_ABOUT_CALLER" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "SYSTEM_OVER_SHARE" | "BUDGET_USED_UP" | "EXPORTS_UNDER_WAY" | "GATEWAY_BUSY" | "GATEWAY_STOPPING" | "LOG_UNAVAILABLE" | "SEARCH_BEHIND" | "STORE_UNAVAILABLE" | "SUPPLIER_BUSY" | "SUPPLIER_REFUSED" | "SUPPLIER_UNAVAILABLE" | "SUPPLIER_ANSWER_UNUSABLE" | "SUPPLIER_TIMED_OUT" | "INTERNAL";
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
            /**
             * @description Why data held for law enforcement are consulted (Data Protection Act 2018 s.62). Recorded where the supplier or the requester processes under Part 3 of the Act; without it, the purpose of the agreement stands for it.
             * @enum {string}
             */
            lawEnforcementJustification?: "prevention-of-offences" | "investigation-of-offences" | "detection-of-offences" | "prosecution-of-offences" | "execution-of-penalties" | "public-security" | "other-purpose-authorised-by-law";
            /** @description Disclose although the person has not agreed or has objected, where the agreement allows it. Each such disclosure is reviewed by officers of both agencies. */
            override?: components["schemas"]["OverrideBody"];
            /**
             * @description How sure the requester is that what it acts on is so, and that this is the person; where the leg asks.
             * @enum {string}
             */
            assurance?: "verified" | "provisional" | "unverified";
        };
        ReasonBody: {
            /**
             * @description One of a closed list, since it stays in the log for good. The story belongs in your own file.
             * @example security-incident
             * @enum {string}
             */
            reason: "not-agreed" | "security-incident" | "data-quality" | "use-beyond-agreement" | "legal-basis-in-doubt" | "review-overdue" | "purpose-ended" | "organisation-changed" | "other";
        };
        RecentExchangeAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            exchangeId: string;
            /** @example 2026-11-22T09:30:00.391Z */
            at: string;
            /** @example northmoor-council */
            requester: string;
            /** @example northmoor-nhs-trust */
            supplier: string | null;
            /** @example social-worker */
            role: string | null;
            /**
             * @description Null for the other agency.
             * @example sw-4711
             */
            staffId: string | null;
            /** @example adult-social-care */
            purpose: string | null;
            /**
             * @example permit
             * @enum {string}
             */
            decision: "permit" | "permit-partial" | "deny";
            /**
             * @description What became of a permit.
             * @example disclosed
             */
            result: string | null;
        };
        ReportedDisclosure: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            reference: string;
            /** @example 2026-11-22T09:30:00.000Z */
            at: string;
            /** @example 22 November 2026 at 09:30 (Greenwich Mean Time) */
            when: string;
            /** @example Northmoor Metropolitan Borough Council (fictional) */
            askedBy: string;
            /**
             * @description Role of the member of staff.
             * @example social worker
             */
            role: string | null;
            /** @example Northmoor Community and Mental Health NHS Trust (fictional) */
            askedOf: string;
            /** @example Assessing and meeting an adult’s needs for care and support */
            purpose: string | null;
            /** @example Some of what was asked for was given. */
            whatHappened: string;
            /**
             * @example [
             *       "Who coordinates the person’s care"
             *     ]
             */
            given: string[];
            /**
             * @example [
             *       "Needs for care and support as last assessed"
             *     ]
             */
            notGiven: string[];
            /**
             * @description What made it lawful.
             * @example [
             *       "A council and its relevant partners must co-operate in care and support functions."
             *     ]
             */
            law: string[];
            /** @example Assessed needs of adults for social care in Northmoor */
            agreement: string | null;
            /**
             * @description A member of staff decided that it had to be shared without permission.
             * @example false
             */
            withoutPermission: boolean;
        };
        ReportedPermission: {
            /** @example 22 November 2026 at 09:00 (Greenwich Mean Time) */
            when: string;
            /** @example Agreed */
            said: string;
            /** @example permission under the duty of confidence */
            kind: string;
            /** @example Assessing and meeting an adult’s needs for care and support */
            purpose: string;
            /**
             * @example [
             *       "Northmoor Metropolitan Borough Council (fictional)"
             *     ]
             */
            recipients: string[];
            /**
             * @example [
             *       "Needs for care and support as last assessed"
             *     ]
             */
            items: string[];
            /**
             * @description Who spoke: the person themselves, or somebody for them.
             * @example self
             */
            saidBy: string;
            /** @example Stands until 22 November 2027 at 09:00 (Greenwich Mean Time). */
            state: string;
        };
        ReportedStatement: {
            /** @example 22 November 2026 at 09:00 (Greenwich Mean Time) */
            when: string;
            /** @example objection */
            kind: string;
            /** @example do not share */
            says: string;
            /** @example Assessing and meeting an adult’s needs for care and support */
            purpose: string;
            /**
             * @example [
             *       "everybody"
             *     ]
             */
            recipients: string[];
            /**
             * @example [
             *       "everything"
             *     ]
             */
            items: string[];
            /** @example Stands. */
            state: string;
        };
        ReportingAgency: {
            /** @example northmoor-council */
            id: string;
            /** @example Northmoor Metropolitan Borough Council (fictional) */
            name: string;
            /** @example data.protection@northmoor.example */
            email: string | null;
            /** @example Civic Centre, Northmoor */
            address: string | null;
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
        SignBody: {
            /**
             * @description `hash` of the agreement that you have read and sign.
             * @example 5f0a2b1c9d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8
             */
            hash: string;
            /**
             * @description A signature made outside, in place of one by the key that the gateway keeps for your agency: a compact JWS (RFC 7515) over the agreement’s canonical bytes (RFC 8785), with `typ` `agreement+jws`.
             * @example eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS0xIiwidHlwIjoiYWdyZWVtZW50K2p3cyJ9.eyJpZCI6IuKApiJ9.c2lnbmF0dXJl
             */
            jws?: string;
        };
        SignatureAnswer: {
            /** @example northmoor-fire */
            agency: string;
            /** @example kRk4v2rJq1o */
            kid: string;
            /**
             * @description Compact JWS (RFC 7515).
             * @example eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IuKApiJ9.c2ln
             */
            jws: string;
        };
        StaffBody: {
            /**
             * @description Your own id of the member of staff.
             * @example tr-0815
             */
            staffId: string;
            /** @example care-coordinator */
            role: string;
        };
        StatementAnswer: {
            /**
             * Format: uuid
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            id: string;
            /**
             * @example objection
             * @enum {string}
             */
            kind: "objection" | "best-interests-decision" | "hold-back" | "address-suppression";
            /**
             * @example stands
             * @enum {string}
             */
            state: "stands" | "lifted" | "ended";
            /**
             * @description Null: every purpose.
             * @example adult-social-care
             */
            purpose: string | null;
            /**
             * @description Null: everybody.
             * @example [
             *       "northmoor-council"
             *     ]
             */
            recipients: string[] | null;
            /**
             * @description Null for an address suppression: each item that a data service marks as an address.
             * @example [
             *       "northmoor-nhs-trust/assessed-needs#risk-summary"
             *     ]
             */
            items: string[] | null;
            /**
             * @example do-not-share
             * @enum {string}
             */
            says: "share" | "do-not-share";
            /** @example particular-situation */
            reason: string | null;
            /** @example null */
            decidedBy: components["schemas"]["StaffBody"] | null;
            /** @example null */
            consulted: string[] | null;
            /** @example null */
            capacityStatement: components["schemas"]["CapacityStatementBody"] | null;
            /**
             * @description Null: until it is lifted.
             * @example null
             */
            validUntil: string | null;
            /** @example 2026-11-22T09:00:00.000Z */
            recordedAt: string;
            /** @example null */
            liftedAt: string | null;
        };
        StepAnswer: {
            /** @example signed */
            step: string;
            /** @example 2026-11-22T09:00:00.000Z */
            at: string;
            /** @example northmoor-fire */
            agency: string;
            /**
             * @description The agency’s own id for the officer.
             * @example northmoor-fire-ig-2
             */
            officer: string;
            /**
             * @example null
             * @enum {string|null}
             */
            reason: "not-agreed" | "security-incident" | "data-quality" | "use-beyond-agreement" | "legal-basis-in-doubt" | "review-overdue" | "purpose-ended" | "organisation-changed" | "other" | null;
            /**
             * @description Of the text that the step was about.
             * @example 5f0a2b1c9d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8
             */
            hash: string;
        };
        SubjectAccessBody: {
            /** @description Identifiers of one person; of a place or organisation, none. */
            subject: components["schemas"]["SubjectBody"];
            /**
             * @description Only what was decided then or later.
             * @example 2025-11-22
             */
            from?: string;
            /**
             * @description Only what was decided before then.
             * @example 2026-11-22
             */
            to?: string;
        };
        SubjectAccessReport: {
            /**
             * Format: uuid
             * @example 0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /** @example What was shared about you */
            title: string;
            /** @example 2026-11-22T10:00:00.000Z */
            madeAt: string;
            agency: components["schemas"]["ReportingAgency"];
            /**
             * @example [
             *       "This report says when information about you was asked for and given."
             *     ]
             */
            about: string[];
            /** @description The newest first. */
            disclosures: components["schemas"]["ReportedDisclosure"][];
            /** @description The newest first. */
            permissions: components["schemas"]["ReportedPermission"][];
            /** @description The newest first. */
            statements: components["schemas"]["ReportedStatement"][];
        };
        SubjectBody: {
            /** @description At most one of each type. */
            identifiers: components["schemas"]["IdentifierBody"][];
        };
        WithdrawalNotice: {
            /**
             * Format: uuid
             * @description Id of the permission that was withdrawn, or of the refusal.
             * @example 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f
             */
            id: string;
            /**
             * @example confidentiality
             * @enum {string}
             */
            permissionKind: "uk-gdpr-consent" | "confidentiality" | "statutory-agreement" | "service-choice";
            /** @example adult-social-care */
            purpose: string;
            /**
             * @description `refused`: the person was asked again about all of it, and said no.
             * @example withdrawn
             * @enum {string}
             */
            ended: "withdrawn" | "refused";
            /** @example 2026-11-22T09:00:00.000Z */
            endedAt: string;
            /** @description In the order of time. */
            exchanges: components["schemas"]["ConcernedExchange"][];
            /** @example null */
            acknowledgedAt: string | null;
        };
        WithdrawalNoticePage: {
            notices: components["schemas"]["WithdrawalNotice"][];
            /**
             * @description For `after`; null on the last page.
             * @example null
             */
            nextCursor: string | null;
        };
        WithheldBody: {
            /** @example risk-summary */
            dataItem: string;
            /** @example DENY_CONSENT_REQUIRED */
            reason: string;
        };
        WithheldFromReport: {
            /**
             * Format: uuid
             * @example 0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70
             */
            id: string;
            /** @example 2026-11-22T10:00:00.000Z */
            madeAt: string;
            /** @example northmoor-council-ig-1 */
            officer: string;
            /** @example 12 */
            disclosures: number;
            /**
             * @description How many records were left out, because the person may not be told of them.
             * @example 1
             */
            withheld: number;
            /**
             * @example [
             *       "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"
             *     ]
             */
            withheldDisclosures: string[];
            /** @example [] */
            withheldStatements: string[];
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
    recordAddressSuppression: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressSuppressionBody"];
            };
        };
        responses: {
            /** @description The statement as it stands. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    getAddressSuppression: {
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
            /** @description The statement as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    liftAddressSuppression: {
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
            /** @description The statement, lifted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    listAgreements: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most versions on a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of versions, in the order of ids and versions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementPage"];
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
    draftAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The draft as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
            /** @description `AGREEMENT_NOT_IN_STATE`: The agreement is not in a state in which this can be done. `AGREEMENT_NOT_NEXT`: The agreement cannot have this id, version and parties. */
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
    getAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The agreement as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
    proposeAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The agreement as it stands then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
            /** @description `AGREEMENT_NOT_IN_STATE`: The agreement is not in a state in which this can be done. `AGREEMENT_UNSOUND`: The agreement has errors that must be corrected first. */
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
    resumeAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The agreement as it stands then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
            /** @description `AGREEMENT_NOT_IN_STATE`: The agreement is not in a state in which this can be done. */
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
    revokeAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonBody"];
            };
        };
        responses: {
            /** @description The agreement as it stands then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
            /** @description `AGREEMENT_NOT_IN_STATE`: The agreement is not in a state in which this can be done. */
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
    signAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignBody"];
            };
        };
        responses: {
            /** @description The agreement as it stands then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
            /** @description `AGREEMENT_HASH_DIFFERS`: The hash is not that of the agreement as it stands. `AGREEMENT_NOT_IN_STATE`: The agreement is not in a state in which this can be done. `AGREEMENT_UNSOUND`: The agreement has errors that must be corrected first. `SECOND_OFFICER_NEEDED`: Another officer of the agency must confirm the signature. `SIGNATURE_INVALID`: The signature does not stand for the agency. `SIGNING_KEY_NOT_HELD`: This gateway holds no key that the agency signs with. */
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
    suspendAgreement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonBody"];
            };
        };
        responses: {
            /** @description The agreement as it stands then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgreementAnswer"];
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
            /** @description `AGREEMENT_NOT_IN_STATE`: The agreement is not in a state in which this can be done. */
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
    getAlertWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The public key, and what is sent where. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertWebhook"];
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
    listAlerts: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most alerts on a page. */
                limit?: number;
                /** @description Only those raised before. */
                until?: string;
                /** @description Only those raised then or later. */
                from?: string;
                /** @description Only those of this kind. */
                kind?: "decision-without-outcome" | "override-awaiting-review" | "override-review-overdue" | "budget-reached" | "refusals-above-usual" | "lookups-above-usual" | "agreement-about-to-expire" | "sampled";
                /** @description Only those in this status. */
                status?: "new" | "under-investigation" | "closed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of alerts, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertPage"];
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
    getAlert: {
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
            /** @description The alert as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertInFull"];
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
    closeAlert: {
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
                "application/json": components["schemas"]["CloseAlertBody"];
            };
        };
        responses: {
            /** @description The alert as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertAnswer"];
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
            /** @description `ALERT_ABOUT_CALLER`: Whom an alert is about does not deal with it. `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
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
            /** @description `ALERT_NOT_IN_STATUS`: The alert is not in a status in which this can be done. */
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
    investigateAlert: {
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
            /** @description The alert as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertAnswer"];
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
            /** @description `ALERT_ABOUT_CALLER`: Whom an alert is about does not deal with it. `ROLE_NOT_ALLOWED`: This caller may not call this operation. */
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
            /** @description `ALERT_NOT_IN_STATUS`: The alert is not in a status in which this can be done. */
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
    recordBestInterestsDecision: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BestInterestsDecisionBody"];
            };
        };
        responses: {
            /** @description The statement as it stands. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    getBestInterestsDecision: {
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
            /** @description The statement as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    liftBestInterestsDecision: {
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
            /** @description The statement, lifted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
                /** @description Names this call: 1 to 200 printable ASCII characters. */
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
    listDisclosures: {
        parameters: {
            query?: {
                /** @description Decided then or later: a day (its beginning in UTC) or an instant. */
                from?: string;
                /** @description Decided before then. */
                to?: string;
                /** @description Exchanges, or decisions not to share that people of your agency made. */
                kind?: "exchange" | "decision-not-to-share";
                /** @description `requested`: your agency asked. `supplied`: your agency was asked. */
                direction?: "requested" | "supplied";
                /** @description The other agency. */
                agency?: string;
                /** @description Code of the purpose. */
                purpose?: string;
                /** @description A legal basis that something was released on, by its id. */
                legalBasis?: string;
                /** @description Pattern of sharing. */
                pattern?: "query" | "eligibility-check" | "composite-view" | "referral" | "life-event" | "bulk-match";
                /** @description What was decided. */
                outcome?: "permit" | "permit-partial" | "deny";
                /** @description What became of a permit. */
                result?: "disclosed" | "supplier-failed" | "permit-lapsed" | "unconfirmed" | "not-released";
                /** @description A reason code of the decision or of an item; of a decision not to share, its reason. */
                reason?: string;
                /** @description Whether somebody authorised an override. */
                override?: "yes" | "no";
                /** @description Role of the member of staff. */
                staffRole?: string;
                /** @description Your own id of a member of staff of yours; finds nothing of another agency’s. */
                staffId?: string;
                /** @description Id of an agreement, in any version. */
                agreement?: string;
                /** @description Most disclosures on a page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of disclosures, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisclosurePage"];
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `SEARCH_BEHIND`: The search has not caught up with the disclosure log yet. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    searchDisclosuresBySubject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonSearchBody"];
            };
        };
        responses: {
            /** @description A page of disclosures, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonDisclosurePage"];
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
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `SEARCH_BEHIND`: The search has not caught up with the disclosure log yet. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    getDisclosure: {
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
            /** @description What was decided, why, what became of it, and its proofs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisclosureAnswer"];
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
            /** @description `EXCHANGE_ERASED`: What was on record of the exchange was erased. */
            410: {
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
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `SEARCH_BEHIND`: The search has not caught up with the disclosure log yet. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    listErasures: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most orders on a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasurePage"];
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
    orderErasure: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ErasureBody"];
            };
        };
        responses: {
            /** @description The order as it stands now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureAnswer"];
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
    getErasure: {
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
            /** @description The order as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureAnswer"];
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
    confirmErasure: {
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
            /** @description The order as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureAnswer"];
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
            /** @description `ERASURE_TO_BE_CONFIRMED`: Another officer must confirm the erasure. `LEGAL_HOLD`: A legal hold keeps what was to be erased. */
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
            /** @description `EXCHANGE_ERASED`: What was on record of the exchange was erased. */
            410: {
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
    getDecisionForm: {
        parameters: {
            query?: {
                /** @description A page to read and print, or plain text. */
                as?: "html" | "markdown";
            };
            header?: never;
            path: {
                exchangeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The form. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html>… */
                    "text/html": string;
                    /**
                     * @example # Data sharing decision form
                     *
                     *     …
                     */
                    "text/markdown": string;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
            /** @description `EXCHANGE_ERASED`: What was on record of the exchange was erased. */
            410: {
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
            /** @description `EXCHANGE_ERASED`: What was on record of the exchange was erased. */
            410: {
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
    exportAuditEventBundle: {
        parameters: {
            query: {
                /** @description To go on: the log index in the last whole line that arrived. */
                after?: number;
                /** @description To go on: what `Gatehouse-Export-Tree-Size` said. */
                treeSize?: number;
                /** @description First instant no longer in the period. */
                to: string;
                /** @description First instant of the period (RFC 3339, UTC). */
                from: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A Bundle of type `collection`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "resourceType": "Bundle",
                     *       "type": "collection",
                     *       "timestamp": "2026-12-01T08:00:00.000Z",
                     *       "link": [
                     *         {
                     *           "relation": "self",
                     *           "url": "https://gatehouse.example/v1/exports/audit-event-bundle?from=2026-11-01T00%3A00%3A00.000Z&to=2026-12-01T00%3A00%3A00.000Z"
                     *         }
                     *       ],
                     *       "entry": [
                     *         {
                     *           "fullUrl": "https://gatehouse.example/exchanges/0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f",
                     *           "resource": {
                     *             "resourceType": "AuditEvent",
                     *             "id": "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f",
                     *             "type": {
                     *               "system": "http://dicom.nema.org/resources/ontology/DCM",
                     *               "code": "110112",
                     *               "display": "Query"
                     *             },
                     *             "action": "R",
                     *             "recorded": "2026-11-22T09:30:00.412Z",
                     *             "outcome": "0"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/fhir+json": Record<string, never>;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
    exportAuditEvents: {
        parameters: {
            query: {
                /** @description To go on: the log index in the last whole line that arrived. */
                after?: number;
                /** @description To go on: what `Gatehouse-Export-Tree-Size` said. */
                treeSize?: number;
                /** @description First instant no longer in the period. */
                to: string;
                /** @description First instant of the period (RFC 3339, UTC). */
                from: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One AuditEvent to a line. */
            200: {
                headers: {
                    /** @description Entries of the log that it is pinned to. Needed to go on. */
                    "Gatehouse-Export-Tree-Size"?: number;
                    /** @description Lines of the whole export, without a heading. */
                    "Gatehouse-Export-Total"?: number;
                    /** @description Of them, those that came before what follows. */
                    "Gatehouse-Export-Before"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"resourceType":"AuditEvent","id":"0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f","type":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110112","display":"Query"},"action":"R","recorded":"2026-11-22T09:30:00.412Z","outcome":"0"} */
                    "application/fhir+ndjson": string;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
            /** @description `EXPORTS_UNDER_WAY`: Your agency has too many exports under way. */
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
            /** @description `GATEWAY_STOPPING`: The gateway is stopping. `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    exportEvidence: {
        parameters: {
            query: {
                /** @description To go on: the log index in the last whole line that arrived. */
                after?: number;
                /** @description To go on: what `Gatehouse-Export-Tree-Size` said. */
                treeSize?: number;
                /** @description First instant no longer in the period. */
                to: string;
                /** @description First instant of the period (RFC 3339, UTC). */
                from: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One JSON object to a line. */
            200: {
                headers: {
                    /** @description Entries of the log that it is pinned to. Needed to go on. */
                    "Gatehouse-Export-Tree-Size"?: number;
                    /** @description Lines of the whole export, without a heading. */
                    "Gatehouse-Export-Total"?: number;
                    /** @description Of them, those that came before what follows. */
                    "Gatehouse-Export-Before"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {"export":"gatehouse-evidence/1","gateway":"https://gatehouse.example","agency":"northmoor-council","from":"2026-11-01T00:00:00.000Z","to":"2026-12-01T00:00:00.000Z","treeSize":4711,"total":2,"checkpoint":"gatehouse.example/log\n4711\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— gatehouse.example/log Az3grl…\n","signature":"eyJhbGciOiJFZERTQSJ9..c2ln"}
                     *     {"line":1,"index":41,"leafHash":"q1rYbYzPMwkSMGmCcM7V1t4DkHX4iT8oNnZ0gQ1l5mQ=","inclusionProof":["1jJrYI3G9b0mXvQqf8sJt1pYx1O0Jb2k3ZcT5yHq8rU="],"claims":{"kind":"decision"},"claimsSalt":"BwcHBwcHBwcHBwcHBwcHBw==","detailDigest":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="}
                     */
                    "application/x-ndjson": string;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
            /** @description `EXPORTS_UNDER_WAY`: Your agency has too many exports under way. */
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
            /** @description `GATEWAY_STOPPING`: The gateway is stopping. `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    exportExchanges: {
        parameters: {
            query: {
                /** @description To go on: the log index in the last whole line that arrived. */
                after?: number;
                /** @description To go on: what `Gatehouse-Export-Tree-Size` said. */
                treeSize?: number;
                /** @description First instant no longer in the period. */
                to: string;
                /** @description First instant of the period (RFC 3339, UTC). */
                from: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names of the columns, then the rows. */
            200: {
                headers: {
                    /** @description Entries of the log that it is pinned to. Needed to go on. */
                    "Gatehouse-Export-Tree-Size"?: number;
                    /** @description Lines of the whole export, without a heading. */
                    "Gatehouse-Export-Total"?: number;
                    /** @description Of them, those that came before what follows. */
                    "Gatehouse-Export-Before"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example "Line","Log index","Exchange","Decided at","Direction","Other agency"
                     *     "1","41","0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f","2026-11-22T09:30:00.398Z","asked","northmoor-nhs-trust"
                     */
                    "text/csv": string;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
            /** @description `EXPORTS_UNDER_WAY`: Your agency has too many exports under way. */
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
            /** @description `GATEWAY_STOPPING`: The gateway is stopping. `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    exportRoutineSharing: {
        parameters: {
            query: {
                /** @description A table, or a page to read and print. */
                as?: "csv" | "html";
                /** @description First instant no longer in the period. */
                to: string;
                /** @description First instant of the period (RFC 3339, UTC). */
                from: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The register. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example "Category of recipient","Recipient","Agreement","Data service"
                     *     "council","Northmoor Metropolitan Borough Council (fictional)","Assessed needs of adults for social care in Northmoor (adult-care-assessed-needs, version 1)","Assessed needs"
                     */
                    "text/csv": string;
                    /** @example <!doctype html>… */
                    "text/html": string;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
    exportStatistics: {
        parameters: {
            query: {
                /** @description `own`: exact numbers, for your agency. `published`: for everybody. */
                variant?: "own" | "published";
                /** @description A month in UTC, by when exchanges were decided. */
                month: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One row for each number. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example "Agency","Month","Direction","Counted by","Value","Exchanges"
                     *     "northmoor-council","2026-11","asked","all","","120"
                     *     "northmoor-council","2026-11","asked","outcome","refused","<5"
                     */
                    "text/csv": string;
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
    recordHoldBack: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HoldBackBody"];
            };
        };
        responses: {
            /** @description The statement as it stands. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    getHoldBack: {
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
            /** @description The statement as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    liftHoldBack: {
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
            /** @description The statement, lifted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    listLegalHolds: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Most holds on a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of holds, lifted ones too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LegalHoldPage"];
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
    placeLegalHold: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LegalHoldBody"];
            };
        };
        responses: {
            /** @description The hold as it stands now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LegalHoldAnswer"];
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
    getLegalHold: {
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
            /** @description The hold as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LegalHoldAnswer"];
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
    liftLegalHold: {
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
            /** @description The hold as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LegalHoldAnswer"];
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
    getConsistencyProof: {
        parameters: {
            query: {
                /** @description Size of the larger tree, at most that of the newest checkpoint, which it is unless given. */
                to?: number;
                /** @description Size of the smaller tree. */
                from: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Consistency proof (RFC 9162 section 2.1.4). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsistencyAnswer"];
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
                    "application/json": components["schemas"]["EntryProof"];
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
    getTile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Up to 256 hashes of 32 bytes, one after the other. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example (binary) */
                    "application/octet-stream": string;
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
    recordObjection: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ObjectionBody"];
            };
        };
        responses: {
            /** @description The statement as it stands. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    getObjection: {
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
            /** @description The statement as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    liftObjection: {
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
            /** @description The statement, lifted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementAnswer"];
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
    recordPermission: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this call: 1 to 200 printable ASCII characters. */
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
    searchPermissionsBySubject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PermissionSearchBody"];
            };
        };
        responses: {
            /** @description The permissions, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionsFound"];
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
    getPermissionAsFhirConsent: {
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
            /** @description A Consent resource. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/fhir+json": {
                        [key: string]: unknown;
                    };
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
    getPermissionReceipt: {
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
            /** @description The receipt, as of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionReceiptAnswer"];
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
            /** @description `BUDGET_USED_UP`: The agreement gives this system no more requests in this hour or day. `SYSTEM_OVER_SHARE`: This system has too many requests under way. */
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
    listSubjectAccessReports: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of reports, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeReportPage"];
                };
            };
            /** @description `REQUEST_INVALID`: A member of the request is missing, unknown or of the wrong type. */
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
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `SEARCH_BEHIND`: The search has not caught up with the disclosure log yet. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    makeSubjectAccessReport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubjectAccessBody"];
            };
        };
        responses: {
            /** @description The report. It is not kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectAccessReport"];
                    /**
                     * @example "Part","Date and time","Who asked"
                     *     "Information that was asked for","22 November 2026","A council"
                     */
                    "text/csv": string;
                    /** @example %PDF-1.7 */
                    "application/pdf": string;
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
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `SEARCH_BEHIND`: The search has not caught up with the disclosure log yet. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    getWithheldFromReport: {
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
            /** @description How much was left out, and the ids of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithheldFromReport"];
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
            /** @description `LOG_UNAVAILABLE`: The disclosure log cannot be written, so nothing is disclosed. `SEARCH_BEHIND`: The search has not caught up with the disclosure log yet. `STORE_UNAVAILABLE`: The gateway cannot reach its database. */
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
    listWithdrawalNotices: {
        parameters: {
            query?: {
                /** @description True: the notices that your agency took note of, in place of those that it has not. */
                acknowledged?: boolean;
                /** @description Most notices on a page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of notices, the earliest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalNoticePage"];
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
    acknowledgeWithdrawalNotice: {
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
            /** @description The notice, taken note of. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WithdrawalNotice"];
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
    addCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description A cosignature (C2SP tlog-cosignature, Ed25519). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example — gatehouse.example/witness jWbPPw… */
                    "text/plain": string;
                };
            };
            /** @description The body is not one of add-checkpoint, or its old size is too large. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No known key of the log signed the checkpoint. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description This gateway is no witness of this log. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Another tree was cosigned last: its size. Or one of the same size with another root: a fork. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example 41 */
                    "text/x.tlog.size": string;
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
            /** @description The consistency proof does not lead to the checkpoint. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
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
    getWitnessKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A verifier key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example gatehouse.example/witness+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN */
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
}
