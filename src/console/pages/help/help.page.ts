import { Injectable } from '@nestjs/common';
import { LONGEST_HOURS, IDLE_MINUTES } from '../../sessions.js';
import { view, type ConsolePage, type PageRoute } from '../../page.js';

/** How the console is used. */
@Injectable()
export class HelpPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    {
      method: 'GET',
      path: '/console/help',
      roles: 'public',
      answer: () => view('help/help', 'Help', { idleMinutes: IDLE_MINUTES, longestHours: LONGEST_HOURS }),
    },
  ];
}
