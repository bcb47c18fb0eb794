import type { Moves } from './port/transfer.ts';

/** A row of `seen_move`, as every backend has it. Times are Unix times in milliseconds. */
export interface MoveRow {
  readonly direction: 'arrival' | 'departure';
  readonly peer_id: string;
  readonly peer: string;
  readonly begun_at: number;
  readonly ended_at: number | null;
  /** 1 for true. */
  readonly running: number;
  /** 1 for true. */
  readonly used: number;
}

export function toMoves(rows: readonly MoveRow[]): Moves {
  const arrival = rows.find(({ direction }) => direction === 'arrival');
  const departure = rows.find(({ direction }) => direction === 'departure');
  return {
    arrival: arrival && {
      from: { id: arrival.peer_id, location: arrival.peer },
      begunAt: arrival.begun_at,
      endedAt: arrival.ended_at,
      isOfRunningBot: arrival.running === 1,
      isUsed: arrival.used === 1,
    },
    departure: departure && { to: { id: departure.peer_id, location: departure.peer }, at: departure.begun_at },
  };
}

export function toMoveRows({ arrival, departure }: Moves): MoveRow[] {
  const rows: MoveRow[] = [];
  if (arrival !== undefined) {
    const { from, begunAt, endedAt, isOfRunningBot, isUsed } = arrival;
    rows.push({
      direction: 'arrival',
      peer_id: from.id,
      peer: from.location,
      begun_at: begunAt,
      ended_at: endedAt,
      running: Number(isOfRunningBot),
      used: Number(isUsed),
    });
  }
  if (departure !== undefined) {
    const { to, at } = departure;
    const peer = { peer_id: to.id, peer: to.location };
    rows.push({ direction: 'departure', ...peer, begun_at: at, ended_at: at, running: 0, used: 0 });
  }
  return rows;
}
