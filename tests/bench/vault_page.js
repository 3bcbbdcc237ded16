// Drives vault_page.cpp inside the page: window.bench is what vault.mjs calls. One message after the other, as the
// messenger does it; `bytes` counts what IndexedDB is given.
(function() {
  var program;
  var waiting = [];
  var bytes = 0;

  function size(value) {
    if (value instanceof ArrayBuffer) return value.byteLength;
    if (ArrayBuffer.isView(value)) return value.buffer.byteLength;  // all of it is cloned, not only the view
    if (value && typeof value === 'object')
      return Object.values(value).reduce(function(sum, each) { return sum + size(each); }, 0);
    return 0;
  }
  var put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function(value) {
    bytes += size(value);
    return put.apply(this, arguments);
  };

  var answered = function() { return new Promise(function(resolve) { waiting.push(resolve); }); };
  var quantile = function(all, q) {
    var sorted = Array.from(all).sort(function(a, b) { return a - b; });
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  };

  async function load() {
    program = await VaultPage({
      answer: function(what, ticket, outcome) {
        if (outcome !== 0) throw new Error(what + ': ' + outcome);
        if (waiting.length) waiting.shift()();
      },
    });
    window.program = program;
    var ready = answered();
    program._open_storage();
    await ready;
  }

  async function sync() {
    do {
      var done = answered();
      program._sync_vault();
      await done;
    } while (program._vault_synced());
  }

  async function idle() {
    while (program._wants_tidy()) {
      if (program._tidy()) await sync();
    }
  }

  // Until the messenger has nothing more to do. Its own syncs are answered in vault_page.cpp.
  async function rest() {
    var longest = 0;
    var quiet = 0;
    for (var before = -1; quiet < 30;) {
      longest = Math.max(longest, program._time_passes());
      await new Promise(function(resolve) { setTimeout(resolve, 0); });
      quiet = program._messages() === before && !program._saving() ? quiet + 1 : 0;
      before = program._messages();
    }
    return longest;
  }

  window.bench = {
    load: load,

    // A new vault with an account, 30 contacts and a history of `count` messages in six days.
    fill: async function(count) {
      program._start_messenger();
      program._create();
      await rest();
      program._confirm_code();
      await rest();
      program._open_vault();
      program._befriend();
      await sync();
      program._most_steps();
      var pause = 6 * 24 * 3600 * 1000 / count;
      var together = Math.max(16, Math.floor(count / 1500));
      for (var i = 0; i < count; i += 1) {
        program._receive();
        program._show();
        program._pass(pause);
        if (i % together === together - 1) {
          await sync();
          await idle();
        }
      }
      await sync();
      await idle();
      return {stored: program._stored(), longest: program._longest_step(), most: program._most_steps(), clock: program._clock_now(),
        written: program._written(), committed: program._committed()};
    },

    // `count` messages, each durable by itself; as many expire meanwhile.
    live: async function(count, pause) {
      var durable = [];
      var before = {bytes: bytes, written: program._written(), committed: program._committed()};
      for (var i = 0; i < count; i += 1) {
        var began = performance.now();
        program._receive();
        var done = answered();
        program._sync_vault();
        await done;
        durable.push(performance.now() - began);
        while (program._vault_synced()) await sync();
        program._show();
        await sync();
        program._pass(pause);
        await idle();
      }
      return {p50: quantile(durable, 0.5), p95: quantile(durable, 0.95), longest: program._longest_step(), most: program._most_steps(),
        stored: program._stored(), clock: program._clock_now(), bytes: bytes - before.bytes,
        written: program._written() - before.written, committed: program._committed() - before.committed};
    },

    // In a fresh page.
    unlock: async function(clock) {
      program._set_clock(clock + 1000);
      var ms = program._unlock();
      var first = program._messages();
      var heap = program._heap_bytes();
      var began = performance.now();
      var longest = await rest();
      return {ms: ms, first: first, all: program._messages(), heap: heap, rest: performance.now() - began,
        longest: longest, heapAfter: program._heap_bytes()};
    },

    decrypt: function(count) { return program._decrypt(count); },

    // The peer of a durable message: as many bytes, put by themselves.
    put: async function(length, count) {
      var db = await new Promise(function(resolve, reject) {
        var request = indexedDB.open('plain');
        request.onupgradeneeded = function() { request.result.createObjectStore('all'); };
        request.onsuccess = function() { resolve(request.result); };
        request.onerror = reject;
      });
      var took = [];
      for (var i = 0; i < count; i += 1) {
        var value = crypto.getRandomValues(new Uint8Array(length));
        var began = performance.now();
        await new Promise(function(resolve, reject) {
          var tx = db.transaction(['all'], 'readwrite', {durability: 'strict'});
          tx.objectStore('all').put(value, i);
          tx.oncomplete = resolve;
          tx.onabort = reject;
        });
        took.push(performance.now() - began);
      }
      db.close();
      return {p50: quantile(took, 0.5), p95: quantile(took, 0.95)};
    },
  };
})();
