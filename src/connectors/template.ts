import { SupplierFault, type SupplierRequest } from './connector.js';

/** Where a template stands in a request, which decides how values are escaped. */
export type TemplatePlace = 'path' | 'query' | 'fhir-query' | 'header' | 'json';

/** The values that a template may name. */
export type TemplateValues = Pick<SupplierRequest, 'exchangeId' | 'purpose' | 'identifiers' | 'items'>;

type Placeholder =
  | { readonly names: 'identifier'; readonly type: string; readonly place: TemplatePlace }
  | { readonly names: 'items' | 'item-list' | 'purpose' | 'exchangeId'; readonly place: TemplatePlace };

type Part = string | Placeholder;

/** A text with placeholders, taken apart once. */
export class Template {
  constructor(private readonly parts: readonly Part[]) {}

  /** Types of identifier that it names. */
  get identifierTypes(): string[] {
    return this.parts.flatMap((part) => (typeof part !== 'string' && part.names === 'identifier' ? [part.type] : []));
  }

  /** Its text when it names nothing. */
  get constant(): string | undefined {
    return this.parts.every((part) => typeof part === 'string') ? this.parts.join('') : undefined;
  }

  /**
   * Fills the template in, each value escaped for its place.
   * @throws SupplierFault `not-askable` when a value is missing, empty, or cannot stand in its place
   */
  fill(values: TemplateValues): string {
    let text = '';
    for (const part of this.parts) text += typeof part === 'string' ? part : fillPlaceholder(part, values);
    return text;
  }
}

/**
 * Takes a template apart.
 * @throws Error (for the author of the definition) at an unknown placeholder, a stray brace, or a literal that cannot
 *   stand in its place
 */
export function compileTemplate(text: string, place: TemplatePlace): Template {
  return new Template(parts(text, place));
}

/**
 * Takes a JSON body apart: templates inside its strings, at any depth; names of members are literal. A string that is
 * nothing but `{items}` becomes an array of item ids.
 */
export function compileJsonTemplate(body: unknown): Template {
  const all: Part[] = [];
  const write = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value === '{items}') all.push({ names: 'item-list', place: 'json' });
      else all.push('"', ...parts(value, 'json'), '"');
    } else if (Array.isArray(value)) {
      value.forEach((element, index) => {
        all.push(index === 0 ? '[' : ',');
        write(element);
      });
      all.push(value.length === 0 ? '[]' : ']');
    } else if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value);
      members.forEach(([name, member], index) => {
        all.push(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
        write(member);
      });
      all.push(members.length === 0 ? '{}' : '}');
    } else {
      all.push(JSON.stringify(value ?? null));
    }
  };
  write(body);
  return new Template(all);
}

function parts(text: string, place: TemplatePlace): Part[] {
  const all: Part[] = [];
  let literal = '';
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (token === '{{' || token === '}}') literal += token.charAt(0);
    else if (token === '{' || token === '}') throw new Error('a single brace (write {{ or }} for a literal one)');
    else if (token.startsWith('{')) {
      all.push(escapeLiteral(literal, place), placeholder(token, place));
      literal = '';
    } else literal += token;
  }
  all.push(escapeLiteral(literal, place));
  return all.filter((part) => part !== '');
}

function placeholder(token: string, place: TemplatePlace): Placeholder {
  const identifier = /^\{identifier:([a-z0-9][a-z0-9-]*)\}$/.exec(token)?.[1];
  if (identifier !== undefined) return { names: 'identifier', type: identifier, place };
  if (token === '{items}') return { names: 'items', place };
  if (token === '{purpose}') return { names: 'purpose', place };
  if (token === '{exchangeId}') return { names: 'exchangeId', place };
  throw new Error(`unknown placeholder ${token}`);
}

function escapeLiteral(text: string, place: TemplatePlace): string {
  switch (place) {
    case 'json':
      return jsonText(text);
    case 'header':
      if (!HEADER_TEXT.test(text)) throw new Error('a header may hold printable ASCII only');
      return text;
    default:
      if (text.includes('#')) throw new Error('a path has no fragment');
      // RFC 3986 section 3.3 and 3.4: what may stand unencoded stays; percent-encoded text stays as it is.
      return text.replaceAll(/%(?![0-9A-Fa-f]{2})|[^\w\-.~!$&'()*+,;=:@/?%]/gu, (one) => encodeURIComponent(one));
  }
}

const HEADER_TEXT = /^[\x20-\x7e]*$/;

function fillPlaceholder(part: Placeholder, values: TemplateValues): string {
  switch (part.names) {
    case 'item-list':
      return JSON.stringify(values.items.map((item) => item.id));
    case 'items':
      return values.items.map((item) => escapeValue(item.id, part.place, 'items')).join(',');
    case 'identifier': {
      const value = Object.hasOwn(values.identifiers, part.type) ? values.identifiers[part.type] : undefined;
      return escapeValue(value ?? '', part.place, `identifier ${part.type}`);
    }
    default:
      return escapeValue(values[part.names], part.place, part.names);
  }
}

/** INVARIANT: 1. The fault names the placeholder, never its value. */
function escapeValue(value: string, place: TemplatePlace, name: string): string {
  if (value === '') throw new SupplierFault('not-askable', `${name} is needed and missing`);
  if (!value.isWellFormed()) throw new SupplierFault('not-askable', `${name} is not Unicode text`);
  switch (place) {
    case 'json':
      return jsonText(value);
    case 'header':
      if (!HEADER_TEXT.test(value)) throw new SupplierFault('not-askable', `${name} cannot stand in a header`);
      return value;
    case 'fhir-query':
      // FHIR R4 search, "Escaping Search Parameters": these would otherwise add alternatives or systems to the search.
      return percentEncode(value.replaceAll(/[\\,$|]/g, String.raw`\$&`));
    default:
      return percentEncode(value);
  }
}

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** RFC 3986 section 2.3: everything but unreserved characters. */
function percentEncode(value: string): string {
  return encodeURIComponent(value).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
