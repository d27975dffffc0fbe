import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { recordPermissions } from '../../../sandbox/record-permissions.js';
import { systemClock } from '../../../src/config/index.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';

const run = promisify(execFile);

/** The first code block of docs/for-developers.md in a language that holds a text. */
async function codeBlock(language: string, holding: string): Promise<string> {
  const guide = await readFile('docs/for-developers.md', 'utf8');
  const blocks = [...guide.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  const [, , code] = blocks.find(([, of, text]) => of === language && text?.includes(holding)) ?? [];
  if (code === undefined) throw new Error(`the guide has no ${language} with ${holding}`);
  return code;
}

describe('the first requests of docs/for-developers.md', () => {
  let gateway: TestGateway;
  let folder: string;
  const here = (code: string): string =>
    code
      .replaceAll('http://127.0.0.1:8080', gateway.publicUrl)
      .replaceAll('var/sandbox/', `${gateway.varFolder}/sandbox/`)
      .replaceAll("'gatehouse/sdk'", `'${pathToFileURL('dist/sdk/index.js').href}'`)
      .replaceAll('npx gatehouse', `'${process.execPath}' bin/gatehouse.mjs`);

  beforeAll(async () => {
    gateway = await startTestGateway();
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-guide-'));
    const { url: publicUrl, clientKeys } = gateway.sandbox;
    await recordPermissions({ publicUrl, listeningUrl: publicUrl, clientKeys, clock: systemClock });
  });
  afterAll(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('works with the SDK as written', async () => {
    const file = path.join(folder, 'first.mjs');
    await writeFile(file, here(await codeBlock('js', 'new GatehouseClient')));
    const { stdout, stderr } = await run(process.execPath, [file]);
    expect(stdout).toContain("assessedOn: '2026-10-14'");
    expect(stdout).toMatch(/\[\] true\n$/);
    expect(stderr).toBe('');
  });

  it('works with the headers that the command line makes for curl', async () => {
    const script = here(await codeBlock('sh', 'gatehouse headers'));
    const command = /^.*? headers POST \/v1\/queries --as \S+/.exec(script)?.[0] ?? '';
    const environment = { GATEHOUSE_VAR: gateway.varFolder, PUBLIC_URL: gateway.publicUrl, PATH: process.env['PATH'] };
    const { stdout, stderr } = await run('sh', ['-c', command], { env: environment });
    const lines = stdout.trim().split('\n');
    const headers = lines.map((line) => line.split(': ') as [string, string]);
    const body = /-d '([^]*)'/.exec(script)?.[1] ?? '';
    const response = await fetch(`${gateway.publicUrl}/v1/queries`, {
      method: 'POST',
      headers: [...headers, ['content-type', 'application/json']],
      body,
    });
    expect([response.status, headers.map(([name]) => name), stderr]).toEqual([200, ['Authorization', 'DPoP'], '']);
  });

  it('says in one sentence what is wrong when there is no gateway or no key', async () => {
    const headers = (environment: Record<string, string>, as = 'northmoor-fire-control') =>
      run(process.execPath, ['bin/gatehouse.mjs', 'headers', 'GET', '/v1/data-services', '--as', as], {
        env: { GATEHOUSE_VAR: gateway.varFolder, PATH: process.env['PATH'], ...environment },
      });
    await expect(headers({ PORT: '1' })).rejects.toMatchObject({ code: 1, stderr: 'The gateway cannot be reached.\n' });
    await expect(headers({}, 'nobody')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^There is no private key in .*\n$/) as unknown,
    });
  });
});
