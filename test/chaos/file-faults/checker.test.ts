import { describe, expect, test } from 'vitest';

import { findViolations, type Evidence, type Violations } from '../../../chaos/file-faults/checker.ts';
import type { Answer, Operation } from '../../../chaos/file-faults/operations.ts';
import { LEASE_MS, type Granted, type OperationKind } from '../../../chaos/file-faults/protocol.ts';

type Times = readonly [invokedAt: number, answeredAt: number];

const accepted = (at: number, granted: readonly Granted[] = [], unseen: readonly string[] = []): Answer => {
  return { accepted: true, at, granted, unseen };
};

const refused = (at: number, code: string): Answer => ({ accepted: false, at, code, message: `${code}!` });

function operation(
  client: string,
  kind: OperationKind,
  id: string,
  invokedAt: number,
  answer: Answer | undefined,
): Operation {
  return { client, kind, ids: [id], invokedAt, answer };
}

const mark = (id: string, [from, to]: Times): Operation => operation('a', 'mark', id, from, accepted(to));

const claim = (client: string, token: number, [from, to]: Times, id = 'item'): Operation =>
  operation(client, 'claim', id, from, accepted(to, [{ id, token }]));

const change = (
  client: string,
  kind: 'renew' | 'commit' | 'release',
  token: number,
  [from, to]: Times,
  code?: string,
): Operation => {
  const answer = code === undefined ? accepted(to) : refused(to, code);
  return { ...operation(client, kind, 'item', from, answer), token };
};

/** The violations that were found, without the kinds of which there are none. */
function found(operations: readonly Operation[], rest: Partial<Evidence> = {}): Partial<Violations> {
  const evidence = { replacements: [], kills: [], unseen: new Set<string>(), integrity: 'ok', ...rest };
  const all = Object.entries(findViolations({ operations, ...evidence })) as [string, readonly string[]][];
  return Object.fromEntries(all.filter(([, lines]) => lines.length > 0));
}

const one = (text: string): unknown => [expect.stringContaining(text)];

describe('a mark or a commit', () => {
  test('that was acknowledged and is not seen at the end is lost', () => {
    const unseen = new Set(['x', 'item']);
    const commit = change('a', 'commit', 1, [10, 20]);
    expect(found([mark('x', [10, 20]), mark('y', [10, 20]), commit], { unseen })).toEqual({
      lostMarks: one('x: mark by a at 10.0–20.0 ms'),
      lostCommits: one('item: commit of item with token 1'),
    });
  });

  test('that was refused, or whose client was killed before the answer, may be missing', () => {
    const failed = operation('a', 'mark', 'x', 10, refused(20, 'SEEN_STORE'));
    const open = operation('a', 'mark', 'y', 10, undefined);
    expect(found([failed, open], { unseen: new Set(['x', 'y']) })).toEqual({});
  });

  test('may be missing only if a copy was being made, or put in place, while it was under way', () => {
    const replacements = [{ copyStartedAt: 100, replacedAt: 200 }];
    const unseen = new Set(['before', 'begun', 'within', 'late', 'after']);
    const marks = [
      mark('before', [80, 99]),
      mark('begun', [90, 110]),
      mark('within', [120, 130]),
      mark('late', [190, 400]),
      mark('after', [201, 210]),
    ];
    expect(found(marks, { replacements, unseen }).lostMarks).toEqual([
      expect.stringContaining('before'),
      expect.stringContaining('after'),
    ]);
  });

  test('that its own client does not find later was forgotten, even if it is there in the end', () => {
    const read = operation('a', 'read', 'x', 30, accepted(40, [], ['x']));
    expect(found([mark('x', [10, 20]), read, read])).toEqual({ forgotten: one('x: mark by a') });
  });
});

describe('a lease', () => {
  test('that was live when another client got the item was granted twice', () => {
    const first = claim('a', 1, [0, 10]);
    expect(found([first, claim('b', 2, [200, LEASE_MS - 10])])).toEqual({ grantedTwice: one('item: claim by b') });
    expect(found([first, claim('b', 2, [200, LEASE_MS + 10])])).toEqual({});
  });

  test('is extended by a renewal', () => {
    const renewed = [claim('a', 1, [0, 10]), change('a', 'renew', 1, [200, 210])];
    expect(found([...renewed, claim('b', 2, [300, 310])])).toEqual({ grantedTwice: one('during the lease of renew') });
    expect(found([...renewed, claim('b', 2, [300, 460])])).toEqual({});
  });

  test('ends when its client is killed, and not when another one is', () => {
    const claims = [claim('a', 1, [0, 10]), claim('b', 2, [50, 60])];
    expect(found(claims, { kills: [{ client: 'a', at: 40 }] })).toEqual({});
    expect(found(claims, { kills: [{ client: 'c', at: 40 }] })).toHaveProperty('grantedTwice');
    expect(found(claims, { kills: [{ client: 'a', at: 70 }] })).toHaveProperty('grantedTwice');
  });

  test('ends with a release, whose answer may be missing', () => {
    const claims = [claim('a', 1, [0, 10]), claim('b', 2, [50, 60])];
    expect(found([...claims, change('a', 'release', 1, [20, 30], 'SEEN_STORE')])).toEqual({});
    expect(found([...claims, change('a', 'release', 1, [70, 80], 'SEEN_CLAIM_LOST')])).toHaveProperty('grantedTwice');
  });

  test('may be gone with the file that it was written to', () => {
    const claims = [claim('a', 1, [0, 10]), claim('b', 2, [50, 60])];
    expect(found(claims, { replacements: [{ copyStartedAt: 5, replacedAt: 40 }] })).toEqual({});
    expect(found(claims, { replacements: [{ copyStartedAt: 15, replacedAt: 40 }] })).toHaveProperty('grantedTwice');
  });
});

describe('a commit', () => {
  const claims = [claim('a', 1, [0, 10]), claim('b', 2, [300, 310])];

  test('of two owners was accepted twice', () => {
    const commits = [change('a', 'commit', 1, [305, 320]), change('b', 'commit', 2, [330, 340])];
    expect(found([...claims, ...commits])).toEqual({ committedTwice: one('item: commit of item with token 1 by a') });
  });

  test('that its owner repeats is one', () => {
    const commits = [change('b', 'commit', 2, [330, 340]), change('b', 'commit', 2, [350, 360])];
    expect(found([...claims, ...commits])).toEqual({});
  });

  test('that is accepted although the item had passed to another client was not fenced', () => {
    expect(found([...claims, change('a', 'commit', 1, [320, 330])])).toEqual({ unfenced: one('after claim by b') });
    expect(found([...claims, change('a', 'commit', 1, [320, 330], 'SEEN_CLAIM_LOST')])).toEqual({});
  });

  test('ends the item: nobody gets it any more', () => {
    const committed = [claim('a', 1, [0, 10]), change('a', 'commit', 1, [20, 30])];
    const again = { grantedAfterCommit: one('item: claim by b') };
    expect(found([...committed, claim('b', 2, [300, 310])])).toEqual(again);
    const replacements = [{ copyStartedAt: 15, replacedAt: 40 }];
    expect(found([...committed, claim('b', 2, [300, 310])], { replacements })).toEqual({});
  });

  test('must not be refused while nobody else can have got the item', () => {
    const own = [claim('a', 1, [0, 10]), change('a', 'commit', 1, [20, 30], 'SEEN_CLAIM_LOST')];
    const live = { lostClaims: one('item: commit of item with token 1 by a') };
    expect(found(own)).toEqual(live);
    expect(found([...own, operation('b', 'claim', 'item', 15, accepted(25))])).toEqual(live);
    expect(found([...own, operation('b', 'claim', 'item', 15, undefined)])).toEqual({});
  });

  test('may be refused once the lease may have run out, if somebody has asked for the item since', () => {
    const own = [claim('a', 1, [0, 10]), change('a', 'commit', 1, [400, 410], 'SEEN_CLAIM_LOST')];
    expect(found([...own, operation('b', 'claim', 'item', 300, accepted(310))])).toEqual({});
    expect(found([...own, { ...operation('b', 'claim', '', 300, accepted(310)), ids: [] }])).toEqual({});
    expect(found([...own, operation('b', 'claim', 'another', 300, accepted(310))])).toHaveProperty('lostClaims');
    expect(found([...own, operation('b', 'claim', 'item', 100, accepted(110))])).toHaveProperty('lostClaims');
  });
});

describe('tokens', () => {
  test('are given once', () => {
    const twice = [claim('a', 7, [0, 10], 'x'), claim('b', 7, [5, 15], 'y')];
    expect(found(twice)).toEqual({ tokens: one('token 7, given 2 times: claim by a') });
  });

  test('grow from one claim to the next, whatever became of the file in between', () => {
    const claims = [claim('a', 7, [0, 10], 'x'), claim('b', 3, [50, 60], 'y')];
    const replacements = [{ copyStartedAt: 0, replacedAt: 40 }];
    expect(found(claims, { replacements })).toEqual({ tokens: one('token 3 for claim by b') });
  });

  test('may come in any order to claims that were under way at the same time', () => {
    expect(found([claim('a', 7, [0, 60], 'x'), claim('b', 3, [50, 70], 'y')])).toEqual({});
  });
});

test('errors that are no refusal are unexpected', () => {
  const failed = (kind: OperationKind, code: string): Operation => operation('a', kind, 'x', 10, refused(20, code));
  expect(found([failed('mark', 'SEEN_STORE'), failed('claim', 'SEEN_STORE_BUSY')])).toEqual({});
  for (const code of ['SEEN_CLAIM_LOST', 'SEEN_INPUT', 'UNKNOWN']) {
    expect(found([failed('mark', code)])).toEqual({ unexpectedErrors: one(code) });
  }
});

test('a file that is damaged in the end is a violation', () => {
  expect(found([], { integrity: 'row 3 missing' })).toEqual({ damage: ['row 3 missing'] });
});
