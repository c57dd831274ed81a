import type { IntType, Type } from "../../types.ts";

const UNITS: Readonly<Record<NonNullable<IntType["unit"]>, string>> = {
  duration: "a duration",
  size: "a size in bytes",
  pointer: "a kernel address",
  time: "a point in time",
};

/** A type in words, as it stands in a label: "an IPv4 address". */
export function describe(type: Type): string {
  switch (type.kind) {
    case "int":
      return type.unit ? UNITS[type.unit] : "a number";
    case "bool":
      return "a condition";
    case "ip":
      return type.version ? `an IPv${type.version} address` : "an IP address";
    case "mac":
      return "a MAC address";
    case "string":
      return "a string";
    case "bytes":
      return "bytes";
    case "tuple":
      return "addresses and ports in one";
    case "stack":
      return "a stack";
    case "dump":
      return `all of a ${type.name}`;
    case "unknown":
      return "a value of unknown type";
  }
}
