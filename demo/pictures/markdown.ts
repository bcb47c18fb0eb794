/** Converts the Markdown of the bot's messages to HTML: bold, code, links, lists, times and escapes. */
export function markdownToHtml(markdown: string, now: number): string {
  const escapes: string[] = [];
  const kept = markdown.replaceAll(/\\([^\w\s])/g, (_, char: string) => `\uE000${escapes.push(char) - 1}\uE001`);
  const html = escapeHtml(kept)
    .replaceAll(/&lt;t:(\d+)(?::R)?&gt;/g, (_, seconds: string) => timeHtml(Number(seconds) * 1000, now))
    .replaceAll(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '<discord-link href="$2">$1</discord-link>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<discord-bold>$1</discord-bold>')
    .replaceAll(/`([^`]+)`/g, '<discord-code>$1</discord-code>')
    .replaceAll(/^- (.*)$/gm, '• $1')
    .replaceAll('\n', '<br>');
  return html.replaceAll(/\uE000(\d+)\uE001/g, (_, index: string) => escapeHtml(escapes[Number(index)] ?? ''));
}

function timeHtml(moment: number, now: number): string {
  const seconds = Math.max(Math.round((now - moment) / 1000), 0);
  const text = seconds < 60 ? `${seconds} seconds ago` : `${Math.round(seconds / 60)} minutes ago`;
  return `<discord-time>${text}</discord-time>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
