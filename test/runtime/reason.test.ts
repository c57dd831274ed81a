import { describe, expect, it } from "vitest";
import type { Btf } from "../../src/compiler/btf/btf.ts";
import { reasonType } from "../../src/runtime/decode/reason.ts";
import { formatOf } from "../../src/runtime/format.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

/** A module with one enumeration. */
const module = (name: string, values: Readonly<Record<string, bigint>>): Btf =>
  ({
    find: (kind: string, wanted: string) =>
      kind === "enum" && wanted === name
        ? { kind, values: Object.entries(values).map(([of, value]) => ({ name: of, value })) }
        : undefined,
  }) as unknown as Btf;

describe("drop reasons", () => {
  const { btf } = fixtureFacts("6.12");
  const text = (type: ReturnType<typeof reasonType>, value: number) => formatOf(type).text(value);

  it("of modules have names too, above those of the kernel itself", () => {
    const ovs = module("ovs_drop_reason", { OVS_DROP_METER: 0x30005n });
    const wifi = module("mac80211_drop_reason", { RX_CONTINUE: 1n, RX_DROP_U_REPLAY: 0x10003n });
    const type = reasonType(btf, [ovs, wifi]);
    expect(text(type, 0x30005)).toBe("OVS_DROP_METER");
    expect(text(type, 0x10003)).toBe("RX_DROP_U_REPLAY");
    expect(text(type, 1)).not.toBe("RX_CONTINUE");
    expect(text(type, 2)).toBe(text(reasonType(btf), 2));
  });
});
