/**
 * The name of a file that is handed out, e.g. `gatehouse-exchanges-northmoor-council-2026-11-01-2026-12-01.csv`: letters, digits,
 * dots, hyphens and underscores alone, so that it can stand in a header and on any disk. What is anything else becomes a hyphen.
 */
export const fileName = (parts: readonly string[], extension: string): string =>
  `${['gatehouse', ...parts]
    .map((part) => part.replaceAll(/[^A-Za-z0-9._-]+/g, '-'))
    .join('-')
    .slice(0, 150)}.${extension}`;
