/**
 * Publishing under whatever may happen to it: executions in any order and at the same time, repeated, with wrong clocks,
 * ended at any await, with services that refuse, fail or lose their answers.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AsffFinding, toAsff } from '../../src/core/asff.ts';
import { fromJson } from '../../src/core/exact-json.ts';
import type { Finding } from '../../src/core/finding-document.ts';
import { toContent } from '../../src/core/publication.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../../src/core/severity.ts';
import { makeFinding, outboxOf, SETTINGS, type World } from '../unit/publishing-world.ts';
import { History, HOUR, rounds } from './publish-history.ts';
import { runs } from './runs.ts';

const HOSTS = [1, 2];

function findingOf({ objects }: World, host: number): Finding | undefined {
  return fromJson<Finding | undefined>(objects.get(`findings/${idOf(host)}.json`) ?? 'null') ?? undefined;
}

function idOf(host: number): string {
  return makeFinding(host, 'HIGH').finding_id;
}

function documentOf({ hub }: World, host: number): AsffFinding | undefined {
  return hub.findings.get(`flowhound/${idOf(host)}`);
}

/** Severities notified about the host, in order. */
function notifiedOf({ topic }: World, host: number): Severity[] {
  const ids = topic.messages.map(({ id }) => id.split(':')).filter(([id]) => id === idOf(host));
  return ids.map(([, severity]) => severity as Severity);
}

const said = (world: World) => [world.hub.imports.length, world.topic.messages.length];

describe('whatever happens to it', () => {
  it('in the end people were told and the hub has the newest, and nothing is left to say', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(true), async (rounds) => {
        const history = new History();
        await history.play(rounds);
        await history.comeToRest();
        const { world } = history;
        for (const host of HOSTS) {
          const finding = findingOf(world, host);
          const document = documentOf(world, host);
          const isDue = finding !== undefined && isAtLeast(finding.severity, SETTINGS.publishFrom);
          if (isDue)
            expect(notifiedOf(world, host).some((severity) => isAtLeast(severity, finding.severity))).toBe(true);
          if (isDue) expect(document).toBeDefined();
          if (document === undefined) continue;
          if (finding === undefined) expect(document.RecordState).toBe('ARCHIVED');
          else expect(toContent(document)).toBe(toContent(toAsff(finding, SETTINGS, document.UpdatedAt)));
        }
        expect(outboxOf(world)).toEqual([]);
        // A run that ended between claim and delivery left a doubt about what the hub has; whoever looks next removes it.
        await history.repeatAll();
        const before = said(world);
        await history.repeatAll();
        await history.comeToRest();
        expect(said(world)).toEqual(before);
      }),
      runs(500),
    );
  });

  it('no notification has two ids, none is below the threshold, and no two updates have one time', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(true), async (rounds) => {
        const history = new History();
        await history.play(rounds);
        await history.comeToRest();
        const { topic, hub } = history.world;
        for (const { id, attributes } of topic.messages) {
          expect(id).toBe(`${attributes.finding_id}:${attributes.severity}`);
          expect(isAtLeast(attributes.severity as Severity, SETTINGS.publishFrom)).toBe(true);
        }
        const contents = new Map<string, string>();
        for (const document of hub.imports) {
          const version = `${document.Id} ${document.UpdatedAt}`;
          expect(contents.get(version) ?? toContent(document)).toBe(toContent(document));
          contents.set(version, toContent(document));
          expect(document.CreatedAt <= document.UpdatedAt).toBe(true);
        }
        expect(contents.size).toBe(hub.imports.length);
        const created = Map.groupBy(hub.imports, ({ Id }) => Id).values();
        for (const imports of created) expect(new Set(imports.map(({ CreatedAt }) => CreatedAt)).size).toBe(1);
      }),
      runs(300),
    );
  });
});

describe('where nothing goes wrong', () => {
  it('each message is sent once, however many run at the same time, and updates are no more than changes, and never hasty', async () => {
    await fc.assert(
      fc.asyncProperty(rounds(false), async (rounds) => {
        const history = new History();
        await history.play(rounds);
        await history.comeToRest();
        const { topic, hub } = history.world;
        const before = said(history.world);
        await history.repeatAll();
        await history.comeToRest();
        expect(said(history.world)).toEqual(before);
        expect(outboxOf(history.world)).toEqual([]);
        expect(new Set(topic.messages.map(({ id }) => id)).size).toBe(topic.messages.length);
        for (const host of HOSTS) {
          const imports = hub.imports.filter(({ Id }) => Id === `flowhound/${idOf(host)}`);
          const executions = rounds.flatMap(({ actors }) => actors).filter((actor) => actor.kind === 'execution');
          expect(imports.length).toBeLessThanOrEqual(executions.filter((execution) => execution.host === host).length);
          const newestFirst = imports.toSorted((a, b) => (a.UpdatedAt < b.UpdatedAt ? 1 : -1));
          for (const [at, document] of newestFirst.slice(0, -1).entries()) {
            const before = newestFirst[at + 1]!;
            const isHasty = Date.parse(document.UpdatedAt) - Date.parse(before.UpdatedAt) < HOUR * 60_000;
            if (isHasty) expect(rank(document)).toBeGreaterThan(rank(before));
          }
        }
      }),
      runs(500),
    );
  });
});

function rank({ RecordState, FindingProviderFields }: AsffFinding): number {
  return RecordState === 'ARCHIVED' ? -1 : SEVERITIES.indexOf(FindingProviderFields.Severity.Label);
}
