import type * as ast from "../ast.ts";
import * as t from "../tokens.ts";
import { ExpressionRules } from "./expression.ts";

/** Where to look, and what ends a journey. */
export abstract class PointRules extends ExpressionRules {
  protected point = this.RULE("point", (): ast.Point => {
    const start = this.LA(1);
    return this.OR<ast.Point>([
      {
        ALT: () => {
          const name = this.CONSUME(t.PointWord).image as ast.NamedPoint["name"];
          return { kind: "NamedPoint", name, span: this.spanFrom(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Calls);
          const glob = this.OPTION2(() => this.CONSUME5(t.Glob).image);
          return {
            kind: "CallsPoint",
            ...(glob === undefined ? {} : { glob }),
            span: this.spanFrom(start),
          };
        },
      },
      {
        ALT: () => {
          const exclude = this.OPTION(() => this.CONSUME(t.Bang)) !== undefined;
          return this.OR2<ast.Point>([
            {
              ALT: () => {
                this.CONSUME(t.Module);
                const glob = this.CONSUME(t.Glob).image;
                return { kind: "ModulePoint", exclude, glob, span: this.spanFrom(start) };
              },
            },
            {
              ALT: () => {
                this.CONSUME(t.Tracepoint);
                const group = this.CONSUME2(t.Glob).image;
                this.CONSUME(t.Colon);
                const glob = this.CONSUME3(t.Glob).image;
                return { kind: "TracepointPoint", exclude, group, glob, span: this.spanFrom(start) };
              },
            },
            {
              ALT: () => {
                const glob = this.CONSUME4(t.Glob).image;
                return { kind: "GlobPoint", exclude, glob, span: this.spanFrom(start) };
              },
            },
          ]);
        },
      },
    ]);
  });

  protected terminal = this.RULE(
    "terminal",
    (): ast.Terminal =>
      this.OR<ast.Terminal>([
        { ALT: () => this.SUBRULE(this.namedTerminal) },
        { ALT: () => this.SUBRULE(this.functionTerminal) },
        {
          ALT: () => {
            const start = this.LA(1);
            const condition = this.SUBRULE(this.expression);
            const span = this.spanFrom(start);
            // As a condition of its own, that this is the drop is the terminal `drop`.
            if (condition?.kind === "Name" && condition.name === "drop")
              return { kind: "NamedTerminal", name: "drop", span };
            return { kind: "ExprTerminal", condition, span };
          },
        },
      ]),
  );

  private namedTerminal = this.RULE("namedTerminal", (): ast.NamedTerminal => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.Deliver) },
      { ALT: () => this.CONSUME(t.Xmit) },
      { ALT: () => this.CONSUME(t.Free) },
    ]);
    return {
      kind: "NamedTerminal",
      name: start.image as ast.NamedTerminal["name"],
      span: this.spanFrom(start),
    };
  });

  private functionTerminal = this.RULE("functionTerminal", (): ast.FunctionTerminal => {
    const start = this.CONSUME(t.Fn);
    this.CONSUME(t.LParen);
    const glob = this.OR([
      { ALT: () => this.CONSUME(t.Glob).image },
      { ALT: () => this.quotedGlob(this.CONSUME(t.Quoted)) },
    ]);
    this.CONSUME(t.RParen);
    return { kind: "FunctionTerminal", glob, span: this.spanFrom(start) };
  });
}
