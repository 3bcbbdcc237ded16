// IDBFS made trustworthy. Emscripten's IDBFS calls a failed write a success, never answers when a transaction is
// aborted, commits half of what it was given, and loses a second write within one millisecond (README.md). All of it is
// cured from outside: the `transaction` of the mount's database object is replaced, and files get times that only
// grow. Beside the files lies one lease record without a timestamp, which IDBFS therefore never sees: it names the tab
// that may write, and every write transaction reads it first.
mergeInto(LibraryManager.library, {
  $Storage__deps: ['$Page', '$FS', '$MEMFS', '$IDBFS'],
  $Storage: {
    STORE: 'FILE_DATA',
    LEASE: 'lease',
    OK: 0, NO_SPACE: 1, FAILED: 2,             // answers to a sync
    READY: 0, MISSING: 1, ELSEWHERE: 2,        // answers to opening
    name: '',
    owner: '',
    channel: null,
    releaseLock: null,
    lastTime: 0,
    writes: 0,      // counts changes of files
    durable: 0,     // of those, how many the last good sync had seen
    running: false,
    waiting: [],    // tickets of syncs asked for while one was running
    lost: false,    // another tab has taken over: nothing is written any more

    tick: function() {
      Storage.writes++;
      Storage.lastTime = Math.max(Date.now(), Storage.lastTime + 1);
      return Storage.lastTime;
    },

    // Every change gets a time of its own.
    watchFiles: function() {
      var file = MEMFS.ops_table.file;
      var write = file.stream.write;
      file.stream.write = function(stream) {
        var written = write.apply(this, arguments);
        stream.node.timestamp = Storage.tick();
        return written;
      };
      var setattr = file.node.setattr;
      file.node.setattr = function(node, attr) {
        setattr(node, attr);
        if (attr.size !== undefined) node.timestamp = Storage.tick();
      };
      var createNode = MEMFS.createNode;
      MEMFS.createNode = function() {
        var node = createNode.apply(this, arguments);
        node.timestamp = Storage.tick();
        return node;
      };
    },

    // The replaced `transaction`: strict, all or nothing, only for the owner of the lease.
    guard: function(db) {
      if (db.tacetGuarded) return;
      db.tacetGuarded = true;
      var plain = db.transaction;
      db.transaction = function(stores, mode) {
        if (mode !== 'readwrite') return plain.call(db, stores, mode);
        var run = Storage.running;
        var tx;
        try {
          tx = plain.call(db, stores, mode, {durability: 'strict'});
        } catch (error) {
          run.settle(Storage.FAILED);
          throw error;
        }
        run.transaction = tx;
        tx.addEventListener('complete', function() { run.settle(Storage.OK); });
        tx.addEventListener('abort', function() {
          var quota = tx.error && tx.error.name === 'QuotaExceededError';
          run.settle(run.full || quota ? Storage.NO_SPACE : Storage.FAILED);
        });
        tx.addEventListener('error', function(event) {
          if (event.target.error && event.target.error.name === 'QuotaExceededError') run.full = true;
          Storage.abort(tx);
        });
        tx.objectStore(Storage.STORE).get(Storage.LEASE).onsuccess = function(event) {
          if (event.target.result && event.target.result.owner === Storage.owner) return;
          Storage.abort(tx);
          Storage.yield();
        };
        return tx;
      };
      db.addEventListener('close', function() { delete IDBFS.dbs[Storage.name]; });
    },

    abort: function(tx) {
      try {
        tx.abort();
      } catch (e) {
        // It was over already.
      }
    },

    // One sync, answered exactly once.
    sync: function(populate, done) {
      var before = FS.syncFSRequests;
      var seen = Storage.writes;
      var run = {transaction: null, full: false, settled: false};
      run.settle = function(outcome) {
        if (run.settled) return;
        run.settled = true;
        // After the database's own event is over: IDBFS has then counted down, or never will.
        setTimeout(function() {
          FS.syncFSRequests = before;
          Storage.running = false;
          if (outcome === Storage.OK) Storage.durable = populate ? Storage.writes : seen;
          done(outcome);
        }, 0);
      };
      Storage.running = run;
      IDBFS.getDB(Storage.name, function(error, db) {
        if (error || !db) {
          run.settle(Storage.FAILED);
          return;
        }
        if (!populate) Storage.guard(db);
        try {
          FS.syncfs(populate, function(problem) {
            if (problem && run.transaction) Storage.abort(run.transaction);
            else if (problem) run.settle(Storage.FAILED);
            else if (!run.transaction) run.settle(Storage.OK);  // nothing had changed
          });
        } catch (e) {
          run.settle(Storage.FAILED);
        }
      });
    },

    next: function() {
      if (Storage.running || !Storage.waiting.length) return;
      var ticket = Storage.waiting.shift();
      if (Storage.lost) {
        setTimeout(function() { _tacet_on_synced(ticket, Storage.FAILED); }, 0);
        Storage.next();
        return;
      }
      Storage.sync(false, function(outcome) {
        _tacet_on_synced(ticket, outcome);
        Storage.next();
      });
    },

    // The vault is another tab's now.
    yield: function() {
      if (Storage.lost) return;
      Storage.lost = true;
      setTimeout(function() { _tacet_on_taken(); }, 0);
    },

    // Is there a living tab with the vault? Web Locks know; without them a living tab answers on the channel.
    askForLock: function(steal, done) {
      if (navigator.locks) {
        var hold = function(lock) {
          if (!lock) {
            done(false);
            return undefined;
          }
          done(true);
          return new Promise(function() {});  // until the tab is closed or robbed
        };
        navigator.locks.request(Storage.name, steal ? {steal: true} : {ifAvailable: true}, hold)
            .catch(function() { Storage.yield(); });
        return;
      }
      var answered = false;
      if (Storage.channel && !steal) {
        Storage.onAnswer = function() { answered = true; };
        Storage.channel.postMessage({ask: Storage.owner});
        setTimeout(function() { done(!answered); }, 300);
      } else {
        done(true);
      }
    },

    openChannel: function() {
      if (typeof BroadcastChannel === 'undefined') return;
      Storage.channel = new BroadcastChannel(Storage.name);
      Storage.channel.onmessage = function(event) {
        var data = event.data;
        if (data.ask && data.ask !== Storage.owner && Storage.held && !Storage.lost)
          Storage.channel.postMessage({here: data.ask});
        if (data.here === Storage.owner && Storage.onAnswer) Storage.onAnswer();
        if (data.taken && data.taken !== Storage.owner && Storage.held) Storage.yield();
      };
    },

    // From here on this tab is the one that writes; the record makes it true for every transaction to come.
    takeLease: function(done) {
      IDBFS.getDB(Storage.name, function(error, db) {
        if (error || !db) {
          done(false);
          return;
        }
        try {
          var tx = db.transaction([Storage.STORE], 'readwrite', {durability: 'strict'});
          tx.objectStore(Storage.STORE).put({owner: Storage.owner}, Storage.LEASE);
          tx.oncomplete = function() { done(true); };
          tx.onabort = function() { done(false); };
        } catch (e) {
          done(false);
        }
      });
    },

    // Each answer goes through _tacet_on_storage; a database that never answers counts as missing.
    open: function(steal) {
      var answered = false;
      var answer = function(state) {
        if (answered) return;
        answered = true;
        clearTimeout(patience);
        _tacet_on_storage(state);
      };
      var patience = setTimeout(function() { answer(Storage.MISSING); }, 20000);
      Storage.askForLock(steal, function(mine) {
        if (!mine) {
          answer(Storage.ELSEWHERE);
          return;
        }
        Storage.takeLease(function(taken) {
          if (!taken) {
            answer(Storage.MISSING);
            return;
          }
          Storage.held = true;
          if (Storage.channel) Storage.channel.postMessage({taken: Storage.owner});
          Storage.sync(true, function(outcome) {
            FS.readdir(Storage.name).forEach(function(file) {
              Storage.lastTime = Math.max(Storage.lastTime, FS.stat(Storage.name + '/' + file).mtime.getTime());
            });
            answer(outcome === Storage.OK ? Storage.READY : Storage.MISSING);
          });
        });
      });
    },
  },

  tacet_storage_open__deps: ['$Storage'],
  tacet_storage_open: function(name) {
    Storage.name = UTF8ToString(name);
    var random = crypto.getRandomValues(new Uint32Array(4));
    Storage.owner = Array.from(random, function(word) { return word.toString(16); }).join('-');
    FS.mkdir(Storage.name);
    FS.mount(IDBFS, {}, Storage.name);
    Storage.watchFiles();
    if (typeof indexedDB === 'undefined' || !indexedDB) {
      setTimeout(function() { _tacet_on_storage(Storage.MISSING); }, 0);
      return;
    }
    Storage.openChannel();
    Storage.open(false);
  },
  tacet_storage_take_over__deps: ['$Storage'],
  tacet_storage_take_over: function() {
    Storage.open(true);
  },
  tacet_storage_sync__deps: ['$Storage'],
  tacet_storage_sync: function(ticket) {
    Storage.waiting.push(ticket);
    Storage.next();
  },
  tacet_storage_is_dirty__deps: ['$Storage'],
  tacet_storage_is_dirty: function() {
    return Storage.held && !Storage.lost && Storage.writes !== Storage.durable ? 1 : 0;
  },
});
