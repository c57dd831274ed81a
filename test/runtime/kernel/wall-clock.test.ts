import { expect, test } from "vitest";
import { WallClock } from "../../../src/runtime/kernel/wall-clock.ts";

/** Clocks that the test turns, in nanoseconds. */
function clocks() {
  const hands = { monotonic: 5_000_000_000n, wall: 1_700_000_000_000_000_000n };
  let readings = 0;
  const clock = new WallClock(
    () => {
      readings++;
      return { ...hands };
    },
    () => ({ ...hands }),
  );
  const pass = (monotonic: bigint, wall = monotonic) => {
    hands.monotonic += monotonic;
    hands.wall += wall;
  };
  return { clock, hands, pass, readings: () => readings };
}

test("one reading is enough while nobody sets the clock", () => {
  const { clock, pass, readings } = clocks();
  const first = clock.reading;
  pass(3_600_000_000_000n, 3_600_000_900_000n);
  expect(clock.refresh()).toBe(false);
  expect(clock.reading).toBe(first);
  expect(readings()).toBe(1);
});

test.each([2_000_000_000n, -86_400_000_000_000n])("a step of %s ns is followed", (step) => {
  const { clock, hands, pass } = clocks();
  pass(1_000_000_000n, 1_000_000_000n + step);
  expect(clock.refresh()).toBe(true);
  expect(clock.reading).toEqual(hands);
  expect(clock.refresh()).toBe(false);
});

test("the machine's own clocks agree with Date", () => {
  const { monotonic, wall } = new WallClock().reading;
  const now = wall + (process.hrtime.bigint() - monotonic);
  expect(Math.abs(Number(now / 1_000_000n) - Date.now())).toBeLessThan(100);
});
