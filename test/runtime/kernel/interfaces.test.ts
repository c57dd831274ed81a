import { expect, test } from "vitest";
import { interfaceNames } from "../../../src/runtime/kernel/interfaces.ts";
import { NetworkNamespaces } from "../../../src/runtime/kernel/netns.ts";
import { tree } from "./tree.ts";

const namespaces = () => new NetworkNamespaces({ root: tree({ "run/netns/db": "", "run/netns/web": "" }) });

test("names of all namespaces, each once", () => {
  const names = interfaceNames(namespaces(), (path) =>
    path.endsWith("web")
      ? [
          { ifindex: 1, name: "lo" },
          { ifindex: 2, name: "veth0" },
        ]
      : [{ ifindex: 1, name: "lo" }],
  );
  expect(names).toEqual(["lo", "veth0"]);
});

test("a namespace that cannot be entered is passed over; if none can, nothing is known", () => {
  const refuse = (): never => {
    throw new Error("EPERM");
  };
  const some = interfaceNames(namespaces(), (path) =>
    path.endsWith("db") ? refuse() : [{ ifindex: 1, name: "lo" }],
  );
  expect(some).toEqual(["lo"]);
  expect(interfaceNames(namespaces(), refuse)).toBeUndefined();
});
