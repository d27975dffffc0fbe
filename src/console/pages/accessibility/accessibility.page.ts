import { Injectable } from '@nestjs/common';
import { view, type ConsolePage, type PageRoute } from '../../page.js';

/** The accessibility statement. */
@Injectable()
export class AccessibilityPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    {
      method: 'GET',
      path: '/console/accessibility',
      roles: 'public',
      answer: () => view('accessibility/accessibility', 'Accessibility statement', {}),
    },
  ];
}
