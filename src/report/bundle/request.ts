/** What a bundle is asked to hold. */
import type { Finding } from '../../core/finding-document.ts';
import type { Sighting } from '../../core/sighting-document.ts';

/** A text that queries were made of, and its place below `sql/`. */
export type SqlText = { readonly path: string; readonly text: string };

export type BundleRequest = {
  /** Severest first. */
  readonly findings: readonly Finding[];
  readonly sightings: readonly Sighting[];
  /** All that the store has, or only what these findings rest on. */
  readonly isWhole: boolean;
  /** Of Flowhound. */
  readonly version: string;
  readonly sql: readonly SqlText[];
};
