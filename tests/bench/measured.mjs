// What the peers' programs share: node PEER.mjs WHAT N, see ratchet_bench.cpp.

// Runs the round that the command line names; each round calls timed(work) once, around what counts.
export async function measured(rounds, { prepare, result }) {
  const [what, count] = [process.argv[2], Number(process.argv[3])];
  const round = rounds[what];
  if (!round || !(count > 0)) throw new Error('usage: WHAT N');
  let us = [];
  const timed = (work) => {
    const began = performance.now();
    const end = () => us.push((performance.now() - began) * 1000);
    const done = work();
    return done instanceof Promise ? done.then(end) : end();
  };
  await prepare();
  for (let i = 0; i <= count / 4; i += 1) await round(timed); // warm-up
  us = [];
  for (let i = 0; i < count; i += 1) await round(timed);
  console.log(JSON.stringify({ us: us.map((each) => Number(each.toFixed(2))), ...(await result()) }));
}
