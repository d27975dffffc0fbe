import { decodeProtectedHeader } from 'jose';
import { DataSource } from 'typeorm';
import {
  canonicalAgreement,
  lintAgreement,
  signAgreement,
  signatureFault,
  type AgreementDraft,
  type AgreementSignature,
  type Finding,
} from '../agreements/index.js';
import { Problem } from '../api-contract/index.js';
import {
  findFaultsInForce,
  readAgreementHashes,
  readStoredDefinitions,
  type DefinitionRules,
  type Register,
} from '../definitions/index.js';
import type { RegisterService } from '../definitions/definitions.module.js';
import { EntryStale, LogUnavailable, type DisclosureLog, type LogEntry } from '../disclosure-log/index.js';
import type { AgencyKeys } from '../keys/index.js';
import {
  lifeState,
  mayKnow,
  type AgreementLife,
  type LifeState,
  type Reason,
  type StepKind,
} from './agreement-life.js';
import { livesOf, livesOfAgency } from './agreement-lives.js';
import { isSettled, nextStep, type Action, type ActingOfficer } from './next-step.js';

/** What the life of agreements rests on. */
export interface LifecycleParts {
  readonly dataSource: DataSource;
  readonly log: DisclosureLog;
  readonly registers: RegisterService;
  readonly rules: DefinitionRules;
  readonly agencyKeys: AgencyKeys;
}

/** A version as an officer of a party sees it. */
export interface SeenAgreement {
  readonly life: AgreementLife;
  readonly state: LifeState;
  readonly lint: readonly Finding[];
}

/** A step about to be taken, with all that is committed together with it. */
interface Intent {
  readonly step: StepKind;
  readonly document: AgreementDraft;
  readonly hash: string;
  /** Of the register, when it was made; it holds for no other. */
  readonly revision: number;
  /** Steps of the version before it. */
  readonly steps: number;
  readonly reason?: Reason;
  readonly signature?: AgreementSignature;
  /** What is disclosed under the agreement begins or ends with it. */
  readonly binds: boolean;
  /** Signatures of every party: with this step the version comes into force. */
  readonly inForceWith?: readonly AgreementSignature[];
}

/** Others act at the same time only now and then; so many collisions in a row mean that something is amiss. */
const MOST_ATTEMPTS = 10;

/**
 * The life of agreements: each step is committed in one transaction with its entry in the disclosure log, so that neither
 * stands without the other, and in the order in which the log has them.
 *
 * INVARIANT: 6. A step that begins or ends what is disclosed under an agreement makes the register's revision grow in that
 * transaction: a decision made before it is not recorded, and nothing is released on one, after it.
 */
export class AgreementLifecycle {
  constructor(private readonly parts: LifecycleParts) {}

  /** Every version that the officer's agency may know of, or of one agreement. @throws Problem STORE_UNAVAILABLE */
  async list({ agency }: ActingOfficer, id?: string): Promise<Omit<SeenAgreement, 'lint'>[]> {
    const { dataSource } = this.parts;
    const { lives } = await stored(id === undefined ? livesOfAgency(dataSource, agency) : livesOf(dataSource, id));
    const on = this.today();
    return lives.filter((life) => mayKnow(life, agency)).map((life) => ({ life, state: lifeState(life, on) }));
  }

  /** @throws Problem NOT_FOUND when there is none, or none that the agency may know of; STORE_UNAVAILABLE */
  async find(by: ActingOfficer, id: string, version: number): Promise<SeenAgreement> {
    const { life } = await this.read(by, id, version);
    const register = await this.parts.registers.fresh();
    return { life, state: lifeState(life, this.today()), lint: this.lint(life.document, register) };
  }

  /**
   * Drafts a version: the first of a new id, the next of an agreement whose newest version is settled, or another text of a
   * draft of the same agency. The same text again changes nothing.
   * @throws Problem REQUEST_INVALID, AGREEMENT_NOT_NEXT, AGREEMENT_NOT_IN_STATE, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async draft(by: ActingOfficer, document: AgreementDraft): Promise<SeenAgreement> {
    if (!document.parties.includes(by.agency)) {
      throw new Problem('REQUEST_INVALID', { pointers: ['/parties'], detail: 'Your agency must be a party.' });
    }
    const { hash } = canonicalAgreement(document);
    await this.take(by, async () => {
      const { revision, lives } = await stored(livesOf(this.parts.dataSource, document.id));
      const same = lives.find(({ document: { version } }) => version === document.version);
      if (same && mayKnow(same, by.agency)) {
        if (same.hash === hash && !same.halted) return undefined;
        if (lifeState(same, this.today()) !== 'draft') throw new Problem('AGREEMENT_NOT_IN_STATE');
      } else refuseUnlessNext(document, lives, by.agency, this.today());
      return { step: 'drafted', document, hash, revision, steps: same?.history.length ?? 0, binds: false };
    });
    return await this.find(by, document.id, document.version);
  }

  /**
   * Does what an officer asks, where it may be done now; a repeat changes nothing.
   *
   * Once this returns, a suspension or revocation binds on every replica, exchanges under way included.
   *
   * @throws Problem NOT_FOUND, AGREEMENT_NOT_IN_STATE, AGREEMENT_HASH_DIFFERS, AGREEMENT_UNSOUND, SECOND_OFFICER_NEEDED,
   *   SIGNATURE_INVALID, SIGNING_KEY_NOT_HELD, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async act(by: ActingOfficer, id: string, version: number, action: Action): Promise<SeenAgreement> {
    await this.take(by, async (register) => {
      const { life, revision } = await this.read(by, id, version);
      const step = nextStep(life, action, by, this.today());
      if (!step) return undefined;
      const { document, hash, applied } = life;
      const binds = applied && (step === 'suspended' || step === 'resumed' || step === 'revoked');
      const intent: Intent = { step, document, hash, revision, steps: life.history.length, binds };
      if (step === 'proposed') this.refuseUnsound(document, register);
      if (action.kind === 'suspend' || action.kind === 'revoke') return { ...intent, reason: action.reason };
      if (action.kind !== 'sign') return intent;
      const signature = await this.signatureFor(life, step, by.agency, action.jws, register);
      if (!signature) return intent;
      return step === 'signed'
        ? await this.signed({ ...intent, signature }, life, signature)
        : { ...intent, signature };
    });
    return await this.find(by, id, version);
  }

  /** Takes the step that `decide` comes to, and decides again when something changed in between. */
  private async take(by: ActingOfficer, decide: (register: Register) => Promise<Intent | undefined>): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const register = await this.parts.registers.fresh();
      // Whoever was removed a moment ago takes no step any more.
      if (register.officer(by.officer)?.agency !== by.agency) throw new Problem('ROLE_NOT_ALLOWED');
      const intent = await decide(register);
      if (!intent || (intent.revision === register.revision && (await this.record(by, intent)))) return;
    }
    throw new Problem('STORE_UNAVAILABLE', {}, { cause: new Error('others kept changing the same') });
  }

  /** @returns false when something changed since the intent was made; nothing was recorded then */
  private async record(by: ActingOfficer, intent: Intent): Promise<boolean> {
    const at = this.parts.log.clock.now();
    try {
      await this.parts.log.append(entryOf(by, intent, at), {}, { sql: INSERT_STEP, values: valuesOf(by, intent, at) });
      return true;
    } catch (error) {
      if (error instanceof EntryStale) return false;
      if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
      throw error;
    }
  }

  private async read(
    { agency }: ActingOfficer,
    id: string,
    version: number,
  ): Promise<{ life: AgreementLife; revision: number }> {
    const { revision, lives } = await stored(livesOf(this.parts.dataSource, id));
    const life = lives.find(({ document }) => document.version === version);
    if (!life || !mayKnow(life, agency)) throw new Problem('NOT_FOUND');
    return { life, revision };
  }

  /** The agency's signature: uploaded now or when it was asked for, or else by the key that the gateway keeps for it. */
  private async signatureFor(
    { document, hash, asked }: AgreementLife,
    step: StepKind,
    agency: string,
    jws: string | undefined,
    register: Register,
  ): Promise<AgreementSignature | undefined> {
    const { bytes, hash: own } = canonicalAgreement(document);
    if (own !== hash) throw new Problem('INTERNAL', {}, { cause: new Error('an agreement is not what its hash says') });
    const uploaded = jws === undefined ? asked.get(agency)?.signature : readUploaded(agency, jws);
    const keys = register.agency(agency)?.keys ?? [];
    if (uploaded) {
      const fault = await signatureFault(bytes, uploaded, keys, this.now);
      if (fault) throw new Problem('SIGNATURE_INVALID', { detail: `The signature ${fault}.` });
      return uploaded;
    }
    const kept = await this.parts.agencyKeys.find(agency);
    if (!kept || !keys.some(({ kid }) => kid === kept.kid)) throw new Problem('SIGNING_KEY_NOT_HELD');
    if (step === 'signature-asked') return undefined;
    const made = await signAgreement(document, agency, kept);
    if (await signatureFault(bytes, made, keys, this.now)) throw new Problem('SIGNING_KEY_NOT_HELD');
    return made;
  }

  /** With the last signature the version comes into force, if `gatehouse apply` would let it. */
  private async signed(intent: Intent, life: AgreementLife, signature: AgreementSignature): Promise<Intent> {
    const signatures = [...life.signatures, signature];
    const all = life.document.parties.every((party) => signatures.some(({ agency }) => agency === party));
    if (!all) return intent;
    const { dataSource, rules } = this.parts;
    // In this order, so that a version that is applied in between is found among the hashes, and decided on again.
    const definitions = await stored(readStoredDefinitions(dataSource));
    const hashes = await stored(readAgreementHashes(dataSource));
    const [fault] = await findFaultsInForce(life.document, signatures, definitions, hashes, rules, this.now());
    if (fault !== undefined) throw new Problem('AGREEMENT_UNSOUND', { detail: `It cannot come into force: ${fault}.` });
    return { ...intent, binds: true, inForceWith: signatures };
  }

  private refuseUnsound(document: AgreementDraft, register: Register): void {
    const error = this.lint(document, register).find(({ severity }) => severity === 'error');
    if (error) throw new Problem('AGREEMENT_UNSOUND', { detail: `For one: ${error.message}.` });
  }

  private lint(document: AgreementDraft, register: Register): Finding[] {
    return lintAgreement(document, {
      on: this.today(),
      purposes: this.parts.rules.purposes,
      stackGaps: (stack, flow) => this.parts.rules.stackGaps(stack, flow),
      basesReliedOn: (stack, flow) => this.parts.rules.basesReliedOn(stack, flow),
      requiredPermissions: (stack, flow) => this.parts.rules.requiredPermissions(stack, flow),
      findBars: (flow) => this.parts.rules.findBars(flow),
      agency: (id) => register.agency(id),
      dataService: (id) => register.dataService(id),
    });
  }

  /** The gateway stores a signature in the step that it is given in. */
  private readonly now = (): Date => this.parts.log.clock.now();

  private today(): string {
    return this.now().toISOString().slice(0, 10);
  }
}

/**
 * The first version of an id that nobody has used, or the one after the newest. INVARIANT: 4. The parties of the version
 * before are all in it, because it takes the place of what they signed.
 */
function refuseUnlessNext(
  { version, parties }: AgreementDraft,
  lives: readonly AgreementLife[],
  agency: string,
  on: string,
): void {
  const newest = lives.at(-1);
  const before = lives.findLast(({ applied }) => applied);
  const isNext = newest
    ? version === newest.document.version + 1 && mayKnow(newest, agency) && isSettled(newest, on)
    : version === 1;
  if (!isNext || !(before?.document.parties ?? []).every((party) => parties.includes(party))) {
    throw new Problem('AGREEMENT_NOT_NEXT', {
      detail: 'Take a new id with version 1, or the next version of an agreement of your agency, with all its parties.',
    });
  }
}

function readUploaded(agency: string, jws: string): AgreementSignature {
  try {
    const { kid } = decodeProtectedHeader(jws);
    if (typeof kid === 'string') return { agency, kid, jws };
  } catch {
    // Said below.
  }
  throw new Problem('SIGNATURE_INVALID', { detail: 'It is not a compact JWS that names its key.' });
}

function entryOf({ agency, officer }: ActingOfficer, intent: Intent, at: Date): LogEntry {
  const { document, hash, step, reason, revision, binds } = intent;
  return {
    claims: {
      kind: `agreement-${step}`,
      at: at.toISOString(),
      agreement: { id: document.id, version: document.version, hash },
      by: { agency, officer },
      reason: reason ?? null,
      revision: binds ? revision + 1 : null,
    },
    detail: {},
  };
}

/**
 * Under the log's lock, and only if the version has as many steps, and the register the revision, as when it was decided.
 * The agreement is written as `gatehouse apply` writes it.
 */
const INSERT_STEP = `
  WITH unchanged AS MATERIALIZED (
    SELECT FROM register_revision WHERE revision = $13
      AND (SELECT coalesce(max(number), 0) FROM agreement_steps WHERE agreement = $1 AND version = $2) = $3::integer - 1
  ), grown AS (
    UPDATE register_revision SET revision = revision + 1 WHERE $12::boolean AND EXISTS (SELECT FROM unchanged)
  ), in_force AS (
    INSERT INTO agreements (id, version, hash, document, signatures, applied_at)
    SELECT $1, $2, $5, $14::jsonb, $15::jsonb, $8 WHERE $15::jsonb IS NOT NULL AND EXISTS (SELECT FROM unchanged)
  )
  INSERT INTO agreement_steps (agreement, version, number, step, hash, agency, officer, at, reason, signature, document)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9, $10::jsonb, $11::jsonb FROM unchanged`;

function valuesOf({ agency, officer }: ActingOfficer, intent: Intent, at: Date): unknown[] {
  const { document, steps, step, hash, reason, signature, revision, binds, inForceWith } = intent;
  const text = JSON.stringify(document);
  return [
    document.id,
    document.version,
    steps + 1,
    step,
    hash,
    agency,
    officer,
    at,
    reason ?? null,
    signature ? JSON.stringify(signature) : null,
    step === 'drafted' ? text : null,
    binds,
    revision,
    text,
    inForceWith ? JSON.stringify(inForceWith) : null,
  ];
}

async function stored<Value>(read: Promise<Value>): Promise<Value> {
  try {
    return await read;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('STORE_UNAVAILABLE', {}, { cause: error });
  }
}
