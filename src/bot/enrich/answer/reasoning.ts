/** The tags in which models think aloud: `<think>`, and those of Magistral, Kimi and others. */
const TAG =
  /<(\/?)(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|seed:think)\b[^<>]{0,200}>|\[(\/?)think\]|◁(\/?)think▷/gi;

/** Where gpt-oss begins a thought, a call or its answer, if a server leaves that in: `<|channel|>final<|message|>`. */
const CHANNEL =
  /<\|channel\|>\s{0,5}([a-z]{1,20})[^<]{0,200}(?:<\|constrain\|>[^<]{0,100})?<\|message\|>([^]*?)(?=<\|(?:channel|start|end|call|return)\|>|$)/gi;

/** The same where a server leaves out the marks alone. */
const ANALYSIS = /^\s*analysis/;
const FINAL = 'assistantfinal';

/** Marks of a chat template that a server left in: `<|im_end|>`, `</s>`. */
const TEMPLATE_MARK = /<\|[^|<>]{1,40}\|>|<\/?s>/g;

/** A model's text, apart from what it thought before. */
export interface Spoken {
  readonly said: string;
  readonly thought: string;
}

/**
 * Takes reasoning out of a text. A closing tag without an opening one ends reasoning that began with the text: some
 * chat templates open it in the prompt. Reasoning that is never closed lasts to the end.
 */
export function withoutReasoning(text: string): Spoken {
  const { said, thought } = byTags(byChannels(text));
  return { said: said.replaceAll(TEMPLATE_MARK, ' ').trim(), thought };
}

/** Puts what gpt-oss only thought in tags. */
function byChannels(text: string): string {
  const channels = [...text.matchAll(CHANNEL)];
  const final = channels.findLast(([, channel]) => channel?.toLowerCase() === 'final')?.[2];
  if (final !== undefined) return final;
  if (channels.length > 0) return `<think>${channels.map(([, , thought]) => thought).join('\n')}</think>`;
  const begin = ANALYSIS.test(text) ? text.lastIndexOf(FINAL) : -1;
  return begin === -1 ? text : text.slice(begin + FINAL.length);
}

function byTags(text: string): Spoken {
  const spoken = { said: '', thought: '' };
  let position = 0;
  let thinking = false;
  for (const { 0: tag, 1: angle, 2: square, 3: diamond, index } of text.matchAll(TAG)) {
    const closes = (angle || square || diamond) === '/';
    spoken[thinking ? 'thought' : 'said'] += text.slice(position, index);
    if (closes && !thinking) Object.assign(spoken, { said: '', thought: spoken.thought + spoken.said });
    thinking = !closes;
    position = index + tag.length;
  }
  spoken[thinking ? 'thought' : 'said'] += text.slice(position);
  return spoken;
}
