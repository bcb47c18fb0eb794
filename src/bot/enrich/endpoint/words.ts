/**
 * Words by which refusals are told apart, as endpoints use codes of their own: those of OpenAI, Azure, Anthropic, Google,
 * DeepSeek, Mistral, Groq, OpenRouter, Alibaba, Zhipu, MiniMax, SiliconFlow, LiteLLM, Cloudflare, Ollama, llama.cpp,
 * LM Studio, vLLM and Text Generation Inference.
 */

/** Joins alternatives, which may have spaces, dashes or underscores between their words. */
const anyOf = (...alternatives: readonly string[]): RegExp =>
  new RegExp(alternatives.map((words) => words.replaceAll(' ', '[ _-]?')).join('|'), 'i');

export const noCredit = anyOf(
  'insufficient (?:account )?(?:quota|balance|credit|fund)',
  String.raw`(?:out of|no|not enough|enough|more|remaining) credits?\b`,
  'credit balance',
  'exceeded (?:your )?current quota',
  'billing',
  'payment required',
  'spend(?:ing)? limit',
  'usage limit',
  'arrears|arrearage|top up|recharge',
  'balance.{0,20}(?:insufficient|not enough|too low|exhausted|negative)',
  'key limit exceeded',
  '余额不足|欠费|充值',
);

/** A budget that the operator of a gateway has set. */
export const budget = anyOf('budget.{0,20}exceed', 'exceed.{0,20}budget', 'crossed budget', 'max budget');

/** An allowance of the day, or one that comes again only after minutes. */
export const perDay = anyOf(
  String.raw`per day\b|PerDay`,
  String.raw`\b(?:rpd|tpd)\b`,
  String.raw`\bdaily\b`,
  String.raw`(?:retry|again) in (?:6[1-9]|[7-9]\d|\d{3,})(?:\.\d+)? ?s`,
  String.raw`(?:retry|again) in (?:\d+ ?[hd]|(?:[2-9]|\d{2,}) ?m(?!s))`,
);

/** A rate limit in words that others use for credit. */
export const perMinute = anyOf('per min(?:ute)?', 'per sec(?:ond)?', String.raw`retry in \d`, 'requests per', 'rpm');

/** A request that is larger than the rate allows at all. */
export const tooLargeForRate = anyOf('request too large', 'reduce your message size');

/** A limit on the rate, in an error that names no status. */
export const rateLimit = anyOf('rate limit', 'too many requests', 'throttl', 'queries per');

/** A key that is no good, in an error that names no status. */
export const invalidKey = anyOf(
  '(?:invalid|incorrect|wrong|missing|expired|revoked|no) (?:api )?(?:key|token|credential)',
  'api key.{0,20}(?:invalid|not valid|incorrect|expired|missing)',
  'authenticat|unauthori[sz]ed|login fail',
);

/** A failure that passes, in an error that names no status. */
export const passing = anyOf(
  'temporar|overload|try again|later',
  'timed? ?out|timeout',
  'internal (?:server )?error',
  String.raw`\bbusy\b|capacity|upstream|bad gateway|service unavailable`,
);

/** A refusal that says that it is the text which was flagged, and not an account. */
export const flaggedInput = anyOf(
  String.raw`\b(?:input|prompt|message|content|request|text|completion|response|output)s?\b.{0,30}\bflagged\b`,
  'content policy violation',
  'responsible ?ai ?policy ?violation',
);

export const moderation = anyOf(
  'moderation',
  String.raw`\bflagged\b`,
  'content (?:filter|policy|management|risk|exists risk)',
  'usage polic',
  'safety (?:system|polic|check|filter|reason)',
  'blocked by safety',
  'invalid prompt',
  'responsible ?ai',
  'inappropriate',
  'data ?inspection',
  'sensitive (?:content|word|information|topic)',
  '(?:input|output) (?:new )?sensitive',
  '敏感|不安全',
  'prohibited content',
  'harmful|jailbreak',
);

export const tooLong = anyOf(
  'context (?:length|size|window|shift)',
  'maximum context',
  String.raw`(?:prompt|input|request|message|content)s?\b.{0,40}(?:too (?:long|large|big)|exceed)`,
  'too many (?:input )?tokens',
  'reduce the length',
  'string above max length',
  String.raw`max (?:completion )?tokens\W{1,3}must be at least`,
  'tokens?.{0,60}(?:must be <=|must be less|exceed)',
  'exceed.{0,40}(?:token|context|length)',
  'payload too large',
);

/** A limit on the answer's length is missing, or has another name. */
export const wantsLimit = anyOf(
  '(?:fewer|lower|reduce|decrease).{0,20}max (?:completion )?tokens',
  String.raw`max (?:completion )?tokens\b.{0,40}(?:required|missing|must be (?:set|given|specified|provided))`,
  '(?:required|missing).{0,40}max (?:completion )?tokens',
  `use ['"\`]?max completion tokens`,
);

export const format = anyOf(
  'response format',
  'json (?:schema|object|mode)',
  'structured outputs?',
  'grammar|guided|additionalProperties',
  'requested parameters',
  String.raw`\bschema\b`,
);

export const systemRole = anyOf(
  '(?:system|developer) (?:role|message|prompt|instruction)',
  String.raw`\brole.{0,30}['"\`]?system\b`,
  `['"\`]system['"\`]`,
  String.raw`\broles?\b.{0,30}(?:must|alternate|support|only|invalid|allowed)`,
  String.raw`messages\W{1,3}(?:0\W{1,3})?role`,
  'only user and assistant',
  'chat template|jinja',
);

export const unknownModel = anyOf(
  'model (?:not found|decommissioned|id)',
  '(?:unknown|invalid|no such|unsupported) model',
  String.raw`\bmodels?\b.{0,80}(?:not found|not exist|unknown|not valid|deprecated|decommissioned|no longer|not available)`,
  String.raw`\bmodels?\b.{0,80}(?:unavailable|not supported|not served|not loaded|access)`,
  'no models? loaded',
  'no (?:endpoints|allowed providers).{0,60}(?:found|available)',
);

/** Words for what can be closed or verified. */
const ACCOUNT = String.raw`\b(?:account|organi[sz]ation|project|subscription)\b`;

export const wrongKey = anyOf(
  String.raw`\bapi (?:secret )?key|login fail`,
  'access token|invalid token|bearer',
  String.raw`credentials?\b`,
  'authenticat|unauthori[sz]ed',
);

/** An account that is closed; not one that may be, should such texts be sent again. */
export const closedAccount = anyOf(
  String.raw`${ACCOUNT}(?:\W|(?!may\b|might\b|could\b|will\b|can\b)\w+\W){0,8}(?:suspended|deactivated|disabled|flagged|banned)`,
  String.raw`${ACCOUNT}(?:\W|(?!may\b|might\b|could\b|will\b|can\b)\w+\W){0,8}(?:restricted|terminated|not active)`,
  'account (?:deactivated|suspended|disabled)',
  'access terminated',
);

/** An account that must be verified first. */
export const unverified = anyOf(
  String.raw`${ACCOUNT}.{0,40}\b(?:verified|verification)`,
  'verify your (?:account|organi[sz]ation|identity|email|phone)',
);

/** A model for which the machine that serves it has no room. */
export const notLoaded = anyOf(
  'failed to load (?:the )?model(?! vocabulary)',
  'model.{0,60}failed to load',
  '(?:insufficient|not enough|more) (?:system )?(?:resources|memory)',
);

export const wrongRegion = anyOf(
  'unsupported country',
  String.raw`(?:country|region|territory|location)\b.{0,60}(?:not supported|unsupported|unavailable|not available)`,
  String.raw`(?:country|region|territory|location)\b.{0,60}(?:not allowed|restricted|blocked)`,
  'not (?:supported|available) in.{0,20}(?:country|region|territory|location)',
);

export const invalidRequest = anyOf('invalid (?:request|argument|params?|input)', 'bad request');

/** A Cloudflare page in plain text. */
export const firewall = /^error code: 10\d\d\b/i;

/** A refusal that names a parameter, and so is about no other. */
export const namesParameter = anyOf(
  '(?:unknown|unrecognized|unsupported|invalid|missing|required|unexpected) (?:parameter|argument|field)',
);
