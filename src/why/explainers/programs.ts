import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import { linkOf, tcFilters } from "../later/devices.ts";
import type { Later } from "../later/later.ts";
import { caused, flow, netnsInode, netnsKey, where } from "../words.ts";
import { plain } from "./plain.ts";

const atTc =
  (direction: "ingress" | "egress") =>
  (e: Evidence, later: Later): Finding => {
    const dev = e.text("iface");
    const filters = dev === undefined ? undefined : tcFilters(later, netnsInode(e), dev, direction);
    const [first] = filters ?? [];
    return {
      what: `a filter or program at tc ${direction} refused ${flow(e)}${where(e, later)}`,
      ...(filters && {
        now: filters.length === 0 ? ["no such filter is there"] : filters.map(({ line }) => line),
      }),
      check: `\`tc -s filter show dev ${dev ?? "DEV"} ${direction}\`; programs (Cilium, Calico …): \`bpftool net show dev ${dev ?? "DEV"}\`, and pwq 'trace skb at tc where … show ret'.`,
      ...caused`tc:${netnsKey(e, later)}:${dev}:${direction}${first ? `:${first.kind}` : ""}`,
    };
  };

function xdp(e: Evidence, later: Later): Finding {
  const dev = e.text("iface");
  const link = dev === undefined ? undefined : linkOf(later, netnsInode(e), dev);
  const [id, name] = [e.number("dev.xdp.id") ?? link?.xdp?.id, e.text("dev.xdp.name")];
  const program = name
    ? `program ${name}${id === undefined ? "" : ` (id ${id})`}`
    : id === undefined
      ? "a program"
      : `program ${id}`;
  const mode = e.drop.place.includes("generic") || link?.xdp?.mode === "xdpgeneric" ? "generic" : "native";
  return {
    what: `the XDP ${program} refused it${where(e, later)}, in ${mode} mode`,
    check: `\`bpftool prog show id ${id ?? "N"}\`, or see its verdicts: pwq 'trace xdp show ret, tuple'.`,
    ...caused`xdp:${netnsKey(e, later)}:${dev}:${mode}`,
  };
}

const inCgroup =
  (direction: "ingress" | "egress") =>
  (e: Evidence, later: Later): Finding => {
    const process = direction === "egress" && e.text("context") === "TASK" ? e.text("comm") : undefined;
    return {
      what: `a BPF program on a cgroup refused ${direction === "egress" ? "to let out" : "to let in"} ${flow(e)}${process === undefined ? "" : ` of ${process}`}${where(e, later)}${direction === "egress" ? ": the program that sends it gets EPERM" : ""}`,
      check:
        "`bpftool cgroup tree` lists the programs (systemd's IPAddressDeny=, container runtimes, Cilium).",
      ...caused`cgroup-bpf:${direction}`,
    };
  };

/** Programs and filters that people load: XDP, tc, cgroups, security modules. */
export const programs: readonly Explainer[] = [
  { reasons: ["XDP"], explain: xdp },
  { places: ["do_xdp_generic", "netif_receive_generic_xdp", "bpf_prog_run_generic_xdp"], explain: xdp },
  { reasons: ["TC_INGRESS"], explain: atTc("ingress") },
  { reasons: ["TC_EGRESS"], explain: atTc("egress") },
  { places: ["sch_handle_ingress"], explain: atTc("ingress") },
  { places: ["sch_handle_egress"], explain: atTc("egress") },
  plain(
    ["TC_COOKIE_ERROR", "TC_CHAIN_NOTFOUND", "TC_RECLASSIFY_LOOP"],
    "the filters at tc lead nowhere, or in a circle",
    "`tc filter show dev DEV ingress`: a goto to a chain that is not there.",
  ),
  { reasons: ["BPF_CGROUP_EGRESS"], explain: inCgroup("egress") },
  { places: ["ip_finish_output", "ip6_finish_output", "ip_mc_finish_output"], explain: inCgroup("egress") },
  plain(
    ["SECURITY_HOOK"],
    "a security module refused it",
    "SELinux or Smack: `ausearch -m avc -ts recent`, `dmesg`.",
  ),
];
