import { describe, expect, it } from 'vitest';

import { readCompletion } from '../../src/bot/enrich/answer/completion.ts';
import { readAnswer } from '../../src/bot/enrich/answer/read-answer.ts';
import { UnusableAnswerError } from '../../src/bot/enrich/errors.ts';
import { instructions } from '../../src/bot/enrich/prompt.ts';
import { filing } from '../support/filings.ts';

const summary = {
  headline: 'Globex appoints a new chief executive',
  body: 'GLOBEX INC filed a current report about a change of officers.',
  points: ['Item 5.02', 'Signed in Cypress Creek'],
};
const json = JSON.stringify(summary);

/** The summary as a stream brings it. */
const pieces = json.match(/.{1,7}/g) ?? [];

function completionOf(message: object, finishReason = 'stop'): unknown {
  return { choices: [{ index: 0, finish_reason: finishReason, message: { role: 'assistant', ...message } }] };
}

const globex = filing({
  form: '8-K',
  parties: [{ name: 'GLOBEX INC', cik: '1', role: 'Filer' }],
  items: [{ code: '5.02', title: 'Departure of Directors or Certain Officers' }],
});

const read = (...values: readonly unknown[]) => readAnswer(readCompletion(values), globex);
const says = (content: unknown, finishReason?: string) => read(completionOf({ content }, finishReason));

describe('the summary that a person sees is taken', () => {
  it.each<[string, string]>([
    ['as it was asked for', json],
    ['after reasoning', `<think>\nThe set {5.02} and a "quote.\n</think>\n${json}`],
    [
      'after reasoning of several kinds',
      `<thinking a="b">x</thinking>\n[THINK]y[/THINK]<reasoning>z</reasoning>${json}`,
    ],
    ['after reasoning that holds a draft', `<think>{"headline":"Draft","body":"Draft."}</think>${json}`],
    ['after reasoning that was never opened', `The user wants {a summary}.\n</think>\n\n${json}`],
    ['in reasoning that was never closed', `<think>First a thought, then ${json}`],
    ['in the final channel', `<|channel|>analysis<|message|>Hm<|end|><|channel|>final<|message|>${json}<|return|>`],
    [
      'in the final channel with a constraint',
      `<|channel|>analysis<|message|>Globex {so}.<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>${json}`,
    ],
    ['after a channel whose marks are lost', `analysisWe need to write about Globex.assistantfinal${json}`],
    ['in a channel for calls', `<|channel|>commentary to=x <|constrain|>json<|message|>${json}<|call|>`],
    ['with empty errors', json.replace('{', '{"error":null,"errors":[],"status":"ok",')],
    ['with the label of an answer', `Summary: ${json}`],
    ['with the label in the body', json.replace('GLOBEX INC', 'Summary: GLOBEX INC')],
    ['with the label in the headline', json.replace('"Globex', '"SEC Filing Alert: Globex')],
    ['with tags of HTML', json.replace('GLOBEX INC', '<p><b>GLOBEX</b> INC').replace('officers.', 'officers.</p>')],
    ['with the marks of a chat template', `${json}<|im_end|></s>`],
    ['in a code fence', `\`\`\`\n${json}\n\`\`\``],
    ['in a code fence with a language', `~~~JSON\n${json}\n~~~`],
    ['in a code fence that stays open', `\`\`\`json\n${json}`],
    ['between sentences', `Of course! Here {as JSON} it is: ${json} Shall I {add} more?`],
    ['in tags', `<answer>${json}</answer>`],
    ['after the word json', `json\n${json}`],
    ['in an object around it', `{"result":{"filing_summary":${json}},"confidence":0.9}`],
    ['in a list of one', `[${json}]`],
    ['as JSON in a string', JSON.stringify(json)],
    ['as JSON in a member', JSON.stringify({ answer: json })],
    ['as a tool call in text', `{"name":"filing_summary","arguments":${json}}`],
    ['with escapes that nobody needed', json.replaceAll('"', String.raw`\"`)],
    [
      'with names in other cases',
      json.replace('headline', 'HeadLine').replace('body', 'BODY').replace('"points', '"Points'),
    ],
    ['with near names', json.replace('headline', 'title').replace('body', 'summary').replace('"points', '"key_points')],
    ['with commas at the ends', json.replaceAll(']', ',]').replaceAll('}', ',}')],
    ['with other quotation marks', json.replaceAll('"', "'")],
    ['with typographic quotation marks', json.replaceAll(/"([^"]*)"/g, '“$1”')],
    ['with names that are not quoted', json.replaceAll(/"(headline|body|points)"/g, '$1')],
    ['with comments', json.replace('{', '{ // the summary\n').replace('"body"', '/* text */ "body"')],
    ['without the last brace', json.slice(0, -1)],
    ['without braces', json.slice(1, -1)],
    ['with members of Python', json.replace('{', '{"other": None, "ok": True, ')],
    ['with points on lines', json.replace(/\[.*\]/, JSON.stringify('- Item 5.02\n- Signed in Cypress Creek'))],
    ['with points as objects', json.replace(/\[.*\]/, '[{"text":"Item 5.02"},{"fact":"Signed in Cypress Creek"}]')],
    [
      'with labels',
      `Headline: ${summary.headline}\nBody: ${summary.body}\nPoints:\n- Item 5.02\n- ${summary.points[1]}`,
    ],
    [
      'with labels in bold',
      `**Headline:** ${summary.headline}\n\n**Body:** ${summary.body}\n\n* Item 5.02\n* ${summary.points[1]}`,
    ],
    [
      'with labels on one line',
      `Headline: ${summary.headline} Body: ${summary.body} - Item 5.02 - ${summary.points[1]}`,
    ],
    [
      'under headings',
      `## Headline\n${summary.headline}\n## Body\n${summary.body}\n## Key points\n1. Item 5.02\n2. ${summary.points[1]}`,
    ],
    [
      'as XML',
      `<headline>${summary.headline}</headline><body>${summary.body}</body><points><point>Item 5.02</point><point>${summary.points[1]}</point></points>`,
    ],
    [
      'as Markdown',
      `# ${summary.headline}\n\n${summary.body.replace('GLOBEX', '**GLOBEX**')}\n\n- Item 5.02\n- ${summary.points[1]}\n\nLet me know if you need anything else!`,
    ],
  ])('%s', (_, content) => {
    expect(says(content)).toEqual(summary);
  });

  it.each<[string, readonly unknown[]]>([
    [
      'text parts among others',
      [
        completionOf({
          content: [{ type: 'image' }, { type: 'text', text: json.slice(0, 9) }, { type: 'text', text: json.slice(9) }],
        }),
      ],
    ],
    ['an object for content', [completionOf({ content: summary })]],
    ['reasoning, with an empty content', [completionOf({ content: '', reasoning_content: `So: ${json}` })]],
    ['reasoning, with no content', [completionOf({ content: null, reasoning: json })]],
    [
      'the arguments of a tool call',
      [completionOf({ content: null, tool_calls: [{ function: { arguments: json } }] })],
    ],
    ['the arguments of a function call', [completionOf({ function_call: { name: 'x', arguments: summary } })]],
    ['a text completion', [{ choices: [{ text: json, finish_reason: 'stop' }] }]],
    ['a text alone', [{ response: json, done: true }]],
    ['a text alone, in an object', [{ success: true, result: { response: json } }]],
    ['parts alone', [{ role: 'assistant', content: [{ type: 'text', text: json }] }]],
    ['a message alone', [{ message: { content: json }, done: true }]],
    ['a completion in an object', [{ success: true, result: completionOf({ content: json }) }]],
    ['a completion in a list', [[completionOf({ content: json })]]],
    ['a stream', pieces.map((content) => ({ choices: [{ delta: { content } }] }))],
    [
      'a stream of a tool call',
      pieces.map((piece) => ({ choices: [{ delta: { tool_calls: [{ function: { arguments: piece } }] } }] })),
    ],
    ['a whole answer of the greatest length', [completionOf({ content: json }, 'length')]],
  ])('from %s', (_, values) => {
    expect(read(...values)).toEqual(summary);
  });
});

describe('an answer with less than was asked for', () => {
  it.each<[string, string, object]>([
    ['no points', '{"headline":"H h","body":"B b."}', { headline: 'H h', body: 'B b.', points: [] }],
    [
      'null for points',
      '{"headline":"H h","body":"B b.","points":null}',
      { headline: 'H h', body: 'B b.', points: [] },
    ],
    [
      'one string for points',
      '{"headline":"H h","body":"B b.","points":"P"}',
      { headline: 'H h', body: 'B b.', points: ['P'] },
    ],
    ['points for a body', '{"headline":"H h","points":["B b.","P"]}', { headline: 'H h', body: 'B b.', points: ['P'] }],
    [
      'a body alone',
      '{"summary":"GLOBEX filed a report."}',
      { headline: undefined, body: 'GLOBEX filed a report.', points: [] },
    ],
    [
      'two sentences',
      'Sure! Here it is: Globex Inc. filed a report on 5 May. It names J. Doe of U.S. Globex Co. as chief.',
      {
        headline: 'Globex Inc. filed a report on 5 May.',
        body: 'It names J. Doe of U.S. Globex Co. as chief.',
        points: [],
      },
    ],
    [
      'reasoning before a sentence',
      'They want a summary. I should be brief. </think> GLOBEX INC filed a form about its officers.',
      { headline: undefined, body: 'GLOBEX INC filed a form about its officers.', points: [] },
    ],
    [
      'one sentence',
      'GLOBEX INC filed a form about its officers.',
      { headline: undefined, body: 'GLOBEX INC filed a form about its officers.', points: [] },
    ],
    [
      'quotation marks in a string',
      '{"headline":"H h","body":"The "best", they say"}',
      { headline: 'H h', body: 'The "best", they say', points: [] },
    ],
    [
      'line breaks in a string',
      '{"headline":"H h","body":"One\ntwo"}',
      { headline: 'H h', body: 'One\ntwo', points: [] },
    ],
    [
      'Markdown in a string',
      '{"headline":"**H** h","body":"`B` [b](https://b.example)"}',
      { headline: 'H h', body: 'B b', points: [] },
    ],
    [
      'tags in a string',
      '{"headline":"About <think>","body":"a </think> b"}',
      { headline: 'About <think>', body: 'a </think> b', points: [] },
    ],
  ])('is taken with %s', (_, content, answer) => {
    expect(says(content)).toEqual(answer);
  });
});

const aboutFiling = 'Globex Inc. filed a current report about a new chief.';

describe('an answer without a headline of its own', () => {
  it.each<[string, string, string]>([
    ['a heading', `## Summary\n\n${aboutFiling}`, aboutFiling],
    ['a heading in bold', `**SEC Filing Alert:**\n${aboutFiling}`, aboutFiling],
    ['a placeholder in JSON', JSON.stringify({ headline: 'Summary', body: aboutFiling }), aboutFiling],
    ['a label', `**Summary:** ${aboutFiling}`, aboutFiling],
    ['a headline alone', JSON.stringify({ headline: aboutFiling, body: '', points: [] }), aboutFiling],
    ['a short sentence', 'Globex filed an 8-K.', 'Globex filed an 8-K.'],
    ['the form', 'An 8-K was filed about officers.', 'An 8-K was filed about officers.'],
    ['the item', 'A company reports under Item 5.02 alone.', 'A company reports under Item 5.02 alone.'],
    ['another language', 'GLOBEX 向 SEC 提交了关于高管变动的报告', 'GLOBEX 向 SEC 提交了关于高管变动的报告'],
  ])('is taken with %s', (_, content, body) => {
    expect(says(content)).toEqual({ headline: undefined, body, points: [] });
  });
});

it.each([
  ['MODEL N, INC.', 'Model N reports a change among its officers.'],
  ['Capital Partners Fund II', 'Capital Partners Fund II sold shares to investors.'],
  ['Müller Étienne', 'A report of Mueller or of Etienne came in.'],
  ['Acme Holdings', "Acme's officers are new, says a report."],
])('%s is known by its name in a sentence', (name, content) => {
  const about = filing({ form: '4', parties: [{ name, cik: '1', role: 'Filer' }], items: [] });
  const completion = readCompletion([completionOf({ content })]);
  expect(readAnswer(completion, about)).toMatchObject({ body: content });
  const model = filing({ form: '4', parties: [{ name: 'MODEL N, INC.', cik: '1', role: 'Filer' }], items: [] });
  const failed = readCompletion([completionOf({ content: 'The model server did not answer in time today.' })]);
  expect(() => readAnswer(failed, model)).toThrow(UnusableAnswerError);
});

describe('an answer that a refusal might begin with', () => {
  it.each<[string, string, string, string]>([
    ['RW', 'ACME CORP', 'Acme withdraws its S-1', 'The request is for the withdrawal of a registration statement.'],
    ['NT 10-K', 'ACME CORP', 'Unable to file 10-K on time, Acme tells SEC', 'It gives a reason.'],
    ['8-K', 'SORRY HOLDINGS INC.', 'Sorry Holdings Inc. files 8-K', 'It is about officers.'],
    ['8-K', 'ACME CORP', 'Acme warns', 'We cannot rule out further delisting, the company says.'],
  ])('is taken where it is about the filing (%s of %s)', (form, name, headline, body) => {
    const completion = readCompletion([completionOf({ content: JSON.stringify({ headline, body }) })]);
    const about = filing({ form, parties: [{ name, cik: '1', role: 'Filer' }], items: [] });
    expect(readAnswer(completion, about)).toEqual({ headline, body, points: [] });
  });
});

describe('no answer is made of', () => {
  it.each([
    'Error: upstream provider timed out while contacting the model, request id 8f2c',
    'Rate limit exceeded. Please try again in 20 seconds.',
    'You have exceeded your daily quota of free requests for this model.',
    'Internal server error. The upstream service did not respond in time.',
    'The context window is 8k tokens and form 4 digits long.',
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Globex 8-K</h1></body></html>',
    '<div>Globex Inc. filed an 8-K about officers.</div>',
    'Lo siento, pero no puedo ayudar con esa solicitud sobre Globex.',
    'Je suis désolé, mais je ne peux pas résumer ce document.',
    'Es tut mir leid, dabei kann ich leider nicht helfen.',
    '你好,这个问题我暂时无法回答,让我们换个话题再聊聊吧。',
    'I must respectfully decline to summarise the filing of Globex.',
    "Okay, let's see. The user wants me to write an alert about the 8-K of Globex.",
    'We need to write a summary of the filing for Globex. It should be brief.',
    'Understood. I will write alerts about SEC filings such as those of Globex.',
    '<|channel|>analysis<|message|>Globex filed a report about its officers.<|end|>',
    'form: 8-K, formInWords: current report, filedOn: 2026-11-25, parties: Globex Inc',
    'The user message is a JSON object describing one 8-K and an alert on it.',
    '{"error":true,"message":"Rate limit reached for the key of Globex, try again later"}',
    '{"status":"error","headline":"Globex","body":"Something went wrong while generating the summary"}',
    '{"message":"Globex is a name that cannot be summarised"}',
    '{"headline":"Rate limit exceeded","body":"Please try again in a minute."}',
    '{"headline":"Internal Server Error","message":"The service is down."}',
    '{"headline":"Globex files 8-K","body":"I cannot help with that."}',
    '{"text":"The service is down for a while."}',
  ])('%s', (content) => {
    expect(() => says(content)).toThrow(UnusableAnswerError);
  });

  it.each<[string, unknown, string?]>([
    ['JSON that breaks off', '{"headline":"Globex","body":"GLOBEX INC filed a'],
    ['JSON that breaks off after a brace', '{"headline":"Globex {a}","body":"GLOBEX {INC} filed a'],
    ['JSON of the greatest length that lacks its end', json.slice(0, -1), 'length'],
    ['prose of the greatest length', 'GLOBEX INC filed a report. It says that the chief executive', 'length'],
    ['reasoning that breaks off', '<think>GLOBEX INC filed a report about its officers. Now I', 'length'],
    ['reasoning alone', '<think>GLOBEX INC filed a report about its officers. It names them.</think>'],
    ['an introduction', 'Certainly! Here is the summary of the filing that you asked for:'],
    ['an excuse', "I'm sorry, but I can't help with the contents of this filing. Try another one."],
    ['a refusal in JSON', '{"headline":"I cannot summarise this","body":"It goes against what I may do."}'],
    ['a question', 'Could you please share the filing that I am to summarise? Then I can begin.'],
    ['a greeting', 'Hello! How can I help you with SEC filings today? I know all of the forms.'],
    ['the instructions', instructions],
    [
      'a part of the instructions',
      'headline: one line of at most 100 characters.\nbody: one or two sentences, at most 400 characters.',
    ],
    ['a template', '{"headline":"...","body":"...","points":["..."]}'],
    [
      'the template of the instructions',
      '{"headline":"one line of at most 100 characters","body":"one or two sentences"}',
    ],
    ['a schema', '{"type":"object","properties":{"headline":{"type":"string"},"body":{"type":"string"}}}'],
    [
      'the facts that it was given',
      '{"form":"8-K","parties":[{"name":"GLOBEX","role":"Filer"}],"items":[{"code":"5.02","title":"Officers"}]}',
    ],
    ['another object', '{"error":"too busy"}'],
    ['a word', 'Understood.'],
    ['the same words over and over', 'filing '.repeat(1000)],
    ['an empty list', []],
    ['a number', 7],
  ])('%s', (_, content, finishReason) => {
    expect(() => says(content, finishReason)).toThrow(UnusableAnswerError);
  });

  it('an answer that a filter cut', () => {
    expect(() => says('GLOBEX INC filed a report. It says', 'content_filter')).toThrow(/content filter/);
  });

  it('a refusal that stands apart', () => {
    expect(() => read(completionOf({ content: null, refusal: 'Not this one.' }))).toThrow(/refused: Not this one/);
  });
});

describe('an answer that is meant to keep the bot busy', () => {
  it.each<[string, string]>([
    ['open braces', '{'.repeat(1e6)],
    ['open objects', '{"a":'.repeat(2e5)],
    ['open lists', '['.repeat(1e6)],
    ['nested objects', '{"a":'.repeat(2e5) + '}'.repeat(2e5)],
    ['open strings', '{"'.repeat(1e6)],
    ['quotation marks without end', `{"a":"${'" '.repeat(1e6)}`],
    ['backslashes', `{"a":"${'\\'.repeat(1e6)}`],
    ['open tags', '<think'.repeat(1e6)],
    ['closed tags', '</think>'.repeat(5e5)],
    ['fences', '```'.repeat(1e6)],
    ['stars', '**'.repeat(1e6)],
    ['labels', 'Headline:\n'.repeat(5e5)],
    ['white space', `${' '.repeat(1e6)}a`],
    ['comments', `{${'/*'.repeat(1e6)}`],
    ['sentences', 'a. '.repeat(1e6)],
  ])('(%s) takes less than a second of processor time', (_, content) => {
    const before = process.cpuUsage();
    expect(() => says(content)).toThrow(UnusableAnswerError);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
