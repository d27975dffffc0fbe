import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { Problem } from '../api-contract/index.js';
import { parseIdentifier } from './parse-identifier.js';
import type { Identifier } from './subject-handle.js';

export class IdentifierBody {
  @ApiProperty({ example: 'nhs-number', description: 'Type of identifier; the data service says which it takes.' })
  @Matches(/^[a-z][a-z0-9-]{1,40}$/)
  type!: string;

  @ApiProperty({
    example: '999 000 0018',
    description: 'Spaces and hyphens are passed over where the type allows them.',
  })
  @IsString()
  @MaxLength(200)
  value!: string;
}

/** Whom or what a request is about. */
export class SubjectBody {
  @ApiProperty({ type: () => [IdentifierBody], description: 'At most one of each type.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(8)
  @ValidateNested({ each: true })
  @Type(() => IdentifierBody)
  identifiers!: IdentifierBody[];
}

/**
 * The identifiers of a subject, each checked by the published rule of its type and normalised.
 * INVARIANT: 1. What is refused is named by its place, never by its value.
 * @throws Problem IDENTIFIER_INVALID or REQUEST_INVALID with a JSON Pointer
 */
export function readSubject({ identifiers }: SubjectBody): Identifier[] {
  const types = new Set<string>();
  return identifiers.map(({ type, value }, place) => {
    const pointer = `/subject/identifiers/${place}`;
    if (types.has(type)) {
      throw new Problem('REQUEST_INVALID', {
        pointers: [`${pointer}/type`],
        detail: 'Name each type of identifier once.',
      });
    }
    types.add(type);
    const parsed = parseIdentifier(type, value);
    if (parsed.ok) return { type: parsed.type, value: parsed.value };
    const [member, detail] = ADVICE[parsed.reason];
    throw new Problem('IDENTIFIER_INVALID', { pointers: [`${pointer}/${member}`], detail });
  });
}

const ADVICE = {
  'unknown-type': ['type', 'This type of identifier is not known here; the documentation lists those that are.'],
  malformed: ['value', 'The value does not have the form of its type.'],
  'check-digit': ['value', 'The check digit does not fit: compare the value with its source.'],
  'impossible-date': ['value', 'The value holds a date that does not exist.'],
} as const;
