import type { Query } from '../../sdk/index.js';
import type { Step } from './cast.js';
import { ask, endedWith } from './exchange.js';
import { itemsOf, showItems, showLegalBasis, showOutcome, showQuestion } from './show-exchange.js';

/** One of the published identifiers, of whom nobody has recorded a permission yet. */
const SAM = '9990000034';
const DATA_SERVICE = 'northmoor-nhs-trust/assessed-needs';
const CASE = 'ASC-2026-00123';

const QUERY: Query = {
  dataService: DATA_SERVICE,
  purpose: 'adult-social-care',
  subject: { identifiers: [{ type: 'nhs-number', value: SAM }] },
  dataItems: ['assessed-needs', 'care-coordinator'],
  caseReference: CASE,
  requestedBy: { staffId: 'sw-4711', role: 'social-worker' },
};
const ASKER = 'Northmoor council, a social worker';
const ABOUT = 'Sam, NHS number 999 000 0034 (made up): needs and care coordinator';

/** A council asks an NHS trust about a person who decides what the trust may tell. */
export function assessedNeedsSteps(): Step[] {
  let permission = '';
  return [
    {
      title: 'Sam says yes, to some of it',
      play: async ({ stage, cast }) => {
        const { id, state } = await cast.trust.recordPermission({
          kind: 'confidentiality',
          purpose: QUERY.purpose,
          recipients: ['northmoor-council'],
          items: [`${DATA_SERVICE}#assessed-needs`, `${DATA_SERVICE}#care-coordinator`],
          subject: QUERY.subject,
          givenBy: 'self',
          capacity: 'own',
          method: 'in-person',
          wordingVersion: 'shared-assessment-v3',
          language: 'en',
          askedBy: { staffId: 'tr-0815', role: 'care-coordinator' },
          validUntil: inOneYear(),
        });
        permission = id;
        stage.fact('Who records', 'Northmoor NHS trust, patient records');
        stage.fact('Sam agrees', 'that the trust tells Northmoor council the assessed needs and the care coordinator');
        stage.fact('Not covered', 'the summary of risks: Sam did not agree to that');
        stage.fact('Kind', 'permission under the duty of confidence, which is not consent under the UK GDPR');
        stage.outcome(state === 'given' ? 'RECORDED' : 'NOT RECORDED', state === 'given' ? 'good' : 'bad');
        return { asExpected: state === 'given', permission };
      },
    },
    {
      title: 'The council asks the trust, with Sam’s permission',
      play: async (scene) => {
        showQuestion(scene, QUERY, { asker: ASKER, about: ABOUT, reference: `case ${CASE}` });
        const ending = await ask(scene.cast.council, QUERY);
        showOutcome(scene, ending);
        showItems(scene, 'The trust', await itemsOf(scene.cast.trust, DATA_SERVICE), QUERY, ending);
        await showLegalBasis(scene, ending);
        const went = Object.keys(ending.data).toSorted().join(' ') === 'assessed-needs care-coordinator';
        const asExpected = went && endedWith(ending, 'permit', 'PERMIT');
        return { asExpected, receipt: ending.receipt };
      },
    },
    {
      title: 'The council asks without a case reference',
      play: async (scene) => {
        const { caseReference: _, ...query } = QUERY;
        showQuestion(scene, query, { asker: ASKER, about: 'Sam, the same as before', reference: 'no case is named' });
        const ending = await ask(scene.cast.council, query);
        showOutcome(scene, ending);
        return { asExpected: endedWith(ending, 'deny', 'DENY_NO_RELATIONSHIP'), receipt: ending.receipt };
      },
    },
    {
      title: 'Sam takes the permission back',
      play: async ({ stage, cast }) => {
        const { state } = await cast.trust.withdrawPermission(permission);
        stage.fact('Who records', 'Northmoor NHS trust, patient records');
        stage.fact('From now on', 'no exchange relies on it, on any replica of the gateway');
        stage.outcome(state === 'withdrawn' ? 'WITHDRAWN' : 'NOT WITHDRAWN', state === 'withdrawn' ? 'good' : 'bad');
        return { asExpected: state === 'withdrawn', permission };
      },
    },
    {
      title: 'The council asks the same again',
      play: async (scene) => {
        showQuestion(scene, QUERY, { asker: ASKER, about: 'Sam, the same as before', reference: `case ${CASE}` });
        const ending = await ask(scene.cast.council, QUERY);
        showOutcome(scene, ending);
        return { asExpected: endedWith(ending, 'deny', 'DENY_CONSENT_REQUIRED'), receipt: ending.receipt };
      },
    },
  ];
}

function inOneYear(): string {
  const then = new Date();
  then.setUTCFullYear(then.getUTCFullYear() + 1);
  return then.toISOString();
}
