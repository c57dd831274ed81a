import { writeFileSync } from "node:fs";
import { exit, mov, r0, writeObject } from "../../../src/compiler/bpf/index.ts";
import type { Host } from "./hosts.ts";

const XDP_PASS = 2;

/** Attaches an XDP program that lets everything pass; `mode` as `ip link` calls it: `xdpdrv`, `xdpgeneric`. */
export function passThroughXdp(host: Host, iface: string, mode: string, folder: string): void {
  const object = writeObject({
    functions: [
      { name: "pass", section: "xdp", visibility: "global", params: 1, insns: [mov.imm(r0, XDP_PASS), exit] },
    ],
    externs: [],
    rodata: [],
    license: "GPL",
  });
  const file = `${folder}/pass.o`;
  writeFileSync(file, object);
  host.ip(`link set dev ${iface} ${mode} obj ${file} sec xdp`);
}
