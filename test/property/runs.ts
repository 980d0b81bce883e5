/** How many random cases a property takes: FLOWHOUND_RUNS for a night, else what keeps its file under some 20 s. */
export function runs(usual: number): { numRuns: number } {
  const wanted = Number(process.env.FLOWHOUND_RUNS);
  return { numRuns: Number.isInteger(wanted) && wanted > 0 ? wanted : usual };
}
