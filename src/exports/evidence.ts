import canonicalize from 'canonicalize';
import {
  commit,
  digestOf,
  hashLeaf,
  openCheckpoint,
  openingOf,
  readInclusionProofs,
  verifyInclusion,
  type NoteKey,
} from '../disclosure-log/index.js';
import { signDetached, type SigningKey } from '../keys/index.js';
import type { Query } from '../policy/index.js';
import { readOwnEntries, type Kinds, type OwnEntry } from './own-entries.js';
import type { PinnedExport } from './pinned-export.js';

/** Form of the file, in its first line. */
export const EVIDENCE_FORM = 'gatehouse-evidence/1';
/** `typ` of the signatures in it. */
export const EVIDENCE_TYPE = 'gatehouse-evidence+jws';

export const EVIDENCE_KINDS: Kinds = {
  naming: ['decision', 'outcome', 'decision-not-to-share'],
  following: ['reconciliation', 'override-review-answered'],
};

/** What signs and checks. */
export interface EvidenceParts {
  readonly query: Query;
  /** Public URL of the gateway. */
  readonly publicUrl: string;
  readonly key: SigningKey;
  readonly log: NoteKey;
}

/** The log does not prove what it holds. Nothing is handed out as evidence. */
export class EvidenceDoesNotHold extends Error {
  override readonly name = 'EvidenceDoesNotHold';
}

/**
 * First line of the file: what it is, the checkpoint that every proof in it leads to, and how many lines follow. Signed by the
 * gateway, so that lines cannot be left out unnoticed.
 */
export function evidenceHeading(
  { agency, from, to, treeSize, checkpoint, total }: PinnedExport,
  parts: EvidenceParts,
): string {
  const heading = {
    export: EVIDENCE_FORM,
    gateway: parts.publicUrl,
    agency,
    from: from.toISOString(),
    to: to.toISOString(),
    treeSize,
    total,
    checkpoint,
  };
  return `${JSON.stringify(signed(heading, parts.key))}\n`;
}

/**
 * The other lines, one for each entry, page by page. A line opens the claims of an entry and proves its place; the detail,
 * which has handles, stays in the log. What was erased is a line with its place and leaf alone.
 *
 * Staff ids of another agency are withheld (`null`, named in `withheld`); the line then has the digest of the claims, and the
 * gateway's signature over what it shows. Whoever is told the ids can put them in and open the claims in full.
 *
 * INVARIANT: 7. Every line is checked before it is handed out.
 * @throws EvidenceDoesNotHold
 */
export async function* evidenceLines(pinned: PinnedExport, parts: EvidenceParts): AsyncGenerator<string> {
  const checkpoint = openCheckpoint(pinned.checkpoint, parts.log);
  if (checkpoint?.size !== pinned.treeSize) throw new EvidenceDoesNotHold('the checkpoint is not one of this log');
  let line = pinned.before;
  for await (const entries of readOwnEntries(parts.query, pinned.agency, EVIDENCE_KINDS, pinned.rest)) {
    const indexes = entries.map(({ index }) => index);
    const proofs = await readInclusionProofs(parts.query, indexes, pinned.treeSize);
    const lines = entries.map((entry, place) => {
      const proof = proofs[place]!;
      if (!verifyInclusion(entry.index, checkpoint.size, entry.leafHash, proof, checkpoint.root)) {
        throw new EvidenceDoesNotHold('the inclusion proof of an entry does not hold');
      }
      const where = {
        line: ++line,
        index: entry.index,
        leafHash: base64(entry.leafHash),
        inclusionProof: proof.map(base64),
      };
      return `${JSON.stringify(lineOf(entry, where, { agency: pinned.agency, key: parts.key }))}\n`;
    });
    yield lines.join('');
  }
}

function lineOf(
  { body, leafHash }: OwnEntry,
  where: Readonly<Record<string, unknown>>,
  { agency, key }: { agency: string; key: SigningKey },
): object {
  if (!body) return signed({ ...where, erased: true }, key);
  const opening = openingOf(body, body.salt);
  if (!hashLeaf(commit(body.claims, opening)).equals(leafHash)) {
    throw new EvidenceDoesNotHold('the body of an entry does not make its leaf');
  }
  const shown = withholdStaff(JSON.parse(body.claims) as AnyClaims, agency);
  const line = {
    ...where,
    claims: shown.claims,
    claimsSalt: base64(opening.claimsSalt),
    detailDigest: base64(opening.detailDigest),
  };
  if (shown.withheld.length === 0) return line;
  return signed({ ...line, withheld: shown.withheld, claimsDigest: base64(digestOf(body.claims)) }, key);
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** Detached, over the RFC 8785 form of the line without it. */
function signed(line: object, key: SigningKey): object {
  return { ...line, signature: signDetached(canonicalize(line) ?? '', EVIDENCE_TYPE, key) };
}

/** Claims of any kind, as far as they name members of staff. */
interface AnyClaims {
  readonly requester?: { readonly agency: string; readonly staffId: string | null };
  readonly override?: { readonly authorisedBy: { readonly staffId: string | null } };
  readonly answeredBy?: { readonly agency: string; readonly officer: string | null };
}

/** The claims as an officer of the agency may read them: without the staff ids of others. */
function withholdStaff(claims: AnyClaims, agency: string): { claims: AnyClaims; withheld: string[] } {
  const { requester, override, answeredBy } = claims;
  const withheld: string[] = [];
  const shown = { ...claims };
  if (requester && requester.agency !== agency && requester.staffId !== null) {
    Object.assign(shown, { requester: { ...requester, staffId: null } });
    withheld.push('/requester/staffId');
  }
  if (requester && requester.agency !== agency && override) {
    Object.assign(shown, { override: { ...override, authorisedBy: { ...override.authorisedBy, staffId: null } } });
    withheld.push('/override/authorisedBy/staffId');
  }
  if (answeredBy && answeredBy.agency !== agency) {
    Object.assign(shown, { answeredBy: { ...answeredBy, officer: null } });
    withheld.push('/answeredBy/officer');
  }
  return { claims: shown, withheld };
}
