import type { DataService } from '../catalogue/index.js';
import type { AgreementDraft, Leg } from './agreement.js';
import { caseReferenceFault } from './case-reference.js';
import type { Finding, FindingCode, LintContext } from './lint-finding.js';

/** What a leg says of parties, data service, items, purposes, identifiers and case references that does not hold. */
export function findLegFindings(agreement: AgreementDraft, leg: Leg, index: number, context: LintContext): Finding[] {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], code: FindingCode, path: (string | number)[], message: string): void => {
    findings.push({ severity, code, path: ['legs', index, ...path], message: `leg ${leg.id}: ${message}` });
  };
  const wrong = add.bind(undefined, 'error');

  if (agreement.legs.findIndex((other) => other.id === leg.id) !== index) {
    wrong('leg-repeated', ['id'], 'another leg has the same id');
  }
  for (const end of ['from', 'to'] as const) {
    if (!agreement.parties.includes(leg[end])) wrong('not-a-party', [end], `${leg[end]} is not a party`);
  }
  if (leg.from === leg.to) wrong('leg-to-itself', ['to'], 'it goes to the agency that it comes from');
  for (const [position, purpose] of leg.purposes.entries()) {
    if (!agreement.purposes.includes(purpose)) {
      wrong('purpose-not-in-agreement', ['purposes', position], `the agreement is not for the purpose ${purpose}`);
    }
  }
  for (const [code, path, message] of faultsOfTerms(leg)) wrong(code, path, message);
  const { perHour = Infinity, perDay = Infinity } = leg.budget ?? {};
  if (perHour >= perDay && perHour < Infinity) {
    add(
      'warning',
      'budget-idle',
      ['budget', 'perHour'],
      'its budget by the hour is never reached before that by the day',
    );
  }
  if (leg.caseReferences.length === 0) {
    wrong(
      'no-case-reference',
      ['caseReferences'],
      'it accepts no kind of case reference, so nothing could be asked for',
    );
  }
  for (const [position, rule] of leg.caseReferences.entries()) {
    const fault = caseReferenceFault(rule.pattern);
    const path = ['caseReferences', position, 'pattern'];
    if (fault) wrong('case-reference-unsafe', path, `the pattern of the case reference ${rule.kind} ${fault}`);
  }
  if (leg.unmatched === 'reveal') {
    add(
      'warning',
      'reveals-unmatched',
      ['unmatched'],
      'the requester learns whether the person is known to the supplier',
    );
  }
  const service = context.dataService(leg.dataService);
  if (service) {
    for (const [code, path, message] of faultsAgainstService(leg, service)) wrong(code, path, message);
  } else {
    wrong('data-service-unknown', ['dataService'], `no data service ${leg.dataService} is defined`);
  }
  return findings;
}

type Fault = [FindingCode, (string | number)[], string];

/** What a leg says of roles and hours that cannot be meant. */
function faultsOfTerms({ purposes, rolesByPurpose, hours }: Leg): Fault[] {
  const faults: Fault[] = [];
  for (const purpose of rolesByPurpose ? purposes : []) {
    if (Object.hasOwn(rolesByPurpose ?? {}, purpose)) continue;
    faults.push(['purpose-without-roles', ['rolesByPurpose'], `no role of staff may ask for the purpose ${purpose}`]);
  }
  for (const purpose of Object.keys(rolesByPurpose ?? {})) {
    if (purposes.includes(purpose)) continue;
    const message = `it names roles for the purpose ${purpose}, which it is not for`;
    faults.push(['roles-for-other-purpose', ['rolesByPurpose', purpose], message]);
  }
  if (hours && hours.from === hours.until) {
    const message = `its hours begin and end at ${hours.from}: leave them out for any time`;
    faults.push(['hours-empty', ['hours', 'until'], message]);
  }
  return faults;
}

function faultsAgainstService(leg: Leg, service: DataService): Fault[] {
  const faults: Fault[] = [];
  if (service.agency !== leg.from) {
    faults.push(['not-the-holder', ['from'], `${service.id} is held by ${service.agency}, not by ${leg.from}`]);
  }
  for (const [position, item] of leg.items.entries()) {
    if (!service.items.some((known) => known.id === item)) {
      faults.push(['item-unknown', ['items', position], `${service.id} has no item ${item}`]);
    }
  }
  for (const [position, type] of leg.identifierTypes.entries()) {
    if (!service.identifierTypes.includes(type)) {
      const message = `${service.id} does not take identifiers of type ${type}`;
      faults.push(['identifier-type-not-taken', ['identifierTypes', position], message]);
    }
  }
  return faults;
}
