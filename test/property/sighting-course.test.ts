/** How a sighting ran over time adds up to the same in any order, any grouping and any form of storage, and stays small. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJson, toJson } from '../../src/core/exact-json.ts';
import type { Match } from '../../src/core/match.ts';
import { addToCourse, type Course, emptyCourse, mergeCourse, settleCourse } from '../../src/core/sighting-course.ts';
import { MIDNIGHT, makeMatch } from '../unit/tallies.ts';
import { runs } from './runs.ts';

const DAY = 86_400;

const MATCH: fc.Arbitrary<Match> = fc
  .record({
    direction: fc.constantFrom('out' as const, 'in' as const),
    start: fc.option(fc.integer({ min: MIDNIGHT - 4000, max: MIDNIGHT + 4000 }), { freq: 6 }),
    lasts: fc.option(fc.integer({ min: -60, max: 700 }), { freq: 6 }),
    bytes: fc.constantFrom(0n, 40n, 2n ** 53n + 1n),
    protocol: fc.constantFrom(6, 17, null),
    localPort: fc.constantFrom(49_152, 49_153, null),
    indicatorIps: fc.constantFrom(['203.0.113.7'], ['2001:db8:77::1']),
    action: fc.constantFrom('ACCEPT', 'REJECT', null),
    tcpFlags: fc.constantFrom(0, 2, 18, null),
  })
  .map(({ lasts, ...parts }) =>
    makeMatch({ ...parts, end: lasts === null ? null : (parts.start ?? MIDNIGHT) + lasts }),
  );

function courseOf(matches: readonly Match[]): Course {
  const course = emptyCourse();
  for (const match of matches) addToCourse(course, match);
  return course;
}

function merged(...parts: readonly Course[]): Course {
  const sum = emptyCourse();
  for (const part of parts) mergeCourse(sum, part);
  return sum;
}

const textOf = (course: Course) => toJson(settleCourse(course));
const stored = (course: Course) => fromJson<Course>(toJson(course));

describe('a course', () => {
  it('does not depend on order, grouping or storage', () => {
    const some = fc.array(MATCH, { maxLength: 30 });
    fc.assert(
      fc.property(some, some, some, fc.nat(90), (a, b, c, at) => {
        const all = [...a, ...b, ...c];
        const whole = textOf(courseOf(all));
        const [x, y, z] = [a, b, c].map(courseOf) as [Course, Course, Course];
        expect(textOf(courseOf([...all.slice(at), ...all.slice(0, at)].reverse()))).toBe(whole);
        expect(textOf(merged(merged(x, y), z))).toBe(whole);
        expect(textOf(merged(x, merged(y, z)))).toBe(whole);
        expect(textOf(merged(z, stored(y), stored(settleCourse(x))))).toBe(whole);
      }),
      runs(200),
    );
  });

  it('settled is settled, and nothing merged into it leaves it alone', () => {
    fc.assert(
      fc.property(fc.array(MATCH, { maxLength: 30 }), (matches) => {
        const course = settleCourse(courseOf(matches));
        expect(toJson(settleCourse(course))).toBe(toJson(course));
        expect(textOf(merged(course, emptyCourse()))).toBe(toJson(course));
        const before = toJson(course);
        merged(course, courseOf(matches));
        expect(toJson(course)).toBe(before);
      }),
      runs(200),
    );
  });

  it('counts every record that has a time once', () => {
    fc.assert(
      fc.property(fc.array(MATCH, { maxLength: 30 }), (matches) => {
        const { hours, days } = courseOf(matches);
        const timed = matches.filter(({ start, end }) => start !== null || end !== null);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(Object.values(hours).map(({ records }) => records))).toBe(timed.length);
        expect(sum(Object.values(days).map(({ recordsOut, recordsIn }) => recordsOut + recordsIn))).toBe(timed.length);
      }),
      runs(100),
    );
  });
});

describe('however much there is', () => {
  const busy = Array.from({ length: 30_000 }, (_, i) =>
    makeMatch({ start: MIDNIGHT + i * 60, end: MIDNIGHT + i * 60 + 5, localPort: 1024 + (i % 60_000), tcpFlags: 2 }),
  );

  it('it keeps a month of hours, the latest contacts and a sample of connections', () => {
    const course = settleCourse(courseOf(busy));
    expect(Object.keys(course.hours)).toHaveLength(500);
    expect(course.contacts).toHaveLength(2016);
    expect(course.contacts.at(-1)).toBe(busy.at(-1)!.start);
    expect(course.contacts[0]).toBe(busy.at(-2016)!.start);
    expect(Object.keys(course.connections)).toHaveLength(256);
  });

  it('the same in any grouping', () => {
    const whole = textOf(courseOf(busy));
    const parts = Array.from({ length: 30 }, (_, i) => courseOf(busy.slice(i * 1000, (i + 1) * 1000)));
    expect(textOf(merged(...parts.toReversed()))).toBe(whole);
    expect(textOf(merged(...parts.map((part) => stored(settleCourse(part)))))).toBe(whole);
  });
});

it('contacts are connections that the host opens; of records without flags all count', () => {
  const contactsOf = (...matches: readonly Match[]) => courseOf(matches).contacts.map((second) => second - MIDNIGHT);
  const long = [0, 60, 120].map((at, i) => makeMatch({ start: MIDNIGHT + at, tcpFlags: i === 0 ? 2 : 0 }));
  expect(contactsOf(...long)).toEqual([0]);
  expect(contactsOf(...long.map((match) => ({ ...match, tcpFlags: null })))).toEqual([0, 60, 120]);
  expect(contactsOf(...long.map((match) => ({ ...match, protocol: 17, tcpFlags: 0 })))).toEqual([0, 60, 120]);
  expect(contactsOf(makeMatch({ tcpFlags: 18 }), makeMatch({ direction: 'in', tcpFlags: 2 }))).toEqual([]);
  expect(contactsOf(makeMatch({ tcpFlags: 3 }))).toEqual([0]);
});

it('records of one connection are one span, until its ports are used anew', () => {
  const at = (start: number, end: number) => makeMatch({ start: MIDNIGHT + start, end: MIDNIGHT + end });
  const key = '6/49152/443/203.0.113.7';
  const spansOf = (...matches: readonly Match[]) =>
    courseOf(matches).connections[key]!.map(([first, last]) => [first - MIDNIGHT, last - MIDNIGHT]);
  expect(spansOf(at(1200, 1800), at(0, 600), at(600, 1190))).toEqual([[0, 1800]]);
  expect(spansOf(at(0, 60), at(720, 780), at(1441, 1500))).toEqual([
    [0, 780],
    [1441, 1500],
  ]);
  expect(spansOf(at(60, 0))).toEqual([[0, 60]]);
  expect(Object.keys(courseOf([at(0, DAY + 5)]).days)).toEqual(['2026-09-02']);
});
