import { Inject, Injectable } from '@nestjs/common';
import { Problem } from '../../../api-contract/index.js';
import { SETTINGS, type Settings } from '../../../config/index.js';
import { DisclosureLog, LogReader, openCheckpoint } from '../../../disclosure-log/index.js';
import { EVERYONE, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';

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
  ];

  constructor(
    private readonly log: DisclosureLog,
    private readonly reader: LogReader,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  private async show({ now }: Visit): Promise<PageAnswer> {
    const newest = await this.newest();
    const { text: verifierKey, key } = this.log.verifier();
    const opened = newest && openCheckpoint(newest.note, key);
    return view('integrity/integrity', 'Log integrity', {
      now,
      newest,
      opened: opened && { ...opened, root: opened.root.toString('base64') },
      verifierKey,
      writable: this.log.readiness(),
      publicUrl: this.settings.publicUrl,
    });
  }

  private async newest(): Promise<{ size: number; note: string } | undefined> {
    try {
      return await this.reader.checkpoint();
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }
}
