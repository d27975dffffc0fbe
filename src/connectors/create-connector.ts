import type { DataService } from '../catalogue/data-service.js';
import { ConnectorConfigurationError, Problems, type SecretOf } from './configuration.js';
import type { Connector } from './connector.js';
import { compileFhirR4, FhirR4Connector, type FhirR4Plan } from './fhir-r4.js';
import { compileHttpJson, HttpJsonConnector, type HttpJsonPlan } from './http-json.js';

type Definition = Pick<DataService, 'connector' | 'items' | 'identifierTypes'>;

/**
 * Everything that is wrong with a data service's connector, as sentences for the author of the definition; empty when
 * nothing is. Sends nothing and needs no secrets.
 *
 * Does NOT check the definition's form (see its JSON Schema), whether the secrets are set, or whether the supplier is there.
 */
export function validateConnector(dataService: Definition): string[] {
  const problems = new Problems();
  compilePlan(dataService, problems);
  return problems.found;
}

/** Types of identifier that every request to this data service must name, because a template needs them. */
export function identifiersNeeded(dataService: Definition): readonly string[] {
  let needed = neededBy.get(dataService);
  if (!needed) {
    needed = [...new Set(compilePlan(dataService, new Problems())?.identifierTypes)];
    neededBy.set(dataService, needed);
  }
  return needed;
}

/** Definitions are immutable, and compiling one takes milliseconds. */
const neededBy = new WeakMap<Definition, readonly string[]>();

/**
 * Makes the connector that a data service's configuration describes. Opens no connection yet.
 * @throws ConnectorConfigurationError naming everything that is wrong, missing secrets included
 */
export function createConnector(dataService: Definition, secretOf: SecretOf): Connector {
  const problems = new Problems();
  const plan = compilePlan(dataService, problems);
  if (problems.found.length > 0 || !isWhole(plan)) throw new ConnectorConfigurationError(problems.found);
  const { connector } = dataService;
  // The two casts state what `compilePlan` did: it chose the plan by the configuration's kind.
  return connector.kind === 'http-json'
    ? new HttpJsonConnector(plan as Whole<HttpJsonPlan>, connector, secretOf)
    : new FhirR4Connector(plan as Whole<FhirR4Plan>, connector, secretOf);
}

type Plan = HttpJsonPlan | FhirR4Plan;
type Whole<P extends Plan> = P & {
  readonly baseUrl: NonNullable<P['baseUrl']>;
  readonly target: NonNullable<P['target']>;
};

function isWhole(plan: Plan | undefined): plan is Whole<Plan> {
  return plan?.baseUrl !== undefined && plan.target !== undefined;
}

function compilePlan({ connector, items, identifierTypes }: Definition, problems: Problems): Plan | undefined {
  const plan = compileByKind(connector, items, problems);
  if (plan !== undefined) checkIdentifiers(plan.identifierTypes, identifierTypes, problems);
  return plan;
}

function compileByKind(
  connector: DataService['connector'],
  items: DataService['items'],
  problems: Problems,
): Plan | undefined {
  switch (connector.kind) {
    case 'http-json':
      return compileHttpJson(connector, items, problems);
    case 'fhir-r4':
      return compileFhirR4(connector, items, problems);
    default:
      problems.add('connector.kind must be http-json or fhir-r4');
      return undefined;
  }
}

function checkIdentifiers(named: readonly string[], taken: readonly string[], problems: Problems): void {
  for (const type of new Set(named)) {
    if (!taken.includes(type)) {
      problems.add(`a template names the identifier ${type}, which the data service does not take`);
    }
  }
  if (taken.length > 0 && named.length === 0) {
    problems.add('no template names an identifier, so the supplier would not learn whom it is asked about');
  }
}
