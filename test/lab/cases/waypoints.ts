import assert from "node:assert/strict";
import { WAYPOINTS_OF_MODULES } from "../../../src/compiler/plan/waypoints.ts";
import type { Case } from "../kit/case.ts";
import { sh } from "../kit/process.ts";

const MODULES = "bridge nf_conntrack nf_nat ip_tables ip6_tables vxlan geneve ip_gre ipip wireguard".split(
  " ",
);

export default [
  {
    name: "waypoints of modules are there when the modules are",
    async run({ pwq }) {
      sh("modprobe", ["-a", ...MODULES]);
      const explained = await pwq.run("explain", "-e", `trace skb at ${WAYPOINTS_OF_MODULES.join(", ")}`);
      assert.equal(explained.status, 0, explained.stderr);
    },
  },
] satisfies Case[];
