import { describe, expect, test } from "vitest";
import type { World } from "../../src/repl/candidates.ts";
import { languageCompletions } from "../../src/repl/complete.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

const facts = { ...fixtureFacts("6.12"), interfaceNames: () => ["eth0", "lo"], netnsNames: () => ["web"] };
const world: World = { definitions: ["dns"], parameters: ["port"], facts: () => facts };
const offered = (text: string): readonly string[] => languageCompletions(text, world)[0];

describe("what Tab offers", () => {
  test.each([
    ["tr", ["trace"]],
    ["trace ", ["drop", "skb", "xdp"]],
    ["trace skb whe", ["when", "where"].slice(0, 2)],
    ["trace skb where tcp.dp", ["tcp.dport"]],
    ["trace skb where d", ["data_len", "dns", "drop", "drop.location", "drop.reason"]],
    ["trace skb where udp.dport == $", ["$port"]],
    ["trace skb where skb->dev->ifi", ["ifindex"]],
    ["trace skb where skb->de", ["dev", "dev_scratch", "destructor"].sort()],
    ["trace skb where skb->dev", ["dev->", "dev_scratch"]],
    ["trace skb where drop.reason == NETFILTER_D", ["NETFILTER_DROP"]],
    ["trace skb where iface == ", ['"eth0"', '"lo"']],
    ['trace skb where iface == "e', ['eth0"']],
    ['trace skb where netns in {"w', ['web"']],
    ["trace skb at ip_rcv_c", ["ip_rcv_core"]],
    ["trace skb at tracepoint ", ["net", "skb"]],
    ["param p: por", ["port"]],
  ])("%s", (text, some) => {
    const all = offered(text);
    for (const name of some) expect(all).toContain(name);
  });

  test("a raw path goes on through structures, behind dots too", () => {
    expect(offered("trace skb show skb->dev->nd_net.net->ns.inu")).toEqual(["inum"]);
    expect(offered("trace skb show skb->dev->nd_net")).toEqual(["nd_net."]);
  });

  test("nothing where nothing can come", () => {
    expect(offered("trace skb where == ")).toEqual([]);
    expect(offered("trace skb # com")).toEqual([]);
  });

  test("without a kernel the language is still completed", () => {
    const blind: World = { ...world, facts: () => undefined };
    expect(languageCompletions("trace skb where skb->de", blind)[0]).toEqual([]);
    expect(languageCompletions("trace skb where ip.d", blind)[0]).toContain("ip.dst");
  });
});
