/** The grammar in the EBNF of the W3C, made from the rules of the parser. */
import {
  Alternation,
  type Alternative,
  type Rule as GastRule,
  type IProduction,
  NonTerminal,
  type Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from "chevrotain";
import { parser } from "./engine.ts";
import { AnyWord, entryOf, KEYWORDS, Name } from "./tokens.ts";
import { membersOf } from "./wanted.ts";
import { PLACE_WORDS } from "./words.ts";

/** A part of a rule, and what it is: that decides whether it needs parentheses beside others. */
interface Part {
  readonly text: string;
  readonly is: "one" | "sequence" | "choice";
}

const one = (text: string): Part => ({ text, is: "one" });
const inSequence = ({ text, is }: Part) => (is === "choice" ? `( ${text} )` : text);
const repeated = ({ text, is }: Part, mark: string) => one(`${is === "one" ? text : `( ${text} )`}${mark}`);

function terminal(type: TokenType): Part {
  if (type === Name || type === AnyWord) return one(type.name);
  const members = membersOf.get(type) ?? [type];
  const texts = members.map((member) => {
    const text = entryOf(member)?.text;
    return text === undefined ? member.name : `"${text}"`;
  });
  return { text: texts.join(" | "), is: texts.length > 1 ? "choice" : "one" };
}

function sequence(nodes: readonly IProduction[]): Part {
  const parts = nodes.map(part);
  return parts.length === 1 ? parts[0]! : { text: parts.map(inSequence).join(" "), is: "sequence" };
}

function part(node: IProduction): Part {
  if (node instanceof Terminal) return terminal(node.terminalType);
  if (node instanceof NonTerminal) return one(node.nonTerminalName);
  if (node instanceof Alternation) {
    const branches = (node.definition as Alternative[]).map(({ definition }) => sequence(definition).text);
    return { text: branches.join(" | "), is: "choice" };
  }
  const inner = sequence((node as Option).definition);
  if (node instanceof RepetitionWithSeparator || node instanceof RepetitionMandatoryWithSeparator) {
    const more = `( ${inSequence(terminal(node.separator))} ${inSequence(inner)} )*`;
    const list: Part = { text: `${inSequence(inner)} ${more}`, is: "sequence" };
    return node instanceof RepetitionWithSeparator ? repeated(list, "?") : list;
  }
  if (node instanceof Repetition) return repeated(inner, "*");
  return repeated(inner, node instanceof RepetitionMandatory ? "+" : "?");
}

/** A rule on a line, with the words that mean something in its place. */
function rule(name: string, definition: readonly IProduction[]): string {
  const words = PLACE_WORDS[name]?.map(({ text }) => text).join(" ");
  return `${name} ::= ${sequence(definition).text}${words === undefined ? "" : ` /* ${words} */`}`;
}

const reservedWords = () =>
  [...KEYWORDS].flatMap(([text, type]) =>
    /^[a-z]+$/.test(text) && !(type.CATEGORIES ?? []).includes(Name) ? [text] : [],
  );

/** The rules as one reads them: each behind the first that names it, and expressions last. */
export function inOrder(): GastRule[] {
  const all = parser().getGAstProductions();
  const roots = ["statement", "expression"];
  const ordered = new Set<GastRule>();
  const visit = (node: IProduction): void => {
    if (!(node instanceof NonTerminal)) for (const inner of (node as Option).definition ?? []) visit(inner);
    else if (!roots.includes(node.nonTerminalName)) add(node.nonTerminalName);
  };
  const add = (name: string): void => {
    const found = all[name]!;
    if (ordered.has(found)) return;
    ordered.add(found);
    found.definition.forEach(visit);
  };
  roots.forEach(add);
  return [...ordered];
}

/** The whole grammar as text. */
export function ebnf(): string {
  const rules = inOrder().map(({ name, definition }) => rule(name, definition));
  return `${HEAD}\n${rules.join("\n")}\n\n${lexical()}`;
}

const HEAD = `/* The grammar of pwq, in the EBNF of the W3C (https://www.w3.org/TR/xml/#sec-notation).
   Generated from grammar/rules/ by scripts/grammar.mjs. */

/* A statement starts where its first word is the first of a line. Apart from that, a line break is white space. */
program ::= statement*
`;

const lexical =
  () => `/* Tokens. White space and comments may stand between any two, and must not stand inside one. */

Identifier ::= [A-Za-z_] [A-Za-z0-9_]*
DottedName ::= Identifier ( "." Identifier )+
AnyWord    ::= Identifier
/* Name: an Identifier except ${reservedWords().join(" ")} */
ParamRef   ::= "$" Identifier

Number     ::= Integer Unit?
Integer    ::= Digits | "0x" [0-9A-Fa-f_]+ | "0b" [01_]+
Digits     ::= [0-9] ( "_"? [0-9] )*
Unit       ::= "ns" | "us" | "ms" | "s" | "m" | "h" | "B" | "KB" | "KiB" | "MB" | "MiB" | "GB" | "GiB"
/* After \`kernel\`, a Number is a version: 5.17, 6.1.50. */

Address    ::= ( IPv4 | IPv6 ) ( "/" Digits )? | MAC
IPv4       ::= Digits "." Digits "." Digits "." Digits
/* IPv6: every form of RFC 4291, section 2.2, without a zone. */
MAC        ::= Octet ( ":" Octet ":" Octet ":" Octet ":" Octet ":" Octet | "-" Octet "-" Octet "-" Octet "-" Octet "-" Octet )
Octet      ::= [0-9A-Fa-f] [0-9A-Fa-f]

String     ::= '"' ( [^"#x5C#xA] | Escape )* '"'
Escape     ::= #x5C ( '"' | #x5C | "n" | "r" | "t" | "0" | "x" [0-9A-Fa-f] [0-9A-Fa-f] | "u{" [0-9A-Fa-f]+ "}" )

/* Only where a point is wanted, and in fn(…). */
Glob       ::= ( [A-Za-z0-9_.*?] | "[" ( "!" | "^" )? [^#x5D]+ "]" )+

/* TypeScript in braces, up to the brace that closes the first; braces in strings, templates, regular expressions and
   comments do not count. */
HookBody   ::= "{" TypeScript "}"

/* "##" lines right above a statement are its documentation. "#!" in the first line is a comment like any other. */
Comment    ::= "#" [^#xA]*
`;
