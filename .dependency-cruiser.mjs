/** What may import what, each rule with its because. `npm run check:architecture` holds the code to it. */

/** The folders of src/, lowest first: imports point down, never up and never sideways to a later one of the list. */
const LAYERS = [
  ['config'],
  ['keys'],
  ['agencies'],
  ['database', 'observability', 'legal-bases'],
  ['api-contract'],
  ['admission', 'subject-handles'],
  ['connectors', 'catalogue'],
  ['agreements'],
  ['access'],
  ['disclosure-log'],
  ['checkpoint-evidence'],
  ['witnesses', 'time-stamps'],
  ['policy'],
  ['definitions', 'permissions', 'agreement-documents', 'override-reviews'],
  ['agreement-lifecycle'],
  ['statements', 'withdrawal-notices', 'alerts', 'retention'],
  ['exchange', 'operations', 'log-integrity', 'explanations', 'decisions-not-to-share', 'exports'],
  ['disclosures'],
  ['console'],
];

/** The folders whose index.ts commands load: none of it, nor of what it imports, is Nest's. */
const LOADED_BY_COMMANDS = [
  'alerts',
  'database',
  'definitions',
  'disclosure-log',
  'observability',
  'policy',
  'retention',
  'subject-handles',
  'time-stamps',
  'witnesses',
];

const inFolder = (names) => `^src/(${names.join('|')})/`;

const upward = LAYERS.slice(0, -1).map((layer, place) => ({
  name: `nothing-above-${layer.join('-and-')}`,
  comment: 'because imports point down: what decides and records must not depend on what uses it',
  severity: 'error',
  from: {
    path: inFolder(layer),
    pathNot:
      '^src/catalogue/(catalogue\\.module|data-services\\.controller|data-service-directory|known-data-services)',
  },
  to: { path: inFolder(LAYERS.slice(place + 1).flat()), dependencyTypesNot: ['type-only'] },
}));

export default {
  forbidden: [
    ...upward,
    {
      name: 'policy-is-pure',
      comment:
        'because a decision must depend on its facts alone: policy imports types, Cedar and the error of a bad start',
      severity: 'error',
      from: { path: '^src/policy/', pathNot: '^src/policy/(policy-set|policy-archive)' },
      to: {
        path: '^(src/(?!policy/)|node_modules/(?!@cedar-policy|canonicalize)|node:)',
        pathNot: 'node_modules/@cedar-policy',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'folders-have-one-door',
      comment:
        'because a folder is entered through its index.ts or, for what Nest puts together and what bodies hold, its *.module.ts and *-body.ts; the rest of it can then change freely',
      severity: 'error',
      from: { path: '^(src|sandbox|bench)/([^/]+)/' },
      to: {
        path: '^src/([^/]+)/.+',
        pathNot: ['^src/[^/]+/(index|[a-z-]+\\.module|[a-z-]+-body)\\.ts$', '^src/$2/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'commands-need-no-framework',
      comment: 'because "gatehouse log verify" would load two thousand files more, and take three times as long',
      severity: 'error',
      from: { path: `${inFolder(LOADED_BY_COMMANDS)}index\\.ts$` },
      to: { path: 'node_modules/(@nestjs|class-validator|oidc-provider)/', reachable: true },
    },
    {
      name: 'only-the-app-brings-it-together',
      comment: 'because nothing else may have its own way to disclose',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(exchange/|app\\.module|main|cli/)' },
      to: { path: '^src/exchange/' },
    },
    {
      name: 'the-product-does-not-know-its-sandbox',
      comment: 'because a fictional agency must never be needed by a real one; only the command line starts it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^(sandbox|bench|tests)/' },
    },
    {
      name: 'the-sdk-carries-proofs-only',
      comment:
        'because a client must not need a gateway: it shares the tree of the log, which is pure, and nothing else',
      severity: 'error',
      from: { path: '^sdk/' },
      to: {
        path: '^src/',
        pathNot: '^src/disclosure-log/tree/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-circle',
      comment: 'because a circle has no bottom to start reading from',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-undeclared-package',
      comment: 'because what runs must be in package.json',
      severity: 'error',
      from: { path: '^(src|sdk|sandbox)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
