import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { IdentifierType } from '../../../src/subject-handles/identifier-types.js';
import { caseReferenceHandle, subjectHandle } from '../../../src/subject-handles/subject-handle.js';

const KEY = Buffer.alloc(32, 7);
const digits = fc.integer({ min: 100_000_000, max: 9_999_999_999 }).map(String);
const agencies = fc.stringMatching(/^[a-z][a-z-]{0,30}$/);
const nhs = (value: string): { type: IdentifierType; value: string } => ({ type: 'nhs-number', value });

describe('a subject handle', () => {
  it('is the same each time for one identifier in one agency’s view', () => {
    const handle = subjectHandle(KEY, 'northmoor-council', nhs('9990000018'));
    expect(handle).toBe(subjectHandle(Buffer.alloc(32, 7), 'northmoor-council', nhs('9990000018')));
    expect(handle).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('stays what it was: permissions are found by it', () => {
    expect(subjectHandle(KEY, 'northmoor-council', nhs('9990000018'))).toBe(
      'YZRW_cvXjzMRJ4zbuYUtgDJMIEQ18EKYcWwWOAEpqZE',
    );
    expect(caseReferenceHandle(KEY, 'northmoor-council', 'ASC-2026-00142')).toBe(
      'ZSQZheoql6BdhWvLKQVgRxduVYXH0zbPxoSUFrygON8',
    );
  });

  it('differs between any two agencies, so that they cannot be linked', () => {
    fc.assert(
      fc.property(agencies, agencies, digits, (one, other, value) => {
        fc.pre(one !== other);
        expect(subjectHandle(KEY, one, nhs(value))).not.toBe(subjectHandle(KEY, other, nhs(value)));
      }),
    );
  });

  it('differs between keys, between identifiers and between types with the same value', () => {
    fc.assert(
      fc.property(agencies, digits, digits, (agency, one, other) => {
        const handle = subjectHandle(KEY, agency, nhs(one));
        expect(subjectHandle(Buffer.alloc(32, 8), agency, nhs(one))).not.toBe(handle);
        expect(subjectHandle(KEY, agency, { type: 'hc-number', value: one })).not.toBe(handle);
        if (one !== other) expect(subjectHandle(KEY, agency, nhs(other))).not.toBe(handle);
      }),
    );
  });

  it('never holds the identifier, nor is a plain hash of it', () => {
    fc.assert(
      fc.property(agencies, digits, (agency, value) => {
        const handle = subjectHandle(KEY, agency, nhs(value));
        expect(handle).not.toContain(value);
        expect(Buffer.from(handle, 'base64url').toString('latin1')).not.toContain(value);
        expect(handle).not.toBe(createHash('sha256').update(value).digest('base64url'));
      }),
    );
  });

  it('keeps apart texts that run together when written one after the other', () => {
    const handle = (agency: string, type: string, value: string): string =>
      subjectHandle(KEY, agency, { type: type as IdentifierType, value });
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(20), fc.nat(20), (type, value, cut, otherCut) => {
        const text = type + value;
        fc.pre(Math.min(cut, text.length) !== Math.min(otherCut, text.length));
        expect(handle('a', text.slice(0, cut), text.slice(cut))).not.toBe(
          handle('a', text.slice(0, otherCut), text.slice(otherCut)),
        );
      }),
    );
    expect(handle('ab', 'c', '1')).not.toBe(handle('a', 'bc', '1'));
    expect(handle('a', 'name', '\ud800')).not.toBe(handle('a', 'name', '\ufffd'));
  });

  it('is the same however many agencies came between', () => {
    const first = subjectHandle(KEY, 'northmoor-council', nhs('9990000018'));
    for (let other = 0; other < 2500; other += 1) subjectHandle(KEY, `agency-${other}`, nhs('9990000018'));
    expect(subjectHandle(KEY, 'northmoor-council', nhs('9990000018'))).toBe(first);
  });

  it('is not made with a key that could be guessed', () => {
    for (const length of [0, 16, 31]) {
      expect(() => subjectHandle(Buffer.alloc(length), 'a', nhs('9990000018'))).toThrow(RangeError);
      expect(() => caseReferenceHandle(Buffer.alloc(length), 'a', 'x')).toThrow(RangeError);
    }
  });
});

describe('a case reference handle', () => {
  it('never equals a subject handle, and differs between agencies and references', () => {
    fc.assert(
      fc.property(agencies, agencies, digits, digits, (agency, otherAgency, reference, other) => {
        const handle = caseReferenceHandle(KEY, agency, reference);
        expect(subjectHandle(KEY, agency, nhs(reference))).not.toBe(handle);
        expect(handle).not.toContain(reference);
        if (agency !== otherAgency) expect(caseReferenceHandle(KEY, otherAgency, reference)).not.toBe(handle);
        if (reference !== other) expect(caseReferenceHandle(KEY, agency, other)).not.toBe(handle);
      }),
    );
  });
});
