import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../api-contract/index.js';
import { AGENCY_ALERT_KINDS, ALERT_OUTCOMES, ALERT_STATUSES, NO_LONGER_SO, type Alert } from './alert.js';
import type { AlertToJudge, ExchangeToJudge, RecentHistory } from './judge-alert.js';

const EXAMPLE_ID = '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70';
const EXAMPLE_EXCHANGE = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';

/** An alert as the officers of its agency see it. */
export class AlertAnswer {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ enum: AGENCY_ALERT_KINDS, example: 'lookups-above-usual' })
  kind!: string;

  @ApiProperty({ enum: ALERT_STATUSES, example: 'new' })
  status!: string;

  @ApiProperty({ example: '2026-11-22T09:31:00.000Z' })
  raisedAt!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { day: '2026-11-22', staffId: 'sw-4711', count: 214, usual: 23, limit: 50 },
    description:
      'What it is about, by its kind: `exchangeId`; `review`, `dueAt`; `agreement`, `version`, `endsOn`, `withinDays`; `leg`, `system`, `period`, `most`; `staffId`, `day` (UTC), and `count` when it was raised beside `usual`, the median of the days before, and `limit`; `drawnBy`. Nothing of a person.',
  })
  detail!: object;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'The officer who began to look into it.' })
  investigatedBy!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  investigatedAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null where the gateway closed it.' })
  closedBy!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  closedAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...ALERT_OUTCOMES, NO_LONGER_SO, null],
    example: null,
    description: `What was found; \`${NO_LONGER_SO}\`: the gateway closed it itself.`,
  })
  outcome!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Under which your agency’s own system keeps what was found.',
  })
  reference!: string | null;

  static of(alert: Alert): AlertAnswer {
    return membersOf(alert);
  }
}

function membersOf(alert: Alert) {
  const { id, kind, status, raisedAt, detail, investigatedBy, investigatedAt, closedBy, closedAt } = alert;
  return {
    id,
    kind,
    status,
    raisedAt: raisedAt.toISOString(),
    detail,
    investigatedBy,
    investigatedAt: investigatedAt?.toISOString() ?? null,
    closedBy,
    closedAt: closedAt?.toISOString() ?? null,
    outcome: alert.outcome,
    reference: alert.reference,
  };
}

/** Answer of `GET /v1/alerts`. */
export class AlertPage {
  @ApiProperty({ type: () => [AlertAnswer], description: 'The newest first.' })
  alerts!: AlertAnswer[];

  @ApiProperty({ example: 1, description: 'How many there are in all, on all pages.' })
  count!: number;

  @NextCursor()
  nextCursor!: string | null;
}

class JudgedAgreement {
  @ApiProperty({ example: 'adult-care-assessed-needs' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;
}

class JudgedItem {
  @ApiProperty({ example: 'assessed-needs' })
  dataItem!: string;

  @ApiProperty({ enum: ['permit', 'deny'], example: 'permit' })
  outcome!: string;

  @ApiProperty({ type: [String], example: ['ukgdpr-6-1-e', 'care-2014-s6'], description: 'The stack it rests on.' })
  legalBasis!: readonly string[];
}

/** An exchange of the history. */
class RecentExchangeAnswer {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_EXCHANGE })
  exchangeId!: string;

  @ApiProperty({ example: '2026-11-22T09:30:00.391Z' })
  at!: string;

  @ApiProperty({ example: 'northmoor-council' })
  requester!: string;

  @ApiProperty({ type: String, nullable: true, example: 'northmoor-nhs-trust' })
  supplier!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'social-worker' })
  role!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'sw-4711', description: 'Null for the other agency.' })
  staffId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'adult-social-care' })
  purpose!: string | null;

  @ApiProperty({ enum: ['permit', 'permit-partial', 'deny'], example: 'permit' })
  decision!: string;

  @ApiProperty({ type: String, nullable: true, example: 'disclosed', description: 'What became of a permit.' })
  result!: string | null;
}

/** An exchange that an alert is about. */
export class JudgedExchange extends RecentExchangeAnswer {
  @ApiProperty({ example: 'northmoor-council-adult-care' })
  system!: string;

  @ApiProperty({ type: String, nullable: true, example: 'northmoor-nhs-trust/assessed-needs' })
  dataService!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  justification!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Where somebody authorised an override.' })
  overrideReason!: string | null;

  @ApiProperty({
    type: () => JudgedAgreement,
    nullable: true,
    example: { id: 'adult-care-assessed-needs', version: 1 },
  })
  agreement!: JudgedAgreement | null;

  @ApiProperty({ type: [String], example: ['PERMIT'] })
  reasonCodes!: readonly string[];

  @ApiProperty({ type: () => [JudgedItem] })
  items!: readonly JudgedItem[];

  @ApiProperty({
    example: `/v1/exchanges/${EXAMPLE_EXCHANGE}/explanation`,
    description: 'Where it is explained in plain English.',
  })
  explanation!: string;

  static of(exchange: ExchangeToJudge): JudgedExchange {
    return { ...exchange, explanation: `/v1/exchanges/${exchange.exchangeId}/explanation` };
  }
}

/** What was done on one day. */
class JudgedDay {
  @ApiProperty({ example: '2026-11-21', description: 'In UTC.' })
  day!: string;

  @ApiProperty({ example: 3 })
  lookups!: number;

  @ApiProperty({ example: 0 })
  refusals!: number;
}

/** What was done lately. */
export class JudgedHistory {
  @ApiProperty({ example: 28, description: 'Days that it covers, today included.' })
  days!: number;

  @ApiProperty({ example: 3 })
  lookups!: number;

  @ApiProperty({ example: 0, description: 'How many of them were refused.' })
  refusals!: number;

  @ApiProperty({ type: () => [JudgedDay], description: 'Days with any, the newest first.' })
  byDay!: readonly JudgedDay[];

  @ApiProperty({
    type: () => [RecentExchangeAnswer],
    description:
      'The first and the last of each such day, but for those that the alert is about; the newest first, at most 10.',
  })
  exchanges!: readonly RecentExchangeAnswer[];
}

/** Answer of `GET /v1/alerts/{id}`: with what is needed to judge it. */
export class AlertInFull extends AlertAnswer {
  @ApiProperty({
    type: () => [JudgedExchange],
    description: 'The newest first, at most 20. Empty where it is about none, or where they were erased.',
  })
  exchanges!: JudgedExchange[];

  @ApiProperty({
    type: () => JudgedHistory,
    nullable: true,
    example: {
      days: 28,
      lookups: 3,
      refusals: 0,
      byDay: [{ day: '2026-11-21', lookups: 3, refusals: 0 }],
      exchanges: [],
    },
    description: 'How often your agency asked, or was asked, about the same person. Null where it is not about one.',
  })
  person!: RecentHistory | null;

  @ApiProperty({
    type: () => JudgedHistory,
    nullable: true,
    example: {
      days: 28,
      lookups: 214,
      refusals: 2,
      byDay: [{ day: '2026-11-21', lookups: 214, refusals: 2 }],
      exchanges: [],
    },
    description: 'What the member of your staff asked. Null where it is not about one.',
  })
  staff!: RecentHistory | null;

  static ofJudged({ alert, exchanges, person, staff }: AlertToJudge): AlertInFull {
    return { ...membersOf(alert), exchanges: exchanges.map((one) => JudgedExchange.of(one)), person, staff };
  }
}

/** Answer of `GET /v1/alert-webhook`. */
export class AlertWebhook {
  @ApiProperty({
    example: 'whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
    description: 'Ed25519, as Standard Webhooks writes it; your agency’s messages are signed with it, and no other’s.',
  })
  publicKey!: string;

  @ApiProperty({ type: String, nullable: true, example: 'https://alerts.northmoor-council.example/gatehouse' })
  url!: string | null;

  @ApiProperty({ enum: AGENCY_ALERT_KINDS, isArray: true, example: ['lookups-above-usual'] })
  kinds!: readonly string[];
}
