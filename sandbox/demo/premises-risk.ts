import type { Query } from '../../sdk/index.js';
import { MAGIC_PLACES } from '../suppliers/people.js';
import type { Played, Scene, Step } from './cast.js';
import { ask, endedWith } from './exchange.js';
import { itemsOf, showData, showLegalBasis, showOutcome, showQuestion } from './show-exchange.js';

const INCIDENT = 'INC-20261122-0007';
const ASKER = 'Northmoor fire and rescue, control room';
const PURPOSE = { purpose: 'premises-risk', requestedBy: { staffId: 'control-3', role: 'control-operator' } };
const PREMISES = { identifiers: [{ type: 'uprn', value: MAGIC_PLACES.uprn.known }] };

const OF_COUNCIL: Query = {
  ...PURPOSE,
  dataService: 'northmoor-council/premises-risk',
  subject: PREMISES,
  dataItems: ['hazards', 'access-notes', 'evacuation-assistance-count'],
  caseReference: INCIDENT,
};
const OF_TRUST: Query = {
  ...PURPOSE,
  dataService: 'northmoor-nhs-trust/home-oxygen',
  subject: PREMISES,
  dataItems: ['oxygen-at-premises'],
  caseReference: INCIDENT,
  justification: 'consent-cannot-reasonably-be-obtained',
};
const OF_STREET: Query = {
  ...PURPOSE,
  dataService: 'northmoor-council/street-risk',
  subject: { identifiers: [{ type: 'usrn', value: MAGIC_PLACES.usrn.known }] },
  dataItems: ['hazards', 'access-notes'],
};

/** A fire service asks about premises with an incident number, which needs nobody's permission, and without one. */
export function premisesRiskSteps(): Step[] {
  return [
    {
      title: 'A fire: the fire service asks the council what to expect inside',
      play: (scene) =>
        askWithIncident(
          scene,
          OF_COUNCIL,
          `the premises with UPRN ${MAGIC_PLACES.uprn.known}: what a crew should know`,
        ),
    },
    {
      title: 'The same fire: it asks the NHS trust about oxygen',
      play: (scene) => askWithIncident(scene, OF_TRUST, 'oxygen at the same premises; no patient is asked for'),
    },
    {
      title: 'No fire: the fire service asks about a whole street',
      play: async (scene) => {
        const about = `the street with USRN ${MAGIC_PLACES.usrn.known}: the same`;
        showQuestion(scene, OF_STREET, { asker: ASKER, about, reference: 'no incident is named' });
        const ending = await ask(scene.cast.fire, OF_STREET);
        showOutcome(scene, ending);
        return { asExpected: endedWith(ending, 'deny', 'DENY_NO_RELATIONSHIP'), receipt: ending.receipt };
      },
    },
  ];
}

async function askWithIncident(scene: Scene, query: Query, about: string): Promise<Omit<Played, 'title'>> {
  showQuestion(scene, query, { asker: ASKER, about, reference: `incident ${INCIDENT}` });
  const ending = await ask(scene.cast.fire, query);
  showOutcome(scene, ending);
  showData(scene, await itemsOf(scene.cast.fire, query.dataService), ending);
  await showLegalBasis(scene, ending);
  scene.stage.fact('Permission', 'none is involved: the law is enough');
  const all = query.dataItems.every((item) => Object.hasOwn(ending.data, item));
  return { asExpected: all && endedWith(ending, 'permit', 'PERMIT'), receipt: ending.receipt };
}
