import { PROBLEMS, type ProblemCode } from '../api-contract/index.js';
import { REASON_CODES, type ReasonCode } from '../policy/index.js';
import type { ErrorEntry } from './error-entries.js';

/**
 * Content-Security-Policy of the pages: nothing but what this gateway serves, no script or style in the page itself, and
 * no request to anywhere else. `data:` is for the icons inside Swagger UI's style sheet.
 */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const head = (title: string, styles: readonly string[]): string => `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
${styles.map((name) => `<link rel="stylesheet" href="/docs/assets/${name}">`).join('\n')}
</head>`;

/** The API reference: Swagger UI over `/openapi.json`. */
export const REFERENCE_PAGE = `${head('Gatehouse API reference', ['swagger-ui.css'])}
<body>
<p><a href="/docs/errors">Errors and reason codes</a> · <a href="/openapi.json">OpenAPI document</a></p>
<div id="reference"></div>
<noscript>The reference needs JavaScript. The <a href="/openapi.json">OpenAPI document</a> says the same.</noscript>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/reference.js"></script>
</body>
</html>
`;

/** Starts Swagger UI. It only reads: requests need a DPoP proof, which a page cannot make. */
export const REFERENCE_SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: [],
  defaultModelsExpandDepth: 0,
  plugins: [() => ({ wrapComponents: { authorizeBtn: () => () => null } })],
});
`;

/** Looks of the errors page. */
export const ERRORS_STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #0b0c0c; }
code { font-size: 1.1em; }
h2 { margin-top: 2.5rem; border-top: 1px solid #b1b4b6; padding-top: 1rem; }
:target { background: #fff7bf; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; }
`;

/** The page that explains every code, each under an anchor that is its name. */
export function errorsPage(entries: readonly ErrorEntry[]): string {
  return `${head('Gatehouse errors and reason codes', ['errors.css'])}
<body>
<main>
<h1>Errors and reason codes</h1>
<p><a href="/docs">API reference</a></p>
${entries.map(entryHtml).join('\n')}
</main>
</body>
</html>
`;
}

function entryHtml({ code, cause, fix, person }: ErrorEntry): string {
  return `<section>
<h2 id="${code}"><code>${code}</code></h2>
<p>${html(headline(code))}</p>
<dl><dt>Cause</dt><dd>${html(cause)}</dd><dt>What to do</dt><dd>${html(fix)}</dd><dt>To the person</dt><dd>${html(person)}</dd></dl>
</section>`;
}

function headline(code: string): string {
  if (Object.hasOwn(PROBLEMS, code)) {
    const { status, title } = PROBLEMS[code as ProblemCode];
    return `${status}. ${title}.`;
  }
  return Object.hasOwn(REASON_CODES, code) ? REASON_CODES[code as ReasonCode] : '';
}

/** Escapes text for HTML, and shows `code` in Markdown as code. */
function html(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return escaped.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
