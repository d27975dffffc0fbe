import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareSandboxDefinitions } from '../../../sandbox/prepare-definitions.js';
import { projectFolder } from '../../../src/config/index.js';

describe('preparing the sandbox', () => {
  const source = path.join(projectFolder(), 'sandbox', 'definitions');
  let output: string;
  beforeEach(async () => {
    output = await mkdtemp(path.join(tmpdir(), 'gatehouse-sandbox-'));
  });
  afterEach(async () => rm(output, { recursive: true }));
  const prepare = (suppliersUrl = 'http://127.0.0.1:4000') =>
    prepareSandboxDefinitions({ source, output, suppliersUrl });
  const contents = async (): Promise<Record<string, string>> => {
    const names = (await readdir(output, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const files = names.map((entry) => path.join(entry.parentPath, entry.name));
    return Object.fromEntries(
      await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)),
    );
  };

  it('makes keys that only their owner can read, and none of them gets into a definition', async () => {
    const { folder, clientKeys } = await prepare();
    expect([...clientKeys.keys()]).toEqual(
      expect.arrayContaining(['northmoor-council-adult-care', 'northmoor-fire-ig-2']),
    );
    for (const file of clientKeys.values()) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const { d } = JSON.parse(await readFile(file, 'utf8')) as { d: string };
      for (const name of ['systems.yaml', 'officers.yaml'])
        expect(await readFile(path.join(folder, name), 'utf8')).not.toContain(d);
    }
  });

  it('does the same again at the second start: same keys, same signatures', async () => {
    await prepare();
    const first = await contents();
    await prepare();
    expect(await contents()).toEqual(first);
  });

  it('keeps signatures when the suppliers answer elsewhere', async () => {
    const { folder } = await prepare();
    const read = () => readFile(path.join(folder, 'fire-premises-risk.agreement.yaml.signatures.json'), 'utf8');
    const before = await read();
    await prepare('http://127.0.0.1:5000');
    expect(await read()).toBe(before);
    expect(await readFile(path.join(folder, 'northmoor-council.yaml'), 'utf8')).toContain('http://127.0.0.1:5000/');
  });

  it('removes what the sandbox no longer defines', async () => {
    const { folder } = await prepare();
    await writeFile(path.join(folder, 'old.yaml'), 'kind: Agency\n');
    await prepare();
    await expect(stat(path.join(folder, 'old.yaml'))).rejects.toThrow(/ENOENT/);
  });
});
