import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { currentSymbols } from "../../../src/runtime/kernel/current-symbols.ts";
import { parseSymbols } from "../../../src/runtime/kernel/symbols.ts";

const root = mkdtempSync(join(tmpdir(), "pwq-symbols-"));
mkdirSync(join(root, "proc"));
afterEach(() => rmSync(root, { recursive: true }));

const set = (modules: string, kallsyms: string): void => {
  writeFileSync(join(root, "proc/modules"), modules);
  writeFileSync(join(root, "proc/kallsyms"), kallsyms);
};

it("an address in a module that was loaded meanwhile has its own name, not a neighbour's", () => {
  const veth = "ffffffffc0001000 t veth_xmit\t[veth]\n";
  const tun = "ffffffffc0002000 t tun_net_xmit\t[tun]\n";
  set("veth 40960 0 - Live 0x0\n", veth);
  let reads = 0;
  const first = parseSymbols(Buffer.from(veth));
  const name = currentSymbols(() => {
    reads++;
    return first;
  }, root);
  const address = 0xffffffffc0002010n;
  expect(name(address)?.name).toBe("veth_xmit");
  set("veth 40960 7 - Live 0x0\n", veth + tun);
  expect(name(address)?.name).toBe("veth_xmit");
  const before = reads;
  set("tun 65536 1 - Live 0x0\nveth 40960 7 - Live 0x0\n", veth + tun);
  expect(name(address)).toEqual({ name: "tun_net_xmit", offset: 0x10, module: "tun" });
  expect(name(address)?.name).toBe("tun_net_xmit");
  expect(reads).toBe(before + 1);
});
