/** Several sources one after the other, while the next ones are already asked for their first item. */

/** The items of all sources in their order; of at most `most` sources the first item is under way or waiting. */
export async function* readAhead<Source, Item>(
  most: number,
  sources: readonly Source[],
  open: (source: Source) => AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  const ahead: { items: AsyncGenerator<Item>; first: Promise<IteratorResult<Item>> }[] = [];
  let next = 0;
  while (ahead.length > 0 || next < sources.length) {
    while (ahead.length < most && next < sources.length) {
      const items = open(sources[next++]!);
      const first = items.next();
      first.catch(() => {}); // it is told when its turn comes, if it comes
      ahead.push({ items, first });
    }
    const { items, first } = ahead.shift()!;
    const { done, value } = await first;
    if (done) continue;
    yield value;
    yield* items;
  }
}
