import { describe, expect, test } from "vitest";
import { parsePath } from "../../../src/compiler/btf/path-text.ts";

const member = (name: string, arrow = true) => ({ kind: "Member", arrow, name });

test.each([
  ["skb->len", [member("len")]],
  ["skb -> dev . name [ 3 ]", [member("dev"), member("name", false), { kind: "Index", index: 3 }]],
  [
    "skb->_nfct & ~7 : nf_conn -> status",
    [member("_nfct"), { kind: "Cast", type: "nf_conn", clear: 7n }, member("status")],
  ],
  ["skb->p:x->y", [member("p"), { kind: "Cast", type: "x", clear: 0n }, member("y")]],
  [
    "skb->a & ~0x3 : b -> c : d -> e",
    [
      member("a"),
      { kind: "Cast", type: "b", clear: 3n },
      member("c"),
      { kind: "Cast", type: "d", clear: 0n },
      member("e"),
    ],
  ],
  ["skb", []],
])("%s", (text, steps) => {
  expect(parsePath(text)).toEqual({ root: "skb", steps });
});

describe("refuses", () => {
  test.each([
    ["", "path `` does not start with a name"],
    ["->len", "path `->len` does not start with a name"],
    ["skb->", "path `skb->`: no step at `->`"],
    ["skb->len + 1", "path `skb->len + 1`: no step at `+ 1`"],
    ["skb->a & 7 : b -> c", "path `skb->a & 7 : b -> c`: no step at `& 7 : b -> c`"],
    ["skb->a[-1]", "path `skb->a[-1]`: no step at `[-1]`"],
    ["skb->a : b", "path `skb->a : b` ends with a cast: nothing is read"],
  ])("%s", (text, message) => {
    expect(() => parsePath(text)).toThrow(new SyntaxError(message));
  });
});
