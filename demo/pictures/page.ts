import type { Message } from '../../local/discord/index.ts';
import { markdownToHtml } from './markdown.ts';

interface Embed {
  readonly title?: string;
  readonly url?: string;
  readonly description?: string;
  readonly color?: number;
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline?: boolean }[];
  readonly footer?: { readonly text: string };
}

export interface PageMessage {
  readonly message: Pick<Message, 'content' | 'embeds'>;
  /** The command that the message answers, `/seen stats` for example, and its user. */
  readonly command?: { readonly name: string; readonly user: string };
  readonly ephemeral?: boolean;
}

/** Draws a coloured square with a letter, as the picture of a person or a bot. */
function avatar(letter: string, colour: string): string {
  const svg =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40'><rect width='40' height='40' fill='${colour}'/>` +
    `<text x='20' y='28' font-family='sans-serif' font-size='22' fill='white' text-anchor='middle'>${letter}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/**
 * Returns a page that shows messages as Discord's own client would.
 *
 * @param script The bundled web components.
 */
export function pageOf(messages: readonly PageMessage[], script: string, now: number): string {
  return `<!doctype html>
<meta charset="utf-8">
<style>body { margin: 0; background: #313338; } discord-messages { border: 0; min-height: 100vh; }</style>
<discord-messages>${messages.map((message) => messageHtml(message, now)).join('\n')}</discord-messages>
<script>${script}</script>`;
}

function messageHtml({ message, command, ephemeral = false }: PageMessage, now: number): string {
  const reply =
    command === undefined
      ? ''
      : `<discord-command slot="reply" avatar="${avatar(command.user.charAt(0), '#eb459e')}" author="${escape(command.user)}" command="${escape(command.name)}"></discord-command>`;
  const content = markdownToHtml(message.content, now);
  const embeds = (message.embeds as readonly Embed[]).map((embed) => embedHtml(embed, now));
  return `<discord-message author="filings" avatar="${avatar('§', '#5865f2')}" bot ${ephemeral ? 'ephemeral' : ''} timestamp="Today at 16:05">
${reply}${content}${embeds.join('')}</discord-message>`;
}

function embedHtml(embed: Embed, now: number): string {
  const { title, url, description, color = 0, fields = [], footer } = embed;
  const link = url === undefined ? '' : `url="${escape(url)}"`;
  const heading = title === undefined ? '' : `embed-title="${escape(plain(title))}"`;
  const body =
    description === undefined
      ? ''
      : `<discord-embed-description slot="description">${markdownToHtml(description, now)}</discord-embed-description>`;
  const list = fields.map((field, index) => fieldHtml(field, index, now)).join('');
  return `<discord-embed slot="embeds" color="#${color.toString(16).padStart(6, '0')}" ${heading} ${link}>
${body}
${list === '' ? '' : `<discord-embed-fields slot="fields">${list}</discord-embed-fields>`}
${footer === undefined ? '' : `<discord-embed-footer slot="footer">${escape(footer.text)}</discord-embed-footer>`}
</discord-embed>`;
}

function fieldHtml({ name, value, inline }: NonNullable<Embed['fields']>[number], index: number, now: number): string {
  const place = inline === true ? `inline inline-index="${(index % 3) + 1}"` : '';
  return `<discord-embed-field field-title="${escape(plain(name))}" ${place}>${markdownToHtml(value, now)}</discord-embed-field>`;
}

/** Removes the backslashes that Discord does not show. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\\([^\w\s])/g, '$1');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
