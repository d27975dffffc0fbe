import { createHash, X509Certificate } from 'node:crypto';
import { askForTimeStamp, tokenOf, verifyTimeStamp } from '../../../src/time-stamps/time-stamp-token.js';
import { createAuthority, type TestAuthority } from '../../support/certificates.js';
import { startTimeStamper, type TimeStamper } from '../../support/time-stamper.js';

const NOTE = 'gateway.example/log\n7\nBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\n\n— gateway.example/log AAAA\n';
const note = Buffer.from(NOTE);
const derOf = ({ certificate }: { certificate: string }): Buffer => new X509Certificate(certificate).raw;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a time-stamp (RFC 3161), by OpenSSL', () => {
  let authority: TestAuthority;
  let stamper: TimeStamper;
  beforeAll(async () => {
    authority = createAuthority();
    stamper = await startTimeStamper(authority.issueForTimeStamping());
  });
  afterAll(async () => stamper.remove());

  /** What becomes of an answer to a question about the note. */
  const outcome = async (answerTo: (request: Buffer) => Promise<Buffer>, trusted = [derOf(authority)]) => {
    const { request, nonce } = askForTimeStamp(note);
    try {
      return await verifyTimeStamp(tokenOf(await answerTo(request)), note, trusted, nonce);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  const by = async (made: Parameters<TestAuthority['issueForTimeStamping']>[0], of = authority) => {
    const other = await startTimeStamper(of.issueForTimeStamping(made));
    try {
      return await outcome((request) => other.answer(request));
    } finally {
      await other.remove();
    }
  };

  it('is verified, with the time that the authority names', async () => {
    const at = await outcome((request) => stamper.answer(request));
    expect(at).toBeInstanceOf(Date);
    expect(Math.abs((at as Date).getTime() - Date.now())).toBeLessThan(10_000);
  });

  it('is verified by OpenSSL too, as it is kept', async () => {
    const { request } = askForTimeStamp(note);
    const token = tokenOf(await stamper.answer(request));
    expect(await stamper.verifies(token, NOTE, authority.certificate)).toBe(true);
    expect(await stamper.verifies(token, `${NOTE}.`, authority.certificate)).toBe(false);
    // Kept, it is verified again without its nonce.
    expect(await verifyTimeStamp(token, note, [derOf(authority)])).toBeInstanceOf(Date);
  });

  it('is refused when nobody is trusted', async () => {
    expect(await outcome((request) => stamper.answer(request), [])).toBe('wrong-certificate');
  });

  it('is refused when it answers another request about the same: its nonce differs', async () => {
    expect(await outcome(async () => stamper.answer(await stamper.request(digestOf(NOTE))))).toBe('wrong-nonce');
  });

  it('is refused when it is of something else', async () => {
    expect(await outcome(async () => stamper.answer(await stamper.request(digestOf('else'))))).toBe('wrong-imprint');
  });

  it('is refused when the certificate had ended', async () => {
    expect(await by({ expired: true })).toBe('wrong-certificate');
  });

  it('is refused when a foreign authority issued the certificate', async () => {
    expect(await by({}, createAuthority())).toBe('wrong-certificate');
  });

  it.each([
    ['is not critical about what it is for', { uncritical: true }, 'wrong-certificate'],
    ['is for signing code too', { forMore: true }, 'wrong-certificate'],
    ['is for time-stamping alone, critically', {}, undefined],
  ])('of a certificate that %s has the outcome that the rule says (RFC 3161 section 2.3)', async (_, made, refusal) => {
    const { request, nonce } = askForTimeStamp(note);
    const token = await stamper.signedAnew(
      tokenOf(await stamper.answer(request)),
      authority.issueForTimeStamping(made),
    );
    const outcomeOf = await verifyTimeStamp(token, note, [derOf(authority)], nonce).catch(
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(outcomeOf).toEqual(refusal ?? expect.any(Date));
  });

  it('is refused when the authority grants none', async () => {
    // A digest that this authority does not take.
    const sha384 = Buffer.from(askForTimeStamp(note).request);
    sha384[sha384.indexOf(Buffer.from('608648016503040201', 'hex')) + 8] = 2;
    expect(await outcome(() => stamper.answer(sha384))).toBe('not-granted');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>503</html>')],
    ['an empty sequence', Buffer.from([0x30, 0])],
    ['a long length and no content', Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff])],
  ])('is refused when the answer is %s', async (_name, bytes) => {
    expect(await outcome(async () => bytes)).toBe('not-understood');
  });

  it('is refused, or says the same, whichever byte of it is changed (every seventh tried); and is refused wherever it is cut', async () => {
    const { request, nonce } = askForTimeStamp(note);
    const whole = await stamper.answer(request);
    const verify = async (answer: Buffer) => verifyTimeStamp(tokenOf(answer), note, [derOf(authority)], nonce);
    const said = await verify(whole);
    const outcomes = new Map<string, number>();
    for (let place = 0; place < whole.length; place += 7) {
      const changed = Buffer.from(whole);
      changed[place]! ^= 0x01;
      const became = await verify(changed).then(
        (at) => (at.getTime() === said.getTime() ? 'the same' : 'another time'),
        ({ name }: Error) => name,
      );
      outcomes.set(became, (outcomes.get(became) ?? 0) + 1);
    }
    // "The same": the status, and the parts of CMS that are neither signed nor used, such as its version.
    expect([...outcomes.keys()].toSorted()).toEqual(['TimeStampFault', 'the same']);
    expect(outcomes.get('the same')).toBeLessThan(whole.length / 7 / 20);
    for (const end of [1, 10, whole.length - 1]) {
      await expect(verify(whole.subarray(0, end))).rejects.toMatchObject({ name: 'TimeStampFault' });
    }
  });
});
