import { describe, expect, test } from "vitest";
import { clock, readClocks, resettableClock } from "../../src/runtime/clock.ts";

/** The clock of a machine that has been up for `monotonic` when it is `wall`. */
const iso = (monotonic: bigint, wall: bigint, event: bigint): string =>
  clock(monotonic, wall).iso(Number(event & 0xffff_ffffn), Number(event >> 32n));

const NOON = 1_767_355_200_000_000_000n; // 2026-01-02T12:00:00Z

describe("the wall clock of an event", () => {
  test.each<[string, bigint, bigint, string]>([
    ["at the base", 5n, 5n, "2026-01-02T12:00:00.000000000Z"],
    ["a nanosecond later", 5n, 6n, "2026-01-02T12:00:00.000000001Z"],
    ["before the base", 5_000_000_000n, 4_999_999_999n, "2026-01-02T11:59:59.999999999Z"],
    ["over midnight", 0n, 43_200_000_000_000n, "2026-01-03T00:00:00.000000000Z"],
    ["where the halves of the number meet", 2n ** 32n - 1n, 2n ** 32n + 1n, "2026-01-02T12:00:00.000000002Z"],
    [
      "after 200 days of uptime, where doubles are not exact",
      2n ** 54n + 1n,
      2n ** 54n + 4n,
      "2026-01-02T12:00:00.000000003Z",
    ],
  ])("%s", (_, monotonic, event, text) => {
    expect(iso(monotonic, NOON, event)).toBe(text);
  });

  test("nanoseconds of the base count", () => {
    expect(iso(0n, NOON + 999_999_999n, 1n)).toBe("2026-01-02T12:00:01.000000000Z");
  });

  test("time of day in the table has microseconds", () => {
    expect(clock(0n, NOON).time(1_234_567, 0)).toMatch(
      /^\d\d:00:00\.001234$|^\d\d:30:00\.001234$|^\d\d:45:00\.001234$/,
    );
  });

  test("a reset clock goes on from the new readings", () => {
    const c = resettableClock({ monotonic: 0n, wall: NOON });
    c.reset({ monotonic: 0n, wall: NOON + 3_600_000_000_000n });
    expect(c.iso(0, 0)).toBe("2026-01-02T13:00:00.000000000Z");
  });

  test("both clocks are read at one moment", () => {
    const one = readClocks();
    const two = readClocks();
    const drift = two.wall - one.wall - (two.monotonic - one.monotonic);
    expect(Number(drift < 0n ? -drift : drift)).toBeLessThan(5_000_000);
  });
});
