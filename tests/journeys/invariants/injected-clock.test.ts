import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../../../src/config/index.js';

/** A reading of the machine's or the database's own time. */
const READS_TIME =
  /\bDate\.now\s*\(|\bnew Date\s*\(\s*\)|(?<!new )\bDate\s*\(\s*\)|\b(?:CURRENT_(?:TIMESTAMP|DATE|TIME)|LOCALTIME(?:STAMP)?)\b|\b(?:clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|(?<![.\w])now\(\)(?! *:)(?! *\{)/g;

/** Every file that may, how often at most, and why no rule about people or agreements depends on it. */
const ALLOWED: Readonly<Record<string, { times: number; because: string }>> = {
  'config/clock.ts': { times: 1, because: 'it is the clock' },
  'access/authorization-server.ts': {
    times: 1,
    because: 'oidc-provider reads the machine’s clock itself, and a client assertion must be judged by one clock alone',
  },
  'access/access-store.ts': {
    times: 1,
    because: 'when PostgreSQL began a statement is compared with PostgreSQL’s own time',
  },
  'database/server-left-behind.ts': { times: 2, because: 'it measures how long a server takes to stop' },
  'database/embedded-postgres.ts': { times: 4, because: 'it measures how long a server takes to start and to stop' },
};

describe('the time (invariant 10)', () => {
  const source = path.join(projectFolder(), 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const readings = (file: string): string[] => {
    const code = readFileSync(path.join(source, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
    return code.match(READS_TIME) ?? [];
  };

  it.each([
    'Date.now()',
    'new Date()',
    'SELECT now()',
    "VALUES (now(), 'a')",
    'DEFAULT CURRENT_TIMESTAMP',
    'clock_timestamp()',
  ])('is read by %s, which the search finds', (code) => expect(code.match(READS_TIME)).toHaveLength(1));

  it.each(['clock.now()', 'now(): Date;', 'new Date(text)', 'performance.now()', 'this.parts.clock.now()', 'now() {'])(
    'is not read by %s',
    (code) => expect(code.match(READS_TIME)).toBeNull(),
  );

  it('is read through the injected clock everywhere but where no rule depends on it', () => {
    const tooMany = files.filter((file) => readings(file).length > (ALLOWED[file]?.times ?? 0));
    expect(tooMany).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });
});
