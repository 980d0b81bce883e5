/** Reads a log object in TypeScript, by zlib: the reference, and the way where there is no kernel. It notes no addresses. */
import { type ContentOutcome, readContent } from './gunzip.ts';
import type { IndicatorSet } from './indicator-set.ts';
import { LineChecker } from './line-checker.ts';
import type { ObjectReader } from './object-reader.ts';
import { RecordScanner } from './record-scanner.ts';

/** A reader with a buffer of its own: one object after the other. */
export function textReader(set: IndicatorSet): ObjectReader {
  const checker = new LineChecker(set);
  return {
    read: async (open, sink) => {
      const scanner = new RecordScanner(checker, sink.onCandidate);
      let told = 0;
      const onStep = (bytes: number): Promise<void> => {
        const fresh = scanner.counts.records - told;
        told = scanner.counts.records;
        return sink.onStep(bytes, fresh);
      };
      const push = (chunk: Uint8Array) => scanner.push(chunk);
      const content: ContentOutcome = await readContent(open, push, onStep).catch(sink.judgeUnread);
      scanner.finish(content === 'whole' || content === 'plain');
      await onStep(0);
      return { content, format: scanner.format, counts: scanner.counts };
    },
  };
}
