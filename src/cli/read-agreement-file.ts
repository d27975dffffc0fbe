import { stat } from 'node:fs/promises';
import path from 'node:path';
import { StartUpError } from '../config/index.js';
import { formatDefinitionError, readDefinitions, type Definitions } from '../definitions/index.js';

type DefinedAgreement = Definitions['agreements'][number];

/**
 * Reads the one agreement of a file.
 * @throws StartUpError with every error as `file:line: reason`
 */
export async function readAgreementFile(file: string): Promise<DefinedAgreement> {
  const { definitions, errors } = await readDefinitions(file);
  if (errors.length > 0) throw new StartUpError(errors.map(formatDefinitionError).join('\n'));
  const [agreement] = definitions.agreements;
  if (!agreement) throw new StartUpError(`${file} does not hold an agreement.`);
  return agreement;
}

/** What stands around agreements: the folder given, or the one in which they lie. Errors elsewhere in it are no matter. */
export async function readDefinitionsAround(target: string, folder: string | undefined): Promise<Definitions> {
  const isFolder = await stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const around = folder ?? (isFolder ? target : path.dirname(target));
  return (await readDefinitions(around)).definitions;
}
