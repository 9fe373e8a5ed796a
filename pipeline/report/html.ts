/** Markup that is safe to put into a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: markup as it is, texts escaped, nothing for null and false. */
export type HtmlContent = Html | string | number | null | false | undefined | readonly HtmlContent[];

/**
 * A piece of a page: texts that are put into it can't end an attribute or begin a tag, whatever they hold. Values of attributes
 * stand in double quotes in the template.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlContent[]): Html {
  return new Html(
    strings.map((text, place) => text + (place < values.length ? textOf(values[place]) : '')).join(''),
  );
}

function textOf(value: HtmlContent): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join('');
  return escaped(String(value));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}
