import type { Officer } from '../../src/agencies/index.js';

/** The page on which one chooses who to be. Fictional accounts need no password. */
export function signInPage(action: string, officers: readonly Officer[]): string {
  const choices = officers.map(
    ({ id, agency, roles }) =>
      `<li><button name="account" value="${escapeHtml(id)}">${escapeHtml(id)}</button> ${escapeHtml(agency)}: ${escapeHtml(roles.join(', '))}</li>`,
  );
  return page(
    'Sandbox sign-in',
    `<p>The identity provider of the sandbox. In production this is your organisation's own.</p>
<form method="post" action="${escapeHtml(action)}"><ul>${choices.join('\n')}</ul></form>`,
  );
}

/** A page of the provider. @param body HTML */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem } li { margin: .5rem 0 } button { font: inherit; padding: .25rem .75rem }</style>
</head>
<body><main><h1>${title}</h1>
${body}
</main></body>
</html>
`;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
