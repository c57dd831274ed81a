// Reduces a kernel's facts to what unit tests need of them:
//   node scripts/btf-fixture.mjs NAME FOLDER
// FOLDER holds copies from a running kernel: `vmlinux.btf` and `mods/*` of /sys/kernel/btf, `aff`
// (available_filter_functions), `kallsyms`, and `events` (GROUP/NAME of each tracepoint).
// Writes test/fixtures/btf/NAME.btf.gz, NAME.MODULE.btf.gz and NAME.{functions,symbols,events}.gz.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Structs whose members tests look at; of all others that pointers lead to only the name is kept. */
const OPEN =
  `sk_buff skb_shared_info net_device net_device_ops netdev_queue net sock socket proto request_sock inet_sock
  cgroup kernfs_node dst_entry dst_ops dst_metrics rtable rt6_info nf_conn nf_hook_state neighbour pt_regs
  ethhdr vlan_hdr vlan_ethhdr arphdr iphdr ipv6hdr frag_hdr tcphdr udphdr icmphdr icmp6hdr sctphdr ip_esp_hdr gre_base_hdr
  veth_priv veth_rq bpf_kprobe_multi_link xdp_buff xdp_rxq_info xdp_frame bpf_tramp_link`.split(/\s+/);
const ENUMS = [
  "bpf_map_type",
  "bpf_prog_type",
  "skb_drop_reason",
  "skb_drop_reason_subsys",
  "qdisc_drop_reason",
  "ip_conntrack_info",
  "ip_conntrack_status",
  "xdp_action",
];
/** What tells that a feature was built in (src/runtime/kernel/features.ts). */
const FUNCTIONS = [
  "bpf_rdonly_cast",
  "create_local_trace_kprobe",
  "bpf_session_cookie",
  "bpf_session_is_return",
  // Without an skb, called on behalf of packets.
  "fib_table_lookup",
  "neigh_lookup",
  // Helpers: one of packets, and one that pwq's own programs call.
  "bpf_skb_load_bytes",
  "bpf_ktime_get_ns",
];
/** Per-CPU variables that are read. */
const VARIABLES = ["__preempt_count", "pcpu_hot"];
const MODULES = ["nf_conntrack", "veth"];
/** Symbols kept with the one after each, so that their ends stay right. */
const SYMBOLS =
  `_stext nf_hook_slow nft_do_chain ip_rcv ip_rcv_core ip_rcv_finish ip_rcv_finish_core ip_forward ip_local_deliver
  ip_local_deliver_finish ip_output ip_finish_output2 ip_protocol_deliver_rcu tcp_v4_rcv tcp_v6_rcv udp_rcv __udp4_lib_rcv
  icmp_rcv ipv6_rcv ip6_output ip6_rcv_core __netif_receive_skb_core.constprop.0 kfree_skb_reason sk_skb_reason_drop
  kfree_skbmem __dev_queue_xmit dev_hard_start_xmit sch_direct_xmit unix_stream_connect veth_xmit nf_conntrack_in
  bpf_rdonly_cast _etext`.split(/\s+/);

const { readBtf, KIND_NUMBER, kindOf, vlenOf } = await typescript(
  "../src/compiler/btf/reader.ts",
  "../src/compiler/btf/format.ts",
);
const [, , name, folder] = process.argv;
if (!folder) throw new Error("usage: node scripts/btf-fixture.mjs NAME FOLDER");
const kindName = (number) => Object.keys(KIND_NUMBER).find((kind) => KIND_NUMBER[kind] === number);

/** One BTF file of the fixture: records in the order they were met, strings without doubles. */
class Output {
  constructor(btf, base) {
    Object.assign(this, { btf, base, records: [], ids: new Map(), strings: [], offsets: new Map(), size: 0 });
    if (!base) this.string("");
  }
  get firstId() {
    return this.base ? this.base.firstId + this.base.records.length : 1;
  }
  string(text) {
    const known = this.base?.offsets.get(text) ?? this.offsets.get(text);
    if (known) return known;
    const at = this.size;
    const offset = () => (this.base?.size ?? 0) + at;
    this.offsets.set(text, offset);
    this.strings.push(text);
    this.size += Buffer.byteLength(text) + 1;
    return offset;
  }
}

const base = new Output(readBtf(readFileSync(`${folder}/vmlinux.btf`), "vmlinux"));
const modules = MODULES.map((module) => {
  const bytes = readFileSync(`${folder}/mods/${module}`);
  return [module, new Output(readBtf(bytes, module, base.btf), base)];
});

// Modules enter types and names into the base too, so ids and string offsets are functions until everything is in.
keepRoots(base);
for (const [, output] of modules) keepRoots(output);
write(`${name}.btf`, encode(base));
for (const [module, output] of modules) write(`${name}.${module}.btf`, encode(output));

const skbNames = new Set(
  [base, ...modules.map(([, output]) => output)].flatMap(({ btf }) =>
    [...btf.skbFunctions(), ...btf.skbFunctionsLeftOut()].map((f) => f.name),
  ),
);
write(
  `${name}.functions`,
  lines(
    "aff",
    (line) =>
      (skbNames.has(line.split(/[. ]/)[0]) || FUNCTIONS.includes(line)) &&
      /\[(?!nf_conntrack|veth)/.test(line) === false,
  ),
);
const wanted = new Set(SYMBOLS);
let afterWanted = false;
const symbols = lines("kallsyms", (line) => /^\S+ [tTwW] /.test(line))
  .split("\n")
  .filter(Boolean)
  .sort()
  .filter((line) => {
    const keep = wanted.has(line.split(/\s/)[2]);
    const kept = keep || afterWanted;
    afterWanted = keep;
    return kept;
  });
write(`${name}.symbols`, `${symbols.join("\n")}\n`);
const tracepoints = new Set(base.btf.skbTracepoints().map((tracepoint) => tracepoint.name));
write(
  `${name}.events`,
  lines("events", (line) => tracepoints.has(line.split("/")[1])),
);

function keepRoots(output) {
  const { btf } = output;
  const own = (type) => type && type.id >= btf.firstId;
  for (const tag of OPEN) if (own(btf.find("struct", tag))) keep(output, btf.find("struct", tag).id);
  for (const tag of ENUMS) if (own(btf.find("enum", tag))) keep(output, btf.find("enum", tag).id);
  for (const { btfId } of btf.skbFunctions()) keep(output, btfId);
  for (const { name } of btf.skbFunctionsLeftOut()) keep(output, btf.find("func", name).id);
  for (const { name } of btf.skbTracepoints()) keep(output, btf.find("typedef", `btf_trace_${name}`).id);
  for (const name of VARIABLES) if (own(btf.find("var", name))) keep(output, btf.find("var", name).id);
  for (const name of FUNCTIONS) if (own(btf.find("func", name))) keep(output, btf.find("func", name).id);
}

/** Enters a type and what it needs; `() => id` gives its id in the fixture once all are entered. */
function keep(output, id) {
  if (id === 0) return () => 0;
  if (id < output.btf.firstId) return keep(output.base, id);
  const entered = output.ids.get(id);
  if (entered) return entered;
  const { btf } = output;
  const at = btf.image.records[id - btf.firstId];
  const words = btf.image.words;
  const kind = kindName(kindOf(words[at + 1]));
  const count = vlenOf(words[at + 1]);
  const [newId, record] = enter(output);
  output.ids.set(id, newId);

  const text = (offset) => output.string(btf.strings.text(offset));
  const elements = (size, referenceAt) =>
    Array.from({ length: count }, (_, i) => {
      const element = at + 3 + i * size;
      return [...words.subarray(element, element + size)].map((word, n) =>
        n === 0 ? text(word) : n === referenceAt ? keep(output, word) : word,
      );
    }).flat();
  record.push(text(words[at]), words[at + 1]);
  const third = words[at + 2];
  if (kind === "ptr") record.push(pointee(output, third));
  else if (
    ["typedef", "volatile", "const", "restrict", "type_tag", "func", "func_proto", "var"].includes(kind)
  )
    record.push(keep(output, third));
  else record.push(third);
  if (kind === "int" || kind === "var") record.push(words[at + 3]);
  if (kind === "array") record.push(keep(output, words[at + 3]), keep(output, words[at + 4]), words[at + 5]);
  if (kind === "struct" || kind === "union") record.push(...elements(3, 1));
  if (kind === "enum") record.push(...elements(2));
  if (kind === "enum64") record.push(...elements(3));
  if (kind === "func_proto") record.push(...elements(2, 1));
  return newId;
}

function enter(output) {
  const index = output.records.length;
  const record = [];
  output.records.push(record);
  return [() => output.firstId + index, record];
}

/** What a pointer leads to: laid open if it is in OPEN or no struct, else a forward declaration. */
function pointee(output, id) {
  const { btf } = output;
  const type = btf.type(id);
  if (
    ["const", "volatile", "restrict", "type_tag", "typedef"].includes(type.kind) &&
    isClosed(btf.resolve(id))
  ) {
    return type.kind === "typedef" ? pointee(output, btf.resolve(id).id) : qualified(output, id);
  }
  return isClosed(type) ? forward(output, type) : keep(output, id);
}

function isClosed(type) {
  return (type.kind === "struct" || type.kind === "union") && !OPEN.includes(type.name);
}

function qualified(output, id) {
  const { btf } = output;
  const type = btf.type(id);
  const key = `${type.kind} ${id}`;
  if (!output.ids.has(key)) {
    const [newId, record] = enter(output);
    output.ids.set(key, newId);
    record.push(output.string(type.name), KIND_NUMBER[type.kind] << 24, pointee(output, type.type));
  }
  return output.ids.get(key);
}

function forward(output, type) {
  if (type.name === "") return () => 0;
  const key = `fwd ${type.kind} ${type.name}`;
  const known = output.ids.get(key) ?? output.base?.ids.get(key);
  if (known) return known;
  const [newId, record] = enter(output);
  output.ids.set(key, newId);
  const union = type.kind === "union" ? 0x80000000 : 0;
  record.push(output.string(type.name), (KIND_NUMBER.fwd << 24) | union, 0);
  return newId;
}

function encode(output) {
  const words = Uint32Array.from(
    output.records.flat(),
    (word) => (typeof word === "function" ? word() : word) >>> 0,
  );
  const strings = Buffer.from(output.strings.map((text) => `${text}\0`).join(""));
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  [24, 0, words.byteLength, words.byteLength, strings.length].forEach((word, i) => {
    header.writeUInt32LE(word, 4 + 4 * i);
  });
  return Buffer.concat([header, Buffer.from(words.buffer), strings]);
}

function lines(file, test) {
  return `${readFileSync(`${folder}/${file}`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && test(line))
    .join("\n")}\n`;
}

function write(file, bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  writeFileSync(fileURLToPath(new URL(`../test/fixtures/btf/${file}.gz`, import.meta.url)), packed);
  console.log(`${file}.gz: ${packed.length} bytes of ${bytes.length}`);
}

async function typescript(...paths) {
  const contents = paths.map(
    (path) => `export * from ${JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))};`,
  );
  const { outputFiles } = await build({
    stdin: { contents: contents.join("\n"), resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
