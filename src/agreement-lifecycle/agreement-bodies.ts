import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import { REASONS, type Reason } from './agreement-life.js';

const HASH = '5f0a2b1c9d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';

/** Body of `POST /v1/agreements/{id}/versions/{version}/sign`. */
export class SignBody {
  @ApiProperty({ example: HASH, description: '`hash` of the agreement that you have read and sign.' })
  @Matches(/^[0-9a-f]{64}$/)
  hash!: string;

  @ApiProperty({
    required: false,
    description:
      'A signature made outside, in place of one by the key that the gateway keeps for your agency: a compact JWS (RFC 7515) over the agreement’s canonical bytes (RFC 8785), with `typ` `agreement+jws`.',
    example: 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS0xIiwidHlwIjoiYWdyZWVtZW50K2p3cyJ9.eyJpZCI6IuKApiJ9.c2lnbmF0dXJl',
  })
  @IsOptional()
  @MaxLength(250_000)
  @Matches(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/)
  jws?: string;
}

/** Body of `.../suspend` and `.../revoke`. */
export class ReasonBody {
  @ApiProperty({
    enum: REASONS,
    example: 'security-incident',
    description: 'One of a closed list, since it stays in the log for good. The story belongs in your own file.',
  })
  @IsIn(REASONS)
  reason!: Reason;
}

/** What a draft looks like. Fictional. */
export const DRAFT_EXAMPLE = {
  id: 'fire-premises-risk',
  version: 2,
  title: 'Risks of premises, for crews on the way to an incident',
  parties: ['northmoor-fire', 'northmoor-council'],
  purposes: ['premises-risk'],
  startsOn: '2027-01-01',
  endsOn: '2028-12-31',
  reviewOn: '2027-12-01',
  retention: { requester: 'Until the incident is closed; schedule FIRE-07.', logBodyYears: 6 },
  legs: [
    {
      id: 'council-to-fire',
      from: 'northmoor-council',
      to: 'northmoor-fire',
      dataService: 'northmoor-council/premises-risk',
      items: ['hazards', 'access-notes'],
      purposes: ['premises-risk'],
      patterns: ['query'],
      roles: ['control-operator'],
      identifierTypes: ['uprn'],
      caseReferences: [{ kind: 'incident', pattern: '^INC-\\d{8}-\\d{4}$' }],
      legalBasis: ['ukgdpr-6-1-e', 'frsa-2004-s7'],
      unmatched: 'uniform',
    },
  ],
};
