import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  Matches,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { Problem, readBody, readObject, type Dto } from '../../../src/api-contract/index.js';

class IdentifierDto {
  @IsString() @MaxLength(20) type!: string;
  @Matches(/^\d+$/, { message: 'the value $value is wrong' }) @IsString() value!: string;
}
class SubjectDto {
  @ValidateNested({ each: true })
  @Type(() => IdentifierDto)
  @ArrayMaxSize(3)
  @IsArray()
  identifiers!: IdentifierDto[];
}
class AskDto {
  @IsIn(['adult-care', 'fire-safety']) purpose!: string;
  @ValidateNested() subject!: SubjectDto;
  @MaxLength(5, { each: true }) @IsString({ each: true }) @IsArray() items!: string[];
  @IsOptional() @IsString() note?: string;
  @IsOptional() @IsInt() limit: number = 50;
  @ValidateIf((ask: AskDto) => ask.purpose === 'fire-safety') @IsString() incident?: string;
  @Allow() anything?: unknown;
}

const good = {
  purpose: 'adult-care',
  subject: { identifiers: [{ type: 'uprn', value: '1' }] },
  items: ['a'],
};

function faultsOf(body: unknown, dto: Dto = AskDto): { pointers: readonly string[]; text: string } {
  try {
    readBody(dto, Buffer.from(JSON.stringify(body)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('REQUEST_INVALID');
    return { pointers: error.details.pointers ?? [], text: JSON.stringify([error.message, error.details]) };
  }
  return { pointers: [], text: '' };
}

describe('readBody', () => {
  it('says what is on a closed list, and not what was sent', () => {
    const { text } = faultsOf({ ...good, purpose: 'curiosity' });
    expect(text).toContain('Correct /purpose (one of adult-care, fire-safety).');
    expect(text).not.toContain('curiosity');
  });

  it('returns an instance at every depth, with defaults and without what was not sent', () => {
    const ask = readBody(AskDto, Buffer.from(JSON.stringify(good)));
    expect(ask).toBeInstanceOf(AskDto);
    expect(ask.subject).toBeInstanceOf(SubjectDto);
    expect(ask.subject.identifiers[0]).toBeInstanceOf(IdentifierDto);
    expect(JSON.parse(JSON.stringify(ask))).toEqual({ ...good, limit: 50 });
    expect(Object.hasOwn(ask, 'note')).toBe(false);
  });

  it.each([
    ['a missing member', { ...good, purpose: undefined }, ['/purpose']],
    ['an unknown member', { ...good, surprise: 1 }, ['/surprise']],
    [
      'an unknown member far inside',
      { ...good, subject: { identifiers: [{ type: 'a', value: '1', x: 1 }] } },
      ['/subject/identifiers/0/x'],
    ],
    ['a missing object', { ...good, subject: undefined }, ['/subject']],
    ['a wrong type', { ...good, note: 1 }, ['/note']],
    ['null for an optional member', { ...good, note: null }, ['/note']],
    ['null for a required member', { ...good, purpose: null }, ['/purpose']],
    ['an element of a wrong type', { ...good, items: ['a', 7] }, ['/items/1']],
    ['a list where an object belongs', { ...good, subject: [good.subject] }, ['/subject']],
    [
      'an object where a list belongs',
      { ...good, subject: { identifiers: good.subject.identifiers[0] } },
      ['/subject/identifiers'],
    ],
    ['text where an object belongs', { ...good, subject: 'x' }, ['/subject']],
    ['null in a list of objects', { ...good, subject: { identifiers: [null] } }, ['/subject/identifiers/0']],
    [
      'too long a list',
      { ...good, subject: { identifiers: Array(4).fill({ type: 'a', value: '1' }) } },
      ['/subject/identifiers'],
    ],
    ['a member that is called for by another', { ...good, purpose: 'fire-safety' }, ['/incident']],
    ['a member that is not called for', { ...good, incident: 'i' }, ['/incident']],
    ['several faults', { items: [], subject: {}, x: 1 }, ['/x', '/purpose', '/subject/identifiers']],
    ['a list as the body', [good], ['']],
    ['text as the body', 'x', ['']],
    ['names that objects inherit', { ...good, toString: 1, hasOwnProperty: 1 }, ['/toString', '/hasOwnProperty']],
  ])('refuses %s and points to it', (_, body, pointers) => {
    expect(new Set(faultsOf(body).pointers)).toEqual(new Set(pointers));
  });

  it('refuses no body, and one that is not JSON', () => {
    expect(() => readBody(AskDto, undefined)).toThrow(expect.objectContaining({ code: 'REQUEST_MALFORMED' }));
    expect(() => readBody(AskDto, Buffer.from('{'))).toThrow(expect.objectContaining({ code: 'REQUEST_MALFORMED' }));
  });

  it('never repeats a value, also where a rule has a message that would', () => {
    const body = {
      purpose: 'SENTINEL',
      subject: { identifiers: [{ type: 'SENTINEL-SENTINEL-SENTINEL', value: 'SENTINEL' }] },
      items: ['SENTINEL'],
      note: { SENTINEL: 'SENTINEL' },
    };
    const { pointers, text } = faultsOf(body);
    expect(pointers).toContain('/subject/identifiers/0/value');
    expect(text).not.toContain('SENTINEL');
  });

  it('does not repeat a name that does not look like a member, and points to where it was', () => {
    const { pointers, text } = faultsOf({ ...good, '943 476 5919': 1, subject: { ...good.subject, 'Jane Doe': 1 } });
    expect(pointers).toEqual(['', '/subject']);
    expect(text).not.toMatch(/943|Jane/);
  });

  it('names at most 20 members, each with a pointer of at most 200 characters', () => {
    const many = Object.fromEntries([...Array(500).keys()].map((at) => [`m${at}`, 1]));
    expect(faultsOf({ ...good, ...many }).pointers).toHaveLength(20);
    class DeepDto {
      @IsOptional() @ValidateNested() @Type(() => DeepDto) aMemberWithARatherLongName?: DeepDto;
    }
    let deep: object = { surprise: 1 };
    for (let level = 0; level < 20; level++) deep = { aMemberWithARatherLongName: deep };
    const [pointer] = faultsOf(deep, DeepDto).pointers;
    expect(pointer?.length).toBeLessThanOrEqual(200);
    expect(pointer).toMatch(/^(\/aMemberWithARatherLongName)+$/);
  });

  it('escapes names in pointers as RFC 6901 says', () => {
    class OddDto {
      @IsString() 'a/b~c'!: string;
    }
    expect(faultsOf({}, OddDto).pointers).toEqual(['/a~1b~0c']);
  });

  it('refuses to serve a class that asks for what it does not do', () => {
    class TransformingDto {
      @IsString() @Transform(({ value }) => String(value)) a!: string;
    }
    class GroupedDto {
      @IsString({ groups: ['x'] }) a!: string;
    }
    class UntypedDto {
      @ValidateNested({ each: true }) a!: object[];
    }
    class EmptyDto {}
    for (const dto of [TransformingDto, GroupedDto, UntypedDto, EmptyDto]) {
      expect(() => readObject(dto, { a: 'b' })).toThrow(dto.name);
    }
  });
});

describe('next to class-validator', () => {
  it('accepts what it accepts and refuses what it refuses', () => {
    // class-transformer makes an instance of a nested class only where it is told which; readBody also reads the declared type.
    class TypedAskDto extends AskDto {
      @Type(() => SubjectDto) declare subject: SubjectDto;
    }
    const mostly = (right: fc.Arbitrary<unknown>, wrong: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.oneof({ arbitrary: right, weight: 9 }, { arbitrary: wrong, weight: 1 });
    const scalar = fc.constantFrom<unknown>('adult-care', 'fire-safety', 'a', 'abcdef', '1', 7, true);
    const word = mostly(fc.constantFrom('a', 'b'), scalar);
    const identifier = mostly(
      fc.record({ type: word, value: mostly(fc.constantFrom('1', '22'), scalar) }),
      fc.record({ type: word, value: scalar, extra: scalar }, { requiredKeys: [] }),
    );
    const identifiers = fc.array(identifier, { maxLength: 4 });
    const ask = fc
      .record(
        {
          purpose: mostly(fc.constantFrom('adult-care', 'fire-safety'), scalar),
          subject: mostly(fc.record({ identifiers }), fc.record({ identifiers }, { requiredKeys: [] })),
          items: fc.array(word, { maxLength: 3 }),
          note: word,
          limit: mostly(fc.nat(), scalar),
          incident: word,
          surprise: scalar,
        },
        // class-validator lets a nested object be absent without @IsOptional; readBody does not.
        { requiredKeys: ['subject'] },
      )
      // class-validator ignores a member that @ValidateIf does not call for; readBody refuses it.
      .filter((body) => body.purpose === 'fire-safety' || body.incident === undefined);
    const options = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(ask, (body) => {
        // As it comes off the line: fast-check also makes objects without a prototype, which JSON has none of.
        const sent = JSON.parse(JSON.stringify(body)) as object;
        const theirs = validateSync(plainToInstance(TypedAskDto, sent, { exposeDefaultValues: true }), options);
        expect(faultsOf(sent, TypedAskDto).pointers.length > 0).toBe(theirs.length > 0);
        seen[theirs.length > 0 ? 'refused' : 'accepted']++;
      }),
      { numRuns: 2000 },
    );
    expect(seen.accepted).toBeGreaterThan(50);
    expect(seen.refused).toBeGreaterThan(50);
  });
});
