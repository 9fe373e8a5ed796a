import { Html, html } from './html.js';
import { script } from './script.js';
import { style } from './style.js';

/** A part of a page, to which the page's bar leads. */
export interface Section {
  /** Of its element. */
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

/** Forbids the page whatever is not part of it, but for images, which may lie beside it. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: file: 'self'";

/** What stands around the sections of a page. */
export interface PageFrame {
  readonly title: string;
  readonly intro: Html;
  readonly about: Html;
  /** What the page is made of: another page of the same is as good. */
  readonly of: string;
}

/** The name of the `meta` element that says what a page is of. */
const ofName = 'grodin-results';

/** What a page says that it is of; null where it says nothing. */
export function pageIsOf(text: string): string | null {
  return new RegExp(`<meta name="${ofName}" content="([^"]*)">`).exec(text)?.[1] ?? null;
}

/** A whole page, which asks for nothing from a network. */
export function pageOf({ title, intro, about, of }: PageFrame, sections: readonly Section[]): string {
  const bar = sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`);
  const parts = sections.map(
    ({ id, title: name, content }) =>
      html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>${content}</section>\n`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="generator" content="grodin">
<meta name="${ofName}" content="${of}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the results</a>
<header><h1>${title}</h1>${intro}</header>
<nav aria-label="Sections"><ul>${bar}</ul></nav>
<main id="content">
${parts}</main>
<footer>${about}</footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return page.text;
}
