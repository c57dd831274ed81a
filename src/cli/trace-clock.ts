import { type Clock, resettableClock } from "../runtime/clock.ts";
import { WallClock } from "../runtime/kernel/wall-clock.ts";

/** Steps of the wall clock are looked for this often. */
const CLOCK_MS = 1000;

/** The clock of a running trace, which follows steps of the wall clock until it is stopped. */
export function traceClock(): {
  readonly clock: Clock;
  readonly reading: () => WallClock["reading"];
  readonly stop: () => void;
} {
  const wall = new WallClock();
  const clock = resettableClock(wall.reading);
  const timer = setInterval(() => {
    if (wall.refresh()) clock.reset(wall.reading);
  }, CLOCK_MS);
  return { clock, reading: () => wall.reading, stop: () => clearInterval(timer) };
}
