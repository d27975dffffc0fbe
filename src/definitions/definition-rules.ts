import type { LintContext } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import { validateConnector } from '../connectors/index.js';
import {
  basesReliedOn,
  findBars,
  requiredPermissions,
  stackGaps,
  type LegalBasesCatalogue,
} from '../legal-bases/index.js';
import { IDENTIFIER_TYPES } from '../subject-handles/index.js';

/** What definitions are held against beside their schemas. Given by the caller, so that checking them is pure. */
export interface DefinitionRules extends Pick<
  LintContext,
  'purposes' | 'stackGaps' | 'basesReliedOn' | 'requiredPermissions' | 'findBars'
> {
  /** Types of identifier that `subject-handles` has a rule for. */
  readonly identifierTypes: ReadonlySet<string>;
  /** What is wrong with a data service's connector and selectors, in sentences. */
  validateConnector(dataService: DataService): readonly string[];
}

/** The rules of this gateway: its catalogue of legal bases, its connectors, its types of identifier. */
export function makeDefinitionRules(catalogue: LegalBasesCatalogue): DefinitionRules {
  return {
    purposes: new Set(catalogue.purposes().map(({ code }) => code)),
    identifierTypes: new Set(Object.keys(IDENTIFIER_TYPES)),
    stackGaps: (stack, flow) => stackGaps(catalogue, stack, flow),
    basesReliedOn: (stack, flow) => basesReliedOn(catalogue, stack, flow),
    requiredPermissions: (stack, flow) => requiredPermissions(catalogue, stack, flow),
    findBars: (flow) => findBars(catalogue, flow),
    validateConnector,
  };
}
