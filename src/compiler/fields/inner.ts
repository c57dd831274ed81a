import type { Field, Read } from "./field.ts";

/**
 * The fields of the packet inside a tunnel, `inner.ip.src` and so on: made from those header fields that are given. A
 * socket never stands in for headers there, since it is the outer packet's.
 */
export const innerFields = (fields: readonly Field[]): readonly Field[] =>
  fields.flatMap((field) => {
    const read = insideTunnel(field.read);
    return read ? [innerField(field, read)] : [];
  });

function innerField({ name, type, column, aka }: Field, read: Read): Field {
  return {
    name: inner(name),
    type,
    doc: `\`${name}\` of the packet inside the tunnel.`,
    optional: `packets that are in no tunnel, and those whose inner packet has no \`${name}\``,
    read,
    ...(column ? { column: { ...column, title: `INNER_${column.title}` } } : {}),
    ...(aka ? { aka: aka.map(inner) } : {}),
  };
}

const inner = (name: string): string => `inner.${name}`;

/** Undefined: not read from headers. */
function insideTunnel(read: Read): Read | undefined {
  switch (read.from) {
    case "expr":
      return { from: "expr", text: read.text.replace(/\b[a-z]\w*\.[a-z]\w*/g, inner) };
    case "either":
      return { from: "either", fields: [inner(read.fields[0]), inner(read.fields[1])] };
    default: {
      const of = fromHeaders(read);
      return of && { from: "inner", of };
    }
  }
}

function fromHeaders(read: Read): Read | undefined {
  switch (read.from) {
    case "header":
    case "view":
      return read;
    case "first": {
      const of = read.of.flatMap((one) => fromHeaders(one) ?? []);
      return of.length === 0 ? undefined : { from: "first", of };
    }
    default:
      return undefined;
  }
}
