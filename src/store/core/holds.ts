import type { Hold, HoldQuestion, Holds } from '../contract/holds.ts';
import type { QuestionRow, WithQuestions } from '../rows.ts';
import {
  readArgument,
  requireDate,
  requireObject,
  requireOneOf,
  requireText,
  requireTexts,
  requireWholeNumber,
} from './arguments.ts';
import type { StoreContext } from './context.ts';

/** The flood breaker's batches. */
export function holds(context: StoreContext): Holds {
  const { reads, writes } = context.backend;

  return {
    async open(feed, ids) {
      requireText('feed', feed);
      const held = requireTexts('ids', ids);
      context.requireOpen('holds.open');
      return toHold(await writes.openHold(feed, held));
    },

    async current(feed) {
      requireText('feed', feed);
      context.requireOpen('holds.current');
      return toHoldOrNull(await reads.currentHold(feed));
    },

    async list() {
      context.requireOpen('holds.list');
      return (await reads.openHolds()).map(toHold);
    },

    async extend(id, ids) {
      requireWholeNumber('id', id, 0);
      const held = requireTexts('ids', ids);
      context.requireOpen('holds.extend');
      return toHoldOrNull(await writes.extendHold(id, held));
    },

    ...questions(context),

    async decide(hold, decision, userId) {
      if (typeof hold !== 'string') requireWholeNumber('hold', hold, 0);
      requireOneOf('decision', decision, ['post', 'mark']);
      requireText('userId', userId);
      context.requireOpen('holds.decide');
      return toHoldOrNull(await writes.decideHold(hold, decision, userId));
    },

    async finish(id) {
      requireWholeNumber('id', id, 0);
      context.requireOpen('holds.finish');
      await writes.finishHold(id);
    },
  };
}

function questions(context: StoreContext): Pick<Holds, 'startQuestion' | 'saveQuestion' | 'dropQuestion'> {
  const { writes } = context.backend;

  return {
    async startQuestion(id, channelId, known) {
      requireWholeNumber('id', id, 0);
      requireText('channelId', channelId);
      const row = known === null ? null : readQuestion('known', known);
      context.requireOpen('holds.startQuestion');
      const started = await writes.startQuestion(id, channelId, row);
      return started === undefined ? null : toQuestion(started);
    },

    async saveQuestion(id, question, messageId) {
      requireWholeNumber('id', id, 0);
      const row = readQuestion('question', question);
      requireText('messageId', messageId);
      context.requireOpen('holds.saveQuestion');
      await writes.saveQuestion(id, row, messageId);
    },

    async dropQuestion(id, question) {
      requireWholeNumber('id', id, 0);
      const row = readQuestion('question', question);
      context.requireOpen('holds.dropQuestion');
      await writes.dropQuestion(id, row);
    },
  };
}

/** @throws {SeenInputError} naming the field that cannot be one of a question. */
function readQuestion(name: string, question: HoldQuestion): QuestionRow {
  return readArgument(name, () => {
    requireObject(name, question);
    const { channelId, askedAt, messageId } = question;
    return {
      channel_id: requireText(`${name}.channelId`, channelId),
      asked_at: requireDate(`${name}.askedAt`, askedAt),
      message_id: messageId === null ? null : requireText(`${name}.messageId`, messageId),
    };
  });
}

function toQuestion({ channel_id: channelId, asked_at, message_id: messageId }: QuestionRow): HoldQuestion {
  return { channelId, askedAt: new Date(asked_at), messageId };
}

function toHoldOrNull(found: WithQuestions | undefined): Hold | null {
  return found === undefined ? null : toHold(found);
}

function toHold({ row, questions: asked }: WithQuestions): Hold {
  const { id, name, feed, created_at, ids, decision, decided_by: decidedBy } = row;
  const createdAt = new Date(created_at);
  return { id, name, feed, createdAt, ids: parseIds(ids), decision, decidedBy, questions: asked.map(toQuestion) };
}

function parseIds(json: string): string[] {
  const ids: unknown = JSON.parse(json);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}
