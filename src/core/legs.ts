/**
 * Which host a leg belongs to. One stream is seen on several interfaces: the instance's own, the near and the far side of a
 * NAT gateway, a transit gateway's. All of them are legs of the inner host.
 *
 * - The near side of a NAT gateway and a transit gateway keep the host's address at packet level: same address, same host.
 * - The far side of a NAT gateway carries the gateway's address at every level. It is known by the near side: on the same
 *   interface another host reached the same indicator through that address. Its traffic is that of all hosts behind it.
 * - A gateway may log in an account of its own. A leg without an instance is the host's of another account, if in the same
 *   region exactly one account has an instance with that address and that indicator. Where several have, who is meant
 *   cannot be told, and the leg stays where it was logged.
 */
import { toHostKey } from './finding-id.ts';
import type { Tally } from './sighting.ts';

export type HostLegs = { readonly own: Tally[]; readonly outer: Tally[] };

export type LegsByHost = {
  /** Host key → its legs. */
  readonly hosts: ReadonlyMap<string, HostLegs>;
  /** Keys of the hosts that a leg belongs to: several for the far side of a gateway. */
  readonly hostsOf: (tally: Tally) => readonly string[];
};

/** Groups tallies by the hosts they are about. */
export function groupLegs(tallies: readonly Tally[]): LegsByHost {
  const homes = findHomes(tallies);
  const toKey = (tally: Tally) => toHostKey({ ...tally, accountId: homes.get(toLegKey(tally)) ?? tally.accountId });
  const outerLegs = findOuterLegs(tallies, toKey);
  const hosts = new Map<string, HostLegs>();
  for (const tally of tallies) {
    const inner = outerLegs.get(toLegKey(tally));
    for (const key of inner ?? [toKey(tally)]) {
      const host = hosts.get(key) ?? { own: [], outer: [] };
      host[inner === undefined ? 'own' : 'outer'].push(tally);
      hosts.set(key, host);
    }
  }
  return { hosts, hostsOf: (tally) => outerLegs.get(toLegKey(tally)) ?? [toKey(tally)] };
}

/** Leg → the account of the one instance with its address, where that is another than the leg's. */
function findHomes(tallies: readonly Tally[]): Map<string, string> {
  const byAddress = Map.groupBy(tallies, ({ indicator, region, localIp, month }) =>
    [indicator, region, localIp, month].join(' '),
  );
  const homes = new Map<string, string>();
  for (const legs of byAddress.values()) {
    const accounts = new Set(
      legs.filter(({ instanceIds }) => instanceIds.length > 0).map(({ accountId }) => accountId),
    );
    if (accounts.size !== 1) continue;
    const [home] = accounts;
    for (const leg of legs) if (leg.accountId !== home) homes.set(toLegKey(leg), home!);
  }
  return homes;
}

/** Leg that is the far side of a gateway → the hosts behind it. */
function findOuterLegs(tallies: readonly Tally[], toKey: (tally: Tally) => string): Map<string, string[]> {
  const toInterfaceKey = (tally: Tally) =>
    [tally.indicator, tally.accountId, tally.region, tally.interfaceId, tally.month].join(' ');
  const nearSides = Map.groupBy(
    tallies.filter((tally) => tally.via.length > 0 && tally.interfaceId !== '-'),
    toInterfaceKey,
  );
  const candidates = new Map<string, Tally[]>();
  for (const tally of tallies) {
    const inner = nearSides
      .get(toInterfaceKey(tally))
      ?.filter((near) => near.localIp !== tally.localIp && near.via.includes(tally.localIp));
    if (inner !== undefined && inner.length > 0) candidates.set(toLegKey(tally), inner);
  }
  // Two hosts that each seem to be the other's gateway are just two hosts.
  const outer = [...candidates].map(
    ([leg, inner]) => [leg, inner.filter((near) => !candidates.has(toLegKey(near)))] as const,
  );
  return new Map(outer.filter(([, inner]) => inner.length > 0).map(([leg, inner]) => [leg, inner.map(toKey)]));
}

function toLegKey(tally: Tally): string {
  return `${toHostKey(tally)} ${tally.interfaceId}`;
}
