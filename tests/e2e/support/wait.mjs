// Waiting for something to become true, with words for when it does not.
export async function until(what, condition, { timeout = 60_000, every = 100 } = {}) {
  const end = Date.now() + timeout;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`waited ${timeout / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

// What stays true for a while.
export async function holds(what, condition, { during = 2000, every = 100 } = {}) {
  const end = Date.now() + during;
  while (Date.now() < end) {
    if (!(await condition())) throw new Error(`did not stay so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
