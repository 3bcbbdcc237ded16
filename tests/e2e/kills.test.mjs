// The short form of ./dev soak kills.
import { test } from 'node:test';
import { kills } from './support/kills.mjs';

const count = Number(process.env.TACET_KILLS ?? 4);
const seed = Number(process.env.TACET_SEED ?? Math.floor(Math.random() * 1e9));

test(`${count} kills of a live tab lose nothing, double nothing and halve nothing`, { timeout: count * 120_000 },
  async (t) => {
    t.diagnostic(`TACET_SEED=${seed}`);
    const done = await kills(count, seed, (so_far) => {
      if (so_far.kills % 25 === 0) t.diagnostic(JSON.stringify(so_far));
    });
    t.diagnostic(JSON.stringify(done));
  });
