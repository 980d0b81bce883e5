/** One section from its plan to its result. */
import { type Clocked, interleave } from './interleave.ts';
import type { SectionResult } from './judge.ts';
import type { Section, Stage } from './sections/section.ts';

export async function runSection(
  name: SectionResult['section'],
  section: Section,
  stage: Stage,
  stopwatch: Clocked['stopwatch'],
): Promise<SectionResult> {
  const say = (text: string): void => stage.say(`${name}: ${text}`);
  const { about, rounds, entries, sizes = [] } = await section.plan({ ...stage, say });
  const absences = new Map<string, string>();
  for (const { engine } of entries) {
    const absence = engine.absence();
    if (absence !== undefined) absences.set(engine.name, absence);
  }
  const present = entries.filter(({ engine }) => !absences.has(engine.name));
  for (const [engine, absence] of absences) say(`without ${engine}: ${absence}`);
  const date = new Date().toISOString().slice(0, 10);
  const outcomes = interleave(present, rounds, { stopwatch, scratch: stage.scratch, say });
  const left = [...absences].map(([engine, absence]) => `${engine} (${absence})`);
  return { section: name, title: section.title, about, date, rounds, outcomes, sizes, absences: left };
}
