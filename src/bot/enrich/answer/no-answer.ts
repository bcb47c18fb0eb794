import { instructions } from '../prompt.ts';
import { head } from '../../text/clip.ts';

/** Words in which models refuse, ask back or greet, at the beginning of what they say. No company speaks so. */
const TALK: readonly RegExp[] = [
  /^(?:i['’]?m (?:really |very |so )?sorry|i am (?:really |very |so )?sorry|sorry[,.!]|my apologies|i apologi[sz]e|i['’]?m afraid|unfortunately,? i\b)/i,
  /^(?:(?:no|but|however),? )?i (?:can ?not|can['’]?t|could not|couldn['’]?t|won['’]?t|will not|(?:must |have to )?(?:respectfully |politely )?decline|must|have to|am unable|am not able|do not have|don['’]?t have|do not see|don['’]?t see|need)\b/i,
  /^(?:i['’]?m|i am) (?:unable|not able|an? (?:ai|language model|assistant)|here to|ready to|happy to)\b/i,
  /^as an? (?:ai|artificial|large|language)\b/i,
  /^(?:please (?:provide|share|send|paste|give)|could you|can you|how (?:can|may) i|what (?:would|can|do) (?:you|i)|(?:hello|hi)[!,.]|it (?:looks|seems) like (?:you|the|there))/i,
  /^unable to (?:summari[sz]e|process|generate|access|answer|comply|help|assist|respond|complete)\b/i,
  /^(?:lo siento|je suis désolée?|désolée?|es tut mir leid|tut mir leid|entschuldigung|mi dispiace|desculpe|sinto muito|lamento)\b/i,
  /^(?:抱歉|对不起|很抱歉|非常抱歉|你好|您好|我无法|我不能|作为一|申し訳|すみません|죄송|извините|к сожалению)/i,
];

/** Beginnings of refusals and of errors, with which a text about a company may begin as well. */
const DOUBTFUL: readonly RegExp[] = [
  /^(?:(?:no|but|however),? )?we (?:can ?not|can['’]?t|could not|couldn['’]?t|won['’]?t|will not|must decline|are unable|do not have|don['’]?t have|need (?:more|the))\b/i,
  /^(?:sorry|unfortunately|unable to)\b/i,
  /^(?:this|the|your) (?:request|content|prompt|input|conversation) (?:was|is|has been|violates|cannot|could not)\b/i,
  /^(?:no (?:answer|response|content|summary)|n\/?a|null|none|undefined)\W*$/i,
  /^(?:(?:\w+ ){0,3}error\b|(?:rate|usage) limit|quota\b|too many requests|you have exceeded|bad gateway|service unavailable|gateway time|upstream|request timed|something went wrong|access denied|unauthori[sz]ed|forbidden|not found|[45]0\d )/i,
];

/** Words of a model that thinks aloud about what it was asked to do. */
const THINKING =
  /\bthe user(?:['’]s)? (?:wants|asks|asked|is asking|message|provided|request|gave|has given)\b|\b(?:i|we)(?: need to| should| will| must| have to| can|['’]ll) (?:now )?(?:write|summari[sz]e|produce|output|generate|create|respond|answer|provide|craft|return|follow|keep)\b|\blet['’]?s (?:see|think|write|craft|parse)\b|\blet me (?:see|think|write|craft|parse|start)\b/i;

/** A web page, or a part of one. */
const MARKUP =
  /^\s*<(?:!doctype|html|head|\?xml)|<\/?(?:html|head|div|h[1-6]|center|script|style|table|meta|link)(?:\s[^<>]{0,200})?\/?>/i;

/** Members of the prompt whose names are no words of any language. */
const MEMBER_OF_PROMPT = /\b(?:formInWords|moreParties|filedOn)\b/;

/** The words that stand in the place of a text in a template. */
const PLACEHOLDER =
  /^[\s.…:："'<>[\]{}_*#-]*(?:string|text|headline|title|body|(?:filing |sec filing )?(?:summary|alert)|answer|response|points?|(?:your|insert) (?:a |the )?(?:headline|title|body|summary|text)\b.{0,20})?[\s.…:："'<>[\]{}_*#-]*$/i;

/** Lines of the instructions that no summary says by chance. */
const asked = instructions
  .split('\n')
  .map(comparable)
  .filter((line) => line.length >= 20);

/** Tells whether a text refuses, asks back or greets, and so says nothing about the filing. */
export function isTalk(text: string): boolean {
  return begins(text, TALK);
}

/** Tells whether a text may be a refusal or an error, unless it is about the filing. */
export function isDoubtful(text: string): boolean {
  return begins(text, DOUBTFUL);
}

/** Tells whether a text is what a model thinks before it answers. */
export function isThinking(text: string): boolean {
  return THINKING.test(head(text, 20_000));
}

/** Tells whether a text is a web page. */
export function isMarkup(text: string): boolean {
  return MARKUP.test(head(text, 20_000));
}

/** Tells whether a text only holds the place of another, as in a template or a heading. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(head(text, 200));
}

/** Tells whether a text is a part of what the model was asked, or a template that was not filled in. */
export function isEcho(text: string): boolean {
  const said = comparable(head(text, 20_000));
  if (isPlaceholder(text) || MEMBER_OF_PROMPT.test(head(text, 20_000))) return true;
  return asked.some((line) => said.includes(line) || isPartOf(said, line));
}

function begins(text: string, words: readonly RegExp[]): boolean {
  const start = head(text.trim(), 200);
  return words.some((beginning) => beginning.test(start));
}

/** A definition such as "one line of at most 100 characters", given back as the thing itself. */
function isPartOf(said: string, line: string): boolean {
  return said.length >= 15 && line.includes(said);
}

function comparable(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}
