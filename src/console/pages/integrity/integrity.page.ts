import { Inject, Injectable } from '@nestjs/common';
import { writeCsv } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { SETTINGS, type Settings } from '../../../config/index.js';
import { DisclosureLog, openCheckpoint } from '../../../disclosure-log/index.js';
import { LogReader } from '../../../disclosure-log/disclosure-log.module.js';
import { LogIntegrity } from '../../../log-integrity/log-integrity.module.js';
import { ukTime } from '../../in-words.js';
import { csvFile, EVERYONE, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { tellFinding } from './findings-in-words.js';

/** Most full verifications in the list that is taken away: those of three years. */
const MOST_VERIFICATIONS = 1_100;

const COLUMNS = ['Began', 'Ended', 'Entries signed', 'Entries there', 'Checkpoints', 'Findings', 'What was found'];

/** Whether the disclosure log stands, and how one finds out without trusting this page. */
@Injectable()
export class IntegrityPage implements ConsolePage {
  readonly entry = { text: 'Log integrity', path: '/console/integrity' } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/integrity', roles: EVERYONE, answer: (visit) => this.show(visit) },
    {
      method: 'GET',
      path: '/console/integrity/checkpoint.txt',
      roles: EVERYONE,
      answer: async () => {
        const newest = await this.newest();
        if (!newest) throw new Problem('NOT_FOUND');
        return {
          kind: 'file',
          name: `checkpoint-${newest.size}.txt`,
          type: 'text/plain; charset=utf-8',
          text: newest.note,
        };
      },
    },
    { method: 'GET', path: '/console/integrity/verifications.csv', roles: EVERYONE, answer: () => this.list() },
  ];

  constructor(
    private readonly log: DisclosureLog,
    private readonly reader: LogReader,
    private readonly integrity: LogIntegrity,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  private async show({ now }: Visit): Promise<PageAnswer> {
    const [newest, { last, ...standing }] = await Promise.all([this.newest(), this.integrity.standing()]);
    const { text: verifierKey, key } = this.log.verifier();
    const opened = newest && openCheckpoint(newest.note, key);
    return view('integrity/integrity', 'Log integrity', {
      now,
      newest,
      opened: opened && { ...opened, root: opened.root.toString('base64') },
      verifierKey,
      writable: this.log.readiness(),
      publicUrl: this.settings.publicUrl,
      ...standing,
      last: last && { ...last, findings: last.findings.map(tellFinding) },
    });
  }

  private async list(): Promise<PageAnswer> {
    const verifications = await this.integrity.verifications(MOST_VERIFICATIONS);
    const rows = verifications.map(({ begunAt, endedAt, treeSize, entries, checkpoints, findings }) => [
      ukTime(begunAt),
      ukTime(endedAt),
      ...[treeSize, entries, checkpoints, findings.length].map(String),
      findings
        .map(tellFinding)
        .map(({ what, where }) => `${what}: ${where}`)
        .join('; '),
    ]);
    return csvFile('verifications.csv', writeCsv(COLUMNS, rows));
  }

  private async newest(): Promise<{ size: number; note: string } | undefined> {
    try {
      return await this.reader.checkpoint();
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }
}
