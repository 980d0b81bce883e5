/** What Publish stands on, in memory, as the services behave: a store that enforces versions, a hub, a topic. For tests only. */
import type { AsffFinding } from '../../src/core/asff.ts';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import { foldFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { toFindingId } from '../../src/core/finding-id.ts';
import { emptyVotes } from '../../src/core/initiator.ts';
import type { NoticeRules } from '../../src/core/notice-rules.ts';
import type { OutboxMark, Publication } from '../../src/core/publication.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { Tally } from '../../src/core/sighting.ts';
import type { FindingsService, ImportOutcome, Notification, Notifier, ObjectStore } from '../../src/ports.ts';
import { type PublishInput, type PublishOutput, publish } from '../../src/tasks/publish.ts';
import { openMemoryStore, type Tick } from '../property/memory-store.ts';
import { makeTally, makeTwoWayTally } from './tallies.ts';

export type { Tick };

export const SETTINGS = {
  ...{ accountId: '444455556666', partition: 'aws', region: 'us-east-1' },
  publishFrom: 'MEDIUM',
} as const;

/** A finding about 10.0.0.<host> of this severity; `records` makes its content another. */
export function makeFinding(host: number, severity: Severity, records = 0): Finding {
  const localIp = `10.0.0.${host}`;
  const more: Partial<Tally> = { localIp, recordsOut: 10 + records, acceptedOut: 10 + records };
  const blocked = { localIp, votes: { ...emptyVotes(), synIndicator: 9 } };
  const tallies: Record<Severity, Tally> = {
    INFORMATIONAL: makeTally({ ...blocked, recordsIn: 5 + records, rejectedIn: 5 + records }),
    LOW: makeTally({ localIp }),
    MEDIUM: makeTally({
      localIp,
      recordsOut: 3 + records,
      rejectedOut: 3 + records,
      votes: { ...emptyVotes(), synLocal: 3 },
    }),
    HIGH: makeTwoWayTally(more),
    CRITICAL: makeTwoWayTally({ ...more, bytesOut: 30_000_000n }),
  };
  const tally = tallies[severity];
  return { ...foldFindings([tally]).findings[0]!, finding_id: toFindingId(tally) };
}

/** The objects, whoever looks at them. */
export type World = {
  readonly objects: Map<string, string>;
  readonly hub: {
    readonly findings: Map<string, AsffFinding>;
    /** Each that it took, in order. */
    readonly imports: AsffFinding[];
    state: 'on' | 'disabled' | 'refusing' | 'failing' | 'losing answers';
  };
  readonly topic: {
    readonly messages: Notification[];
    /** The clock of the run that sent each of them. */
    readonly sentAt: string[];
    state: 'on' | 'failing' | 'losing answers';
  };
};

export function makeWorld(): World {
  return {
    objects: new Map(),
    hub: { findings: new Map(), imports: [], state: 'on' },
    topic: { messages: [], sentAt: [], state: 'on' },
  };
}

/** The version is the text's, as an ETag is: putting the same text again is not seen. */
export function openStore({ objects }: World, tick: Tick = async () => {}): ObjectStore {
  return openMemoryStore(objects, tick);
}

/** Security Hub: an update that is not newer is ignored and still counted as a success. */
export function openHub({ hub }: World, tick: Tick = async () => {}): FindingsService {
  const take = (document: AsffFinding): ImportOutcome => {
    const id = document.Id;
    if (hub.state === 'disabled') return { id, outcome: 'disabled', reason: 'InvalidAccess' };
    if (hub.state === 'refusing') return { id, outcome: 'refused', reason: 'InvalidInput' };
    const known = hub.findings.get(id);
    hub.imports.push(document);
    if (known === undefined || known.UpdatedAt < document.UpdatedAt) hub.findings.set(id, document);
    return { id, outcome: 'imported' };
  };
  return {
    async importFindings(documents) {
      await tick();
      if (hub.state === 'failing') throw new Error('hub: internal error');
      const outcomes = documents.map((document) => take(fromJson<AsffFinding>(toJson(document))));
      if (hub.state === 'losing answers') throw new Error('hub: timed out');
      await tick();
      return outcomes;
    },
  };
}

export function openTopic({ topic }: World, tick: Tick = async () => {}, clock = ''): Notifier {
  return {
    async notify(notification) {
      await tick();
      if (topic.state === 'failing') throw new Error('topic: internal error');
      topic.messages.push(notification);
      topic.sentAt.push(clock);
      if (topic.state === 'losing answers') throw new Error('topic: timed out');
      await tick();
    },
  };
}

/** Publish in this world, all services there. */
export function publishIn(
  world: World,
  input: PublishInput,
  tick?: Tick,
  notices?: NoticeRules,
): Promise<PublishOutput> {
  const notifier = openTopic(world, tick, input.clock);
  const ports = { store: openStore(world, tick), findings: openHub(world, tick), notifier };
  return publish(input, ports, { ...SETTINGS, notices });
}

/** What Collect leaves: a mark before each finding, the finding or none, and the changes. */
export async function collectInto(
  world: World,
  { execution, at, findings = [], withdrawn = [] }: Collected,
  tick?: Tick,
): Promise<string> {
  const store = openStore(world, tick);
  const changes = { opened: [] as Finding[], updated: [] as Finding[], withdrawn: [] as Finding[] };
  const write = async (finding: Finding, text: string | undefined) => {
    const key = `findings/${finding.finding_id}.json`;
    for (;;) {
      const before = await store.read(key);
      if (text === before?.text) return;
      const mark: OutboxMark = { finding_id: finding.finding_id, execution, at };
      await store.put(`outbox/${finding.finding_id}.json`, toJson(mark));
      const isWritten = text
        ? await store.replace(key, text, before?.version)
        : await store.remove(key, before?.version);
      const kind = text === undefined ? 'withdrawn' : before === undefined ? 'opened' : 'updated';
      if (isWritten) changes[kind].push(finding);
      if (isWritten) return;
    }
  };
  for (const finding of findings) await write(finding, toJson(finding));
  for (const finding of withdrawn) await write(finding, undefined);
  const key = `runs/${execution}/changes.json`;
  await store.put(key, toJson(changes));
  return key;
}

export type Collected = {
  readonly execution: string;
  readonly at: string;
  readonly findings?: readonly Finding[];
  readonly withdrawn?: readonly Finding[];
};

export function publicationOf({ objects }: World, { finding_id }: Finding): Publication {
  return fromJson<Publication>(objects.get(`publications/${finding_id}.json`) ?? 'null');
}

export function outboxOf({ objects }: World): string[] {
  return [...objects.keys()].filter((key) => key.startsWith('outbox/'));
}
