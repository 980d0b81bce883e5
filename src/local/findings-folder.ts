/** Publisher of one machine: each finding is a file under findings/; a withdrawn one is gone. */
import { toJson } from '../core/exact-json.ts';
import type { ObjectStore, Publisher } from '../ports.ts';

export function openFindingsFolder(store: ObjectStore): Publisher {
  return {
    async publish({ opened, updated, withdrawn }) {
      for (const finding of [...opened, ...updated]) {
        await store.put(`findings/${finding.finding_id}.json`, `${toJson(finding, 2)}\n`);
      }
      for (const id of withdrawn) await store.remove(`findings/${id}.json`);
    },
  };
}
