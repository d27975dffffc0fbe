import { problemBody } from './problem-answer.js';
import { Problem, PROBLEMS, type ProblemCode, type ProblemDetails } from './problem.js';

const EXCHANGE_ID = '019392f4-5c00-7d3a-9b1e-2f6a8c0d4e71';
const POLICY_VERSION = 'sha256:3f1b0c5e9a7d42861f0e6b9c8d7a5e4f3c2b1a09f8e7d6c5b4a39281706f5e4d';
const RECEIPT = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1yZWNlaXB0K2p3dCJ9.eyJkZWNpc2lvbiI6ImRlbnkifQ.c2lnbmF0dXJl';

/** What an example of each code shows beyond code, title and status. Invented, as everything in an example. */
const DETAILS: { readonly [Code in ProblemCode]?: ProblemDetails } = {
  REQUEST_MALFORMED: { detail: 'Give each member once; one is repeated at character 42.' },
  REQUEST_INVALID: {
    detail: 'Add /purpose; remove what does not belong there: /surname; correct /subject/identifiers/0/value (text).',
    pointers: ['/purpose', '/surname', '/subject/identifiers/0/value'],
  },
  IDENTIFIER_INVALID: { exchangeId: EXCHANGE_ID, pointers: ['/subject/identifiers/0/value'] },
  IDENTIFIER_TYPE_NOT_TAKEN: { exchangeId: EXCHANGE_ID, pointers: ['/subject/identifiers/0/type'] },
  METHOD_NOT_ALLOWED: { detail: 'Use POST.' },
  DISCLOSURE_REFUSED: {
    exchangeId: EXCHANGE_ID,
    decision: { outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'], policyVersion: POLICY_VERSION },
    withheld: [{ dataItem: 'assessed-needs', reason: 'DENY_CONSENT_REQUIRED' }],
    receipt: RECEIPT,
  },
  BUDGET_USED_UP: {
    exchangeId: EXCHANGE_ID,
    decision: { outcome: 'deny', reasonCodes: ['DENY_RECIPIENT_CONDITION'], policyVersion: POLICY_VERSION },
    withheld: [{ dataItem: 'assessed-needs', reason: 'DENY_RECIPIENT_CONDITION' }],
    receipt: RECEIPT,
    retryAfterSeconds: 1_425,
  },
  SUPPLIER_BUSY: { exchangeId: EXCHANGE_ID },
  SUPPLIER_REFUSED: { exchangeId: EXCHANGE_ID },
  SUPPLIER_UNAVAILABLE: { exchangeId: EXCHANGE_ID },
  SUPPLIER_ANSWER_UNUSABLE: { exchangeId: EXCHANGE_ID },
  SUPPLIER_TIMED_OUT: { exchangeId: EXCHANGE_ID },
};

/** The body that a caller is shown as an example of a code. */
export function problemExample(code: ProblemCode): Record<string, unknown> {
  return problemBody(new Problem(code, DETAILS[code]));
}

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;

/** JSON Schema of a problem, for the OpenAPI document. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'An error (RFC 9457). `code` is stable and has an entry at `type`.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where the code is explained.' },
    title: { type: 'string', description: 'The same for each problem of this code.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    detail: { type: 'string', description: 'What to do next.' },
    pointers: { ...texts, description: 'JSON Pointers (RFC 6901) to the members at fault.' },
    exchangeId: { type: 'string', format: 'uuid' },
    decision: {
      type: 'object',
      required: ['outcome', 'reasonCodes', 'policyVersion'],
      properties: { outcome: text, reasonCodes: texts, policyVersion: text },
    },
    withheld: {
      type: 'array',
      items: { type: 'object', required: ['dataItem', 'reason'], properties: { dataItem: text, reason: text } },
    },
    receipt: { type: 'string', description: 'A signed statement of the refusal (JWS).' },
  },
};
