/** A case file → one HTML page that needs nothing else: it reads as a letter, top to bottom, with no script at all. */
import { readAssets } from './assets.ts';
import type { CaseFile } from './case-file.ts';
import { renderConversations } from './conversations.ts';
import { toCoverage } from './coverage.ts';
import { renderCoverage } from './coverage-section.ts';
import { renderEvidence } from './evidence-section.ts';
import { type NextSteps, renderFindings } from './finding-cards.ts';
import { renderHostTraffic } from './host-traffic.ts';
import { html } from './html.ts';
import { renderIndicators } from './indicator-section.ts';
import { renderMethod } from './method-section.ts';
import { renderPeers } from './peers.ts';
import { renderSightings } from './sighting-section.ts';
import { toTimeAxis } from './time-axis.ts';
import { renderTimeline } from './timeline.ts';
import { renderVerdict } from './verdict.ts';

const SECTIONS = [
  ['findings', 'Findings'],
  ['timeline', 'Timeline'],
  ['conversations', 'Who'],
  ['traffic', 'Bytes'],
  ['peers', 'Peers'],
  ['indicators', 'Indicators'],
  ['sightings', 'Sightings'],
  ['evidence', 'Evidence'],
  ['coverage', 'Coverage'],
  ['method', 'Method'],
] as const;

/** The text of the page. */
export function renderPage(file: CaseFile, next: NextSteps = () => []): string {
  const { policy, style, scripts } = readAssets();
  const coverage = toCoverage(file.runs, file.objects);
  const axis = toTimeAxis(file.findings);
  const { findings } = file;
  const main = html`<main id="main">
${renderVerdict(file, coverage)}
${renderFindings(findings, axis, next)}
${renderTimeline(findings, axis)}
${renderConversations(findings)}
${renderHostTraffic(findings, axis)}
${renderPeers(file)}
${renderIndicators(findings)}
${renderSightings(file.sightings)}
${renderEvidence(file)}
${renderCoverage(file, coverage)}
${renderMethod(file)}
</main>`;
  const sections = SECTIONS.filter(([id]) => main.text.includes(`<section id="${id}"`));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Flowhound report, ${file.writtenAt.toISOString().slice(0, 10)}</title>
${style}
</head>
<body>
<a class="skip" href="#main">To the report</a>
<nav aria-label="Sections"><ul>${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<search class="tools" data-tools hidden></search>
${main}
${scripts}
</body>
</html>
`.text;
}
