import type { SharingStatement } from '../statements/index.js';
import type { FoundDisclosure } from './disclosure.js';

/** Of decisions not to share: telling the person could harm somebody (DPA 2018 Sch. 3 Parts 2 to 5). */
const HARMFUL_TO_TELL: ReadonlySet<string> = new Set(['safety-of-somebody', 'more-detrimental-than-not']);

/** Of hold-backs: each is the reason of an exemption from the right of access. */
const EXEMPT: ReadonlySet<string> = new Set([
  'serious-harm', // DPA 2018 Sch. 3 Parts 2 to 5
  'about-someone-else', // DPA 2018 Sch. 2 para. 16
  'legal-privilege', // DPA 2018 Sch. 2 para. 19
  'prejudice-to-enquiry', // DPA 2018 Sch. 2 para. 2
]);

/**
 * Whether a person may lawfully not be told of a disclosure: either party processed it for law enforcement (DPA 2018
 * s.45(4)), or somebody could come to harm. An officer who finds that the person is to be told tells them by other means.
 */
export const mayWithhold = ({ lawEnforcement, kind, reasons }: FoundDisclosure): boolean =>
  lawEnforcement || (kind === 'decision-not-to-share' && reasons.some((reason) => HARMFUL_TO_TELL.has(reason)));

/** The same of a statement about sharing. What the person said themselves is never withheld from them. */
export const mayWithholdStatement = ({ kind, reason }: SharingStatement): boolean =>
  kind === 'hold-back' && reason !== null && EXEMPT.has(reason);
