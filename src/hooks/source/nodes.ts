import type { AnyNode } from "acorn";

/** The nodes below a node, in the order of the text. */
export function* children(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) yield item;
    } else if (isNode(value)) yield value;
  }
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

/** Every name that the text declares anywhere: a name that is not among them is nobody's. */
export function declaredNames(root: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: AnyNode): void => {
    switch (node.type) {
      case "VariableDeclarator":
        for (const name of boundNames(node.id)) names.add(name);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        if (node.id) names.add(node.id.name);
        for (const param of node.params) for (const name of boundNames(param)) names.add(name);
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        if (node.id) names.add(node.id.name);
        break;
      case "CatchClause":
        if (node.param) for (const name of boundNames(node.param)) names.add(name);
        break;
    }
    for (const child of children(node)) visit(child);
  };
  visit(root);
  return names;
}

/** The names that a pattern binds. */
export function boundNames(pattern: AnyNode): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
}
