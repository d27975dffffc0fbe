import { parseDefinitionFile } from '../../../src/definitions/definition-document.js';

describe('a file of definitions', () => {
  it('may hold several documents, and knows the line of each member and entry', () => {
    const { documents, errors } = parseDefinitionFile(
      'a.yaml',
      'kind: A\n---\n# why\nkind: B\nlist:\n  - x\n  - y: 1\n',
    );
    expect(errors).toEqual([]);
    const [, second] = documents;
    expect(second?.value).toEqual({ kind: 'B', list: ['x', { y: 1 }] });
    expect(second?.lineOf([])).toBe(4);
    expect(second?.lineOf(['list'])).toBe(5);
    expect(second?.lineOf(['list', 0])).toBe(6);
    expect(second?.lineOf(['list', 1, 'y'])).toBe(7);
    expect(second?.lineOf(['list', 1, 'missing'])).toBe(7);
    expect(second?.lineOf(['missing'])).toBe(4);
  });

  it('may be JSON, with lines too', () => {
    const { documents } = parseDefinitionFile('a.json', '{\n  "kind": "A",\n  "list": [\n    1\n  ]\n}\n');
    expect(documents[0]?.lineOf(['list', 0])).toBe(4);
  });

  it('takes words that other versions of YAML turn into something else for words', () => {
    const { documents } = parseDefinitionFile('a.yaml', 'a: no\nb: 2026-01-01\nc: 0o7\nd: 12:30\n');
    expect(documents[0]?.value).toMatchObject({ a: 'no', b: '2026-01-01', d: '12:30' });
  });

  it.each([
    ['a member that stands twice', 'a: 1\nb: 2\na: 3\n', 3, 'a member stands twice'],
    ['an alias', 'a: &x 1\nb: *x\n', 2, 'aliases are not accepted: write it out'],
    ['an anchor', 'a: 1\nb: &x 1\n', 2, 'anchors are not accepted: write it out'],
    ['a tag', 'a: 1\nb: !!binary aGk=\n', 2, 'tags are not accepted'],
    ['a tag of one’s own', 'a: 1\nb: !x hi\n', 2, 'tags are not accepted'],
    ['__proto__', 'a: 1\n__proto__:\n  b: 1\n', 2, 'a member cannot be named __proto__'],
    ['a control character', 'a: 1\nb: "\\0"\n', 2, 'a text has a control character or half a character'],
    ['half a character', 'a: 1\nb: "\\ud800"\n', 2, 'a text has a control character or half a character'],
    ['what is not YAML', 'a: 1\nb: [1\n', 3, 'the file cannot be read'],
    ['nothing', '# nothing\n', 1, 'the file is empty'],
  ])('refuses %s, with its line', (_, text, line, reason) => {
    const { documents, errors } = parseDefinitionFile('a.yaml', text);
    expect(documents).toEqual([]);
    expect(errors).toContainEqual({ file: 'a.yaml', line, reason: expect.stringContaining(reason) as string });
  });

  it('refuses YAML that calls itself JSON', () => {
    expect(parseDefinitionFile('a.json', 'kind: A\n').errors[0]?.reason).toContain('the file is not JSON');
  });
});
