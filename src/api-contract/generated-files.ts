import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The files made from the OpenAPI document, relative to the project's folder. They are committed. */
export const GENERATED_FILES = { document: 'schemas/openapi.json', types: 'sdk/generated/gatehouse.d.ts' } as const;

const HEADER = '/** Made from schemas/openapi.json by "npm run generate". Do not change by hand. */\n\n';

/**
 * Makes {@link GENERATED_FILES} from a document. The same document gives the same bytes.
 *
 * @param folder The project's folder.
 * @param check True: writes nothing.
 * @returns the files that differed, relative to `folder`
 */
export async function writeGenerated(folder: string, document: OpenAPIObject, check: boolean): Promise<string[]> {
  const wanted = {
    [GENERATED_FILES.document]: `${JSON.stringify(document, null, 2)}\n`,
    [GENERATED_FILES.types]: await typesOf(document),
  };
  const differing: string[] = [];
  for (const [file, content] of Object.entries(wanted)) {
    const target = path.join(folder, file);
    if ((await readFile(target, 'utf8').catch(() => undefined)) === content) continue;
    differing.push(file);
    if (check) continue;
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  return differing;
}

async function typesOf(document: OpenAPIObject): Promise<string> {
  // Needed to develop Gatehouse, not to run it.
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  // As text, so that nothing but the document's content decides.
  return HEADER + astToString(await openapiTS(JSON.stringify(document)));
}
