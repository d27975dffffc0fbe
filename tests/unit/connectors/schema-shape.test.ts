import fc from 'fast-check';
import { buildUp, countLeaves, holdsNothing, ReleasedLeaves } from '../../../src/connectors/build-up.js';
import { openObjects, Shape } from '../../../src/connectors/schema-shape.js';

const TEXT = { type: 'string' };

function build(schema: Record<string, unknown>, value: unknown): unknown {
  return buildUp(value, Shape.of(schema), new ReleasedLeaves(), undefined);
}

describe('the shape of a schema', () => {
  it('lets nothing of an object through that declares nothing', () => {
    expect(build({}, { a: 1 })).toEqual({});
    expect(build({ type: 'array' }, [{ a: 1 }])).toEqual([{}]);
  });

  it('lets declared members through, whichever branch declares them', () => {
    const schema = {
      properties: { a: TEXT },
      allOf: [{ properties: { b: TEXT } }, { if: { properties: { x: TEXT } }, else: { properties: { c: TEXT } } }],
      oneOf: [{ $ref: '#/$defs/d' }, { properties: { e: TEXT } }],
      patternProperties: { '^f-': TEXT },
      $defs: { d: { properties: { d: TEXT } } },
    };
    expect(build(schema, { a: 1, b: 2, c: 3, d: 4, e: 5, 'f-1': 6, g: 7, x: 8 })).toEqual({
      a: 1,
      b: 2,
      c: 3,
      d: 4,
      e: 5,
      'f-1': 6,
    });
  });

  it('joins what branches say of the same member', () => {
    const schema = {
      properties: { a: { properties: { b: TEXT } } },
      anyOf: [{ properties: { a: { properties: { c: TEXT } } } }],
    };
    expect(build(schema, { a: { b: 1, c: 2, d: 3 } })).toEqual({ a: { b: 1, c: 2 } });
  });

  it('lets everything through only where the schema says true', () => {
    expect(build({ additionalProperties: true }, { a: { b: [1] } })).toEqual({ a: { b: [1] } });
    expect(build({ additionalProperties: { properties: { b: TEXT } } }, { a: { b: 1, c: 2 } })).toEqual({
      a: { b: 1 },
    });
    expect(build({ properties: { a: true }, additionalProperties: false }, { a: { b: 1 }, c: 1 })).toEqual({
      a: { b: 1 },
    });
  });

  it('follows a schema that refers to itself', () => {
    const schema = { properties: { name: TEXT, parts: { items: { $ref: '#' } } } };
    expect(build(schema, { name: 'a', x: 1, parts: [{ name: 'b', x: 1, parts: [{ x: 1 }] }] })).toEqual({
      name: 'a',
      parts: [{ name: 'b', parts: [{}] }],
    });
  });

  it('tells the leading elements of an array from the others', () => {
    const schema = { prefixItems: [{ properties: { a: TEXT } }], items: { properties: { b: TEXT } } };
    expect(
      build(schema, [
        { a: 1, b: 2 },
        { a: 1, b: 2 },
      ]),
    ).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it.each(['#/$defs/none', 'other.json', '#anchor'])('refuses a reference that leads out of it: %s', ($ref) => {
    expect(() => Shape.of({ $ref })).toThrow('$ref');
  });
});

describe('openObjects', () => {
  it('names each object whose members nobody listed', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: ['object', 'null'] }, b: { type: 'array', items: { type: 'object' } } },
      $defs: { c: { type: 'object' }, d: { type: 'object', additionalProperties: true } },
    };
    expect(openObjects(schema)).toEqual(['#/properties/a', '#/properties/b/items', '#/$defs/c']);
  });
});

describe('building up', () => {
  it('releases no more leaf values than were sent, and counts each once', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const released = new ReleasedLeaves();
        const shape = Shape.of({ additionalProperties: true, items: true });
        const copy = buildUp(value, shape, released, released.at([]));
        buildUp(value, shape, released, released.at([]));
        expect(released.count).toBe(countLeaves(copy));
        expect(released.count).toBeLessThanOrEqual(countLeaves(value));
        expect(holdsNothing(copy)).toBe(released.count === 0);
      }),
    );
  });
});
