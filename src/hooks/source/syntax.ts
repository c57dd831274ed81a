import type * as Acorn from "acorn";
import type { AnyNode } from "acorn";
import { REGISTER } from "./globals.ts";

/** Small questions about nodes of a syntax tree. */

export const isRegister = (callee: AnyNode): boolean =>
  callee.type === "Identifier" && callee.name === REGISTER;

export const isStringify = (callee: AnyNode): boolean =>
  callee.type === "MemberExpression" &&
  callee.object.type === "Identifier" &&
  callee.object.name === "JSON" &&
  staticName(callee) === "stringify";

export const isNothing = (node: AnyNode): boolean =>
  (node.type === "Identifier" && node.name === "undefined") ||
  (node.type === "Literal" && node.value === null);

export function staticName(node: Acorn.MemberExpression): string | undefined {
  const { property, computed } = node;
  if (!computed) return property.type === "Identifier" ? property.name : undefined;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : undefined;
}

export function keyName({ key, computed }: Acorn.Property | Acorn.AssignmentProperty): string | undefined {
  if (key.type === "Literal") return String(key.value);
  return key.type === "Identifier" && !computed ? key.name : undefined;
}

/** Names that are not values: keys and labels. */
export function isLabel(node: AnyNode, child: AnyNode): boolean {
  switch (node.type) {
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return child === node.key && !node.computed;
    case "BreakStatement":
    case "ContinueStatement":
      return true;
    default:
      return child.type === "PrivateIdentifier";
  }
}
