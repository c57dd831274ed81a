import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../../src/compiler/compile.ts";
import { checked } from "../../check/program.ts";
import { fixtureFacts } from "../../fixtures/btf.ts";

/**
 * Generated code as text, so that a change of it is seen for what it is. `UPDATE=1` rewrites the files.
 * Only `pwq_query` and the tracepoint programs; `pwq_parse` is the same for all queries and has a file of its own.
 */
const QUERIES = {
  mark: "trace skb at ip_rcv where mark == 7 show len",
  port: "trace skb at ip_rcv where tcp.dport == 443 until drop show mark, netns",
  set: "trace skb at ip_rcv where udp.dport in {53, 67..68, 5353} and ip.src in 10.0.0.0/8 show ip.src",
  "three-valued":
    "trace skb at ip_rcv where not (tcp.dport == 80 or ct.mark == 1) when delta > 1ms show delta",
  "two-queries":
    "trace drop where tcp\ntrace skb at ip_rcv where skb->dev->ifindex == 2 sample 1/10 limit 3 packets",
  vlan: "trace skb at ip_rcv where vlan.id == 7 show eth.src",
} as const;

function listing(name: string, kernel: "6.1" | "6.12"): { query: string; parse: string } {
  const facts = fixtureFacts(kernel);
  const text = QUERIES[name as keyof typeof QUERIES];
  const lines = compile(checked(text, { facts }), facts).listing.map((l) =>
    l.pc === 0 && l.text.endsWith(":") ? l.text : `${String(l.pc).padStart(4)} ${l.text}`,
  );
  const whole = lines.join("\n");
  const from = whole.indexOf("\npwq_parse:");
  const to = whole.indexOf("\npwq_tp_", from);
  const end = to < 0 ? whole.length : to;
  return {
    query: `# ${text.replaceAll("\n", "\n# ")}\n${whole.slice(0, from)}${whole.slice(end)}\n`,
    parse: `${whole.slice(from + 1, end)}\n`,
  };
}

function compareWith(file: string, text: string): void {
  const path = fileURLToPath(new URL(`./golden/${file}.golden`, import.meta.url));
  if (process.env.UPDATE || !existsSync(path)) {
    if (process.env.CI) throw new Error(`${path} is missing`);
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}

describe.each(["6.1", "6.12"] as const)("generated for Linux %s", (kernel) => {
  it.each(Object.keys(QUERIES))("%s", (name) => {
    compareWith(`${name}-${kernel}`, listing(name, kernel).query);
  });
  it("the parsing of headers, whatever the query", () => {
    const { parse } = listing("port", kernel);
    expect(listing("set", kernel).parse).toBe(parse);
    compareWith(`parse-${kernel}`, parse);
  });
  it("the parsing of headers where the Ethernet header is asked for", () => {
    compareWith(`parse-link-${kernel}`, listing("vlan", kernel).parse);
  });
  it("the same bytes for the same text and facts", () => {
    const facts = fixtureFacts(kernel);
    const make = (): Uint8Array => compile(checked(QUERIES.port, { facts }), facts).object;
    expect(Buffer.from(make())).toEqual(Buffer.from(make()));
  });
});
