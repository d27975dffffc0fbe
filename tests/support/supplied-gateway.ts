import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareSandboxDefinitions } from '../../sandbox/prepare-definitions.js';
import { projectFolder, systemClock, type Clock } from '../../src/config/index.js';
import { applyDefinitions, recordApplied, type Applied } from '../../src/definitions/index.js';
import { RegisterService } from '../../src/definitions/definitions.module.js';
import { DisclosureLog } from '../../src/disclosure-log/index.js';
import type { DatabaseLine } from './database-line.js';
import { connectTo, RULES } from './definitions.js';
import { startTestGateway, type TestGateway } from './gateway.js';
import { json, startSupplier, status, type Answer, type SeenRequest, type SupplierStub } from './supplier-stub.js';

/** The sandbox's definitions, changed: each file's text is replaced, and files are added. */
export interface DefinitionsChange {
  /** Gives a file's new text; `undefined` leaves the file out. */
  readonly edit?: (file: string, text: string) => string | undefined;
  readonly add?: Readonly<Record<string, string>>;
  /** Removes from the register what the folder does not hold. */
  readonly prune?: boolean;
}

/** A {@link TestGateway} whose every data service is answered by one stub, in place of the sandbox's simulated systems. */
export interface SuppliedGateway extends TestGateway {
  readonly supplier: SupplierStub;
  /** What the supplier answers about somebody, by any text of the request that names them; 404 about everybody else. */
  readonly holds: Map<string, Answer>;
  /** Applies the sandbox's definitions with a change, every agreement signed anew where its text differs. */
  define(change?: DefinitionsChange): Promise<Applied>;
}

export async function startSuppliedGateway(
  change?: DefinitionsChange,
  environment: Record<string, string> = {},
  clock: Clock = systemClock,
  line?: DatabaseLine,
): Promise<SuppliedGateway> {
  const holds = new Map<string, Answer>();
  const supplier = await startSupplier((seen, response, index) => {
    const [, answer = status(404)] = [...holds].find(([name]) => names(seen, name)) ?? [];
    answer(seen, response, index);
  });
  const gateway = await startTestGateway(environment, clock, line);
  const define = (next: DefinitionsChange = {}): Promise<Applied> => applyChanged(gateway, supplier.origin, next);
  await define(change);
  // Whom the change registers may call at once, and not up to a second later.
  await gateway.sandbox.gateway.app.get(RegisterService).fresh();
  return {
    ...gateway,
    supplier,
    holds,
    define,
    async stop(of) {
      await supplier.close();
      await gateway.stop(of);
    },
  };
}

const names = ({ url, headers, body }: SeenRequest, name: string): boolean =>
  [decodeURIComponent(url), body, ...Object.values(headers)].some((text) => String(text).includes(name));

async function applyChanged(gateway: TestGateway, suppliersUrl: string, change: DefinitionsChange): Promise<Applied> {
  const source = await mkdtemp(path.join(tmpdir(), 'gatehouse-source-'));
  const dataSource = await connectTo(gateway.sandbox.databaseUrl);
  try {
    await cp(path.join(projectFolder(), 'sandbox', 'definitions'), source, { recursive: true });
    for (const file of await readdir(source)) {
      const text = change.edit ? change.edit(file, await readFile(path.join(source, file), 'utf8')) : undefined;
      if (text !== undefined) await writeFile(path.join(source, file), text);
      else if (change.edit) await rm(path.join(source, file));
    }
    for (const [file, text] of Object.entries(change.add ?? {})) await writeFile(path.join(source, file), text);
    const output = path.join(gateway.varFolder, 'sandbox');
    const { folder } = await prepareSandboxDefinitions({
      source,
      output,
      suppliersUrl,
      issuer: gateway.sandbox.issuer,
    });
    const { name } = gateway.sandbox.gateway.app.get(DisclosureLog).verifier().key;
    return await applyDefinitions(dataSource, folder, {
      clock: systemClock,
      rules: RULES,
      prune: change.prune ?? false,
      record: recordApplied({ name, key: gateway.sandbox.keys.log.privateKey }, systemClock),
    });
  } finally {
    await dataSource.destroy();
    await rm(source, { recursive: true, force: true });
  }
}

/** The trust's answer about a patient, with everything that it holds and was not asked for. */
export const patient = (change: object = {}): Answer =>
  json({
    patient: {
      assessedNeeds: { assessedOn: '2026-10-14', needs: [{ area: 'preparing meals', level: 'moderate' }] },
      riskSummary: { level: 'low', summary: 'Lives alone.' },
      careCoordinator: { name: 'Casey Example', team: 'Northmoor East' },
      ...change,
    },
  });

/** Answers when it is told to, so that a test can do something while an exchange is under way. */
export function held(answer: Answer): { readonly answer: Answer; readonly asked: Promise<void>; release(): void } {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    answer: (...args) => {
      asked.resolve();
      void released.promise.then(() => answer(...args));
    },
    asked: asked.promise,
    release: () => released.resolve(),
  };
}
