/** After `npm pack`: our package.json again. */
import { restoreManifest } from './restore-manifest.ts';

restoreManifest();
