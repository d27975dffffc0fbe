import fc from 'fast-check';
import { compileTarget } from '../../../src/connectors/request-target.js';
import { Problems } from '../../../src/connectors/configuration.js';
import { SupplierFault } from '../../../src/connectors/index.js';
import { compileJsonTemplate, compileTemplate, type TemplateValues } from '../../../src/connectors/template.js';

const values = (id: string): TemplateValues => ({ exchangeId: 'e', purpose: 'p', identifiers: { id }, items: [] });
const anyText = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }));

/** The text filled in, or undefined when it was refused. */
function filled(fill: () => string): string | undefined {
  try {
    return fill();
  } catch (error) {
    expect(error).toBeInstanceOf(SupplierFault);
    return undefined;
  }
}

describe('a template', () => {
  it('never lets a value add to a path or leave it', () => {
    const target = compileTarget(
      new URL('https://s.example/base'),
      '/a/{identifier:id}/b?c={identifier:id}&d=e',
      'query',
      new Problems(),
    );
    fc.assert(
      fc.property(fc.oneof(anyText, fc.stringMatching(/^[./\\%2eFf]+$/)), (value) => {
        const text = filled(() => target?.fill(values(value)) ?? '');
        if (text === undefined) return;
        const url = new URL(text, 'https://s.example');
        expect(url.origin).toBe('https://s.example');
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'base', 'a', value, 'b']);
        expect([...url.searchParams]).toEqual([
          ['c', value],
          ['d', 'e'],
        ]);
      }),
    );
  });

  it('never lets a value leave its JSON string', () => {
    const template = compileJsonTemplate({ a: ['<{identifier:id}>'], b: 1 });
    fc.assert(
      fc.property(anyText, (value) => {
        const text = filled(() => template.fill(values(value)));
        if (text !== undefined) expect(JSON.parse(text)).toEqual({ a: [`<${value}>`], b: 1 });
      }),
    );
  });

  it('never lets a value end its header', () => {
    const template = compileTemplate('a {identifier:id}', 'header');
    fc.assert(
      fc.property(anyText, (value) => {
        const text = filled(() => template.fill(values(value)));
        if (text !== undefined) expect(text).toMatch(/^a [\x20-\x7e]+$/);
      }),
    );
  });

  it('finds no identifier on the prototype of an object', () => {
    const template = compileTemplate('/{identifier:constructor}', 'path');
    expect(filled(() => template.fill(values('x')))).toBeUndefined();
  });

  it('keeps what is percent-encoded in its own text', () => {
    expect(compileTemplate('/a%20b/c|d/100%/é', 'path').fill(values('x'))).toBe('/a%20b/c%7Cd/100%25/%C3%A9');
  });
});
