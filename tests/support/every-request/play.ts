import { needsPermission, type Answer, type Call } from '../gateway.js';
import { makePerson, PERSON_RECORD, recordOf, subjectOf, type Person } from '../person-record.js';
import type { SuppliedGateway } from '../supplied-gateway.js';
import { json, type Answer as SupplierAnswer } from '../supplier-stub.js';

/** What came of playing every kind of request. */
export interface Played {
  readonly people: readonly Person[];
  /** Values that stand where no person's value belongs, with what they are. */
  readonly words: ReadonlyMap<string, string>;
  /** Values as names of members that no body has. */
  readonly memberNames: readonly string[];
  /** How each request ended: a reason code, a problem's code, or the status. */
  readonly endings: readonly string[];
  /** Requests that ended otherwise than they were meant to. */
  readonly unexpected: readonly string[];
  /** What callers were told, without the data that was disclosed to them. */
  readonly said: Readonly<Record<string, string>>;
  readonly disclosed: string;
  readonly exchangeIds: readonly string[];
}

/** Makes people up, asks about them, and keeps what the callers were told. */
export class Play {
  private readonly people: Person[] = [];
  private readonly words = new Map<string, string>();
  private readonly memberNames: string[] = [];
  private readonly endings: string[] = [];
  private readonly unexpected: string[] = [];
  private readonly said: Record<string, string> = {};
  private readonly exchangeIds: string[] = [];
  private disclosed = '';

  constructor(
    readonly gateway: SuppliedGateway,
    readonly council: Call,
  ) {}

  result(): Played {
    const { people, words, memberNames, endings, unexpected, said, disclosed, exchangeIds } = this;
    return { people, words, memberNames, endings, unexpected, said, disclosed, exchangeIds };
  }

  somebody(): Person {
    const person = makePerson();
    this.people.push(person);
    this.holds(person, json(recordOf(person)));
    return person;
  }

  word(label: string): string {
    const word = makePerson().surname.toLowerCase();
    this.note(word, label);
    return word;
  }

  /** Keeps a value that no person of the play has, to be searched for. */
  note(value: string, label: string): void {
    this.words.set(value, label);
  }

  /** A name that a member could have. The answer points at the member, so it tells the caller its own name back. */
  memberName(): string {
    const name = makePerson().surname;
    this.memberNames.push(name);
    return name;
  }

  holds(person: Person, answer: SupplierAnswer): void {
    this.gateway.holds.set(person.nhsNumber, answer);
  }

  async withPermission(change: object = {}): Promise<Person> {
    const person = this.somebody();
    this.expect('201', await this.council('POST', '/v1/permissions', { ...this.permission(person), ...change }));
    return person;
  }

  permission(person: Person): object {
    return needsPermission(person.nhsNumber, { items: [`${PERSON_RECORD}#*`], subject: subjectOf(person) });
  }

  query(person: Person, change: object = {}): object {
    return {
      dataService: PERSON_RECORD,
      purpose: 'adult-social-care',
      subject: subjectOf(person),
      dataItems: ['identity', 'address', 'notes'],
      caseReference: person.caseReference,
      requestedBy: { staffId: 'sw-4711', role: 'social-worker' },
      ...change,
    };
  }

  ask(person: Person, change: object = {}): Promise<Answer> {
    return this.council('POST', '/v1/queries', this.query(person, change));
  }

  async plain(target: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.gateway.publicUrl}${target}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
  }

  /** Keeps what the caller was told, and how the request ended. */
  expect(ending: string, answer: Answer): void {
    const { data, ...rest } = answer.body;
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
    this.said[`answer ${this.endings.length} (${ending})`] = [JSON.stringify(rest), ...headers].join('\n');
    this.disclosed += data === undefined ? '' : JSON.stringify(data);
    const { decision, code, error, exchangeId } = answer.body as {
      decision?: { outcome: string; reasonCodes: string[] };
      code?: string;
      error?: string;
      exchangeId?: string;
    };
    if (exchangeId !== undefined) this.exchangeIds.push(exchangeId);
    const outcome = answer.status === 200 && decision ? ` ${decision.outcome}` : '';
    const endings =
      answer.status < 300 ? [`${answer.status}${outcome}`] : (decision?.reasonCodes ?? [code ?? error ?? '']);
    this.endings.push(...(endings.includes(ending) ? [ending] : endings));
    if (!endings.includes(ending)) this.unexpected.push(`${ending}: ${answer.status} ${endings.join(' ')}`);
  }
}
