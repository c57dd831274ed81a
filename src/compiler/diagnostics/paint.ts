import kleur from "kleur";

export type Style = "error" | "warning" | "gutter" | "caret" | "strong";

const STYLES = {
  error: () => kleur.red().bold,
  warning: () => kleur.yellow().bold,
  gutter: () => kleur.blue,
  caret: () => kleur.red,
  strong: () => kleur.bold,
} as const satisfies Record<Style, () => (text: string) => string>;

export type Paint = (style: Style, text: string) => string;

/** Colours only if told to: kleur's own guess from the terminal is set aside, and put back. */
export function painter(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) => {
    const guess = kleur.enabled;
    kleur.enabled = true;
    try {
      return STYLES[style]()(text);
    } finally {
      kleur.enabled = guess;
    }
  };
}
