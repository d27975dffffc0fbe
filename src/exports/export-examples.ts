/** Examples for the reference pages. Every agency and number in them is made up. */

const CHECKPOINT =
  'gatehouse.example/log\\n4711\\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\\n\\n— gatehouse.example/log Az3grl…\\n';

export const EVIDENCE_EXAMPLE = `{"export":"gatehouse-evidence/1","gateway":"https://gatehouse.example","agency":"northmoor-council","from":"2026-11-01T00:00:00.000Z","to":"2026-12-01T00:00:00.000Z","treeSize":4711,"total":2,"checkpoint":"${CHECKPOINT}","signature":"eyJhbGciOiJFZERTQSJ9..c2ln"}
{"line":1,"index":41,"leafHash":"q1rYbYzPMwkSMGmCcM7V1t4DkHX4iT8oNnZ0gQ1l5mQ=","inclusionProof":["1jJrYI3G9b0mXvQqf8sJt1pYx1O0Jb2k3ZcT5yHq8rU="],"claims":{"kind":"decision"},"claimsSalt":"BwcHBwcHBwcHBwcHBwcHBw==","detailDigest":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="}
`;

export const EXCHANGES_EXAMPLE =
  '"Line","Log index","Exchange","Decided at","Direction","Other agency"\r\n"1","41","0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f","2026-11-22T09:30:00.398Z","asked","northmoor-nhs-trust"\r\n';

const AUDIT_EVENT = {
  resourceType: 'AuditEvent',
  id: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
  type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110112', display: 'Query' },
  action: 'R',
  recorded: '2026-11-22T09:30:00.412Z',
  outcome: '0',
};

export const AUDIT_EVENT_EXAMPLE = `${JSON.stringify(AUDIT_EVENT)}\n`;

export const BUNDLE_EXAMPLE = {
  resourceType: 'Bundle',
  type: 'collection',
  timestamp: '2026-12-01T08:00:00.000Z',
  link: [
    {
      relation: 'self',
      url: 'https://gatehouse.example/v1/exports/audit-event-bundle?from=2026-11-01T00%3A00%3A00.000Z&to=2026-12-01T00%3A00%3A00.000Z',
    },
  ],
  entry: [
    { fullUrl: 'https://gatehouse.example/exchanges/0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f', resource: AUDIT_EVENT },
  ],
};

export const STATISTICS_EXAMPLE =
  '"Agency","Month","Direction","Counted by","Value","Exchanges"\r\n"northmoor-council","2026-11","asked","all","","120"\r\n"northmoor-council","2026-11","asked","outcome","refused","<5"\r\n';

export const ROUTINE_SHARING_EXAMPLE =
  '"Category of recipient","Recipient","Agreement","Data service"\r\n"council","Northmoor Metropolitan Borough Council (fictional)","Assessed needs of adults for social care in Northmoor (adult-care-assessed-needs, version 1)","Assessed needs"\r\n';

const header = (description: string, example: number) => ({
  description,
  schema: { type: 'integer' as const, example },
});

/** Headers of what streams. */
export const EXPORT_HEADERS = {
  'Gatehouse-Export-Tree-Size': header('Entries of the log that it is pinned to. Needed to go on.', 4711),
  'Gatehouse-Export-Total': header('Lines of the whole export, without a heading.', 120),
  'Gatehouse-Export-Before': header('Of them, those that came before what follows.', 0),
};
