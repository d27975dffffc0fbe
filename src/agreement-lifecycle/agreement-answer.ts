import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import type { AgreementSignature, Finding } from '../agreements/index.js';
import { LIFE_STATES, REASONS, type LifeState, type Reason, type Step } from './agreement-life.js';
import { DRAFT_EXAMPLE } from './agreement-bodies.js';
import type { SeenAgreement } from './agreement-lifecycle.service.js';
import { pointerTo } from './read-draft.js';

const HASH = '5f0a2b1c9d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';

/** A version in the list. */
export class AgreementSummary {
  @ApiProperty({ example: 'fire-premises-risk' })
  id!: string;

  @ApiProperty({ example: 2 })
  version!: number;

  @ApiProperty({ example: 'Risks of premises, for crews on the way to an incident' })
  title!: string;

  @ApiProperty({ type: [String], example: ['northmoor-fire', 'northmoor-council'] })
  parties!: readonly string[];

  @ApiProperty({
    enum: LIFE_STATES,
    example: 'signed-by-some',
    description:
      '`not-yet`: every party has signed, and its first day is to come. `superseded`: a newer version took its place. `expired`: its last day has passed.',
  })
  state!: LifeState;

  @ApiProperty({ example: HASH, description: 'SHA-256 over the canonical bytes (RFC 8785): what the parties sign.' })
  hash!: string;

  static of({ life, state }: Pick<SeenAgreement, 'life' | 'state'>): AgreementSummary {
    const { id, version, title, parties } = life.document;
    return { id, version, title, parties, state, hash: life.hash };
  }
}

/** A page of the versions that the agency may know of. */
export class AgreementPage {
  @ApiProperty({ type: [AgreementSummary] })
  agreements!: readonly AgreementSummary[];

  @NextCursor()
  nextCursor!: string | null;
}

/** What a careful officer would say about the agreement. */
export class FindingAnswer {
  @ApiProperty({ enum: ['error', 'warning'], example: 'warning' })
  severity!: Finding['severity'];

  @ApiProperty({ example: 'review-after-end' })
  code!: string;

  @ApiProperty({ example: '/reviewOn', description: 'JSON Pointer (RFC 6901) into the agreement.' })
  pointer!: string;

  @ApiProperty({ example: 'it is reviewed only after it has ended' })
  message!: string;
}

/** A step, and who took it. */
export class StepAnswer {
  @ApiProperty({ example: 'signed' })
  step!: string;

  @ApiProperty({ example: '2026-11-22T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ example: 'northmoor-fire' })
  agency!: string;

  @ApiProperty({ example: 'northmoor-fire-ig-2', description: 'The agency’s own id for the officer.' })
  officer!: string;

  @ApiProperty({ enum: REASONS, nullable: true, example: null })
  reason!: Reason | null;

  @ApiProperty({ example: HASH, description: 'Of the text that the step was about.' })
  hash!: string;

  static of({ step, at, agency, officer, reason, hash }: Step): StepAnswer {
    return { step, at: at.toISOString(), agency, officer, reason, hash };
  }
}

/** A party's signature. */
export class SignatureAnswer {
  @ApiProperty({ example: 'northmoor-fire' })
  agency!: string;

  @ApiProperty({ example: 'kRk4v2rJq1o' })
  kid!: string;

  @ApiProperty({ description: 'Compact JWS (RFC 7515).', example: 'eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IuKApiJ9.c2ln' })
  jws!: string;
}

/** A version as an officer of a party sees it. */
export class AgreementAnswer extends AgreementSummary {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The agreement, by schemas/agreement.schema.json.',
    example: DRAFT_EXAMPLE,
  })
  document!: object;

  @ApiProperty({
    type: [String],
    example: ['northmoor-council'],
    description: 'Parties of which one officer has asked for the signature, and another is to confirm it.',
  })
  toBeConfirmed!: readonly string[];

  @ApiProperty({
    type: [String],
    example: [],
    description: 'Of a suspended version: parties that have agreed to resume it.',
  })
  resumeAgreed!: readonly string[];

  @ApiProperty({ type: [SignatureAnswer] })
  signatures!: readonly AgreementSignature[];

  @ApiProperty({ type: [StepAnswer], description: 'Oldest first.' })
  history!: readonly StepAnswer[];

  @ApiProperty({ type: [FindingAnswer], description: 'An error stops the agreement from being proposed.' })
  lint!: readonly FindingAnswer[];

  static override of({ life, state, lint }: SeenAgreement): AgreementAnswer {
    const { id, version, title, parties } = life.document;
    return {
      id,
      version,
      title,
      parties,
      state,
      hash: life.hash,
      document: life.document,
      toBeConfirmed: [...life.asked.keys()],
      resumeAgreed: [...life.resumeAgreed],
      signatures: life.signatures,
      history: life.history.map((step) => StepAnswer.of(step)),
      lint: lint.map(({ severity, code, path, message }) => ({ severity, code, pointer: pointerTo(path), message })),
    };
  }
}
