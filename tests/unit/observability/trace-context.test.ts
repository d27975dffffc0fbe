import { formatTraceparent, parseTraceparent } from '../../../src/observability/index.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('traceparent', () => {
  it('is read as in the example of the standard (W3C Trace Context, 3.2.4)', () => {
    const header = `00-${TRACE}-${PARENT}-01`;
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, parentId: PARENT, sampled: true });
    expect(formatTraceparent({ traceId: TRACE, parentId: PARENT, sampled: true })).toBe(header);
    expect(parseTraceparent(`00-${TRACE}-${PARENT}-00`)?.sampled).toBe(false);
  });

  it('of a later version is read as far as version 00 goes', () => {
    expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01-what-the-future-brings`)?.traceId).toBe(TRACE);
    expect(parseTraceparent(`cc-${TRACE}-${PARENT}-01`)?.traceId).toBe(TRACE);
  });

  it.each([
    ['absent', undefined],
    ['repeated', [`00-${TRACE}-${PARENT}-01`]],
    ['empty', ''],
    ['in capitals', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['without a parent', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['of the forbidden version', `ff-${TRACE}-${PARENT}-01`],
    ['longer than version 00 allows', `00-${TRACE}-${PARENT}-01-more`],
    ['run on without a hyphen', `cc-${TRACE}-${PARENT}-01more`],
    ['far too long', `cc-${TRACE}-${PARENT}-01-${'a'.repeat(300)}`],
    ['something else', '9434765919'],
  ])('counts as none when it is %s', (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});
