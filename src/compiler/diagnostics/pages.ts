import { CODES, type Code, type Page } from "./codes.ts";
import { didYouMean } from "./suggest.ts";
import { TOPICS } from "./topics.ts";

/** What `pwq help SUBJECT` prints for a code (`PWQ1102`, `1102`) or a topic (`until`); undefined: there is no such page. */
export function helpPage(subject: string): string | undefined {
  const code = asCode(subject);
  if (code) return codePage(code);
  const name = subject.toLowerCase();
  const topic = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
  return topic && layOut(topic.title, topic);
}

/** For a subject without a page: the nearest one, as `did you mean `until`?`. */
export const nearestPage = (subject: string): string | undefined =>
  didYouMean(subject, [...Object.keys(TOPICS), ...Object.keys(CODES)]);

/** All topics with their titles, for `pwq help` without a subject. */
export const topics = (): readonly (readonly [name: string, title: string])[] =>
  Object.entries(TOPICS).map(([name, page]) => [name, page.title]);

function asCode(subject: string): Code | undefined {
  const code = /^\d{4}$/.test(subject) ? `PWQ${subject}` : subject.toUpperCase();
  return Object.hasOwn(CODES, code) ? (code as Code) : undefined;
}

const codePage = (code: Code): string => layOut(`${code}: ${CODES[code].title}`, CODES[code]);

function layOut(heading: string, page: Page): string {
  const parts = [heading, fill(page.text)];
  if (page.wrong !== undefined) parts.push(`Wrong:\n${indent(page.wrong)}`);
  if (page.right !== undefined)
    parts.push(`${page.wrong === undefined ? "Example" : "Right"}:\n${indent(page.right)}`);
  return `${parts.join("\n\n")}\n`;
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, "    ");

const LINE = 80;

/** Paragraphs filled to LINE columns; lines that begin with white space or a list mark are kept as they are. */
function fill(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) => (/^[\s|-]/.test(paragraph) ? paragraph : fillParagraph(paragraph)))
    .join("\n\n");
}

function fillParagraph(paragraph: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > LINE) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
