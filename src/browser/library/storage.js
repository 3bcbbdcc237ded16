// IDBFS made trustworthy. Emscripten's IDBFS calls a failed write a success, never answers when a transaction is
// aborted, commits half of what it was given, and loses a second write within one millisecond (README.md). All of it is
// cured from outside: the `transaction` of the mount's database object is replaced, and files get times that only
// grow. Beside the files lies one lease record without a timestamp, which IDBFS therefore never sees: it names the tab
// that may write, and every write transaction reads it first. What was appended to a file lies beside it, too, so that a
// sync writes what is new and not whole files.
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
    listed: null,   // files and times, as the sync that runs has found them here,
    remote: null,   // and as they are in the database; null: not known, ask it

    tick: function() {
      Storage.writes++;
      Storage.lastTime = Math.max(Date.now(), Storage.lastTime + 1);
      return Storage.lastTime;
    },

    // Every change gets a time of its own.
    watchFiles: function() {
      var file = MEMFS.ops_table.file;
      var write = file.stream.write;
      file.stream.write = function(stream, buffer, offset, length, position) {
        var kept = stream.node.tacetKept;
        if (kept && position < kept.size) stream.node.tacetKept = null;
        var written = write.apply(this, arguments);
        stream.node.timestamp = Storage.tick();
        return written;
      };
      var setattr = file.node.setattr;
      file.node.setattr = function(node, attr) {
        setattr(node, attr);
        if (attr.size === undefined) return;
        node.timestamp = Storage.tick();
        node.tacetKept = null;
      };
      var createNode = MEMFS.createNode;
      MEMFS.createNode = function() {
        var node = createNode.apply(this, arguments);
        node.timestamp = Storage.tick();
        return node;
      };
    },

    // Of a file, the database has a record and, under [path, 0], [path, 1], …, pieces that were appended since. A node
    // remembers what of it is there already, as `tacetKept`: {path, size, pieces}.
    keepPieces: function() {
      var ask = IDBFS.getRemoteSet;
      IDBFS.getRemoteSet = function(mount, callback) {
        if (!Storage.remote) return ask(mount, callback);
        IDBFS.getDB(mount.mountpoint, function(error, db) {
          callback(error, {type: 'remote', db: db, entries: Storage.remote});
        });
      };
      var list = IDBFS.getLocalSet;
      IDBFS.getLocalSet = function(mount, callback) {
        list(mount, function(error, set) {
          if (!error) Storage.listed = set.entries;
          callback(error, set);
        });
      };
      var all = function(path) { return IDBKeyRange.bound([path], [path, []]); };
      var answer = function(request, callback, then) {
        request.onsuccess = function(event) { then(event.target.result); };
        request.onerror = function(event) {
          event.preventDefault();
          callback(event.target.error);
        };
      };

      IDBFS.loadRemoteEntry = function(store, path, callback) {
        answer(store.get(path), callback, function(entry) {
          answer(store.getAll(all(path)), callback, function(pieces) {
            entry.pieces = pieces.length;
            if (pieces.length) entry.contents = Storage.join([entry.contents].concat(pieces));
            callback(null, entry);
          });
        });
      };
      var storeLocal = IDBFS.storeLocalEntry;
      IDBFS.storeLocalEntry = function(path, entry, callback) {
        storeLocal(path, entry, function(error) {
          if (!error && entry.contents) {
            FS.lookupPath(path).node.tacetKept = {path: path, size: entry.contents.length, pieces: entry.pieces};
          }
          callback(error);
        });
      };
      var loadLocal = IDBFS.loadLocalEntry;
      IDBFS.loadLocalEntry = function(path, callback) {
        try {
          var node = FS.lookupPath(path).node;
          if (!FS.isFile(node.mode)) return loadLocal(path, callback);
          return callback(null, {timestamp: new Date(node.timestamp), mode: node.mode, node: node});
        } catch (error) {
          return callback(error);
        }
      };
      IDBFS.storeRemoteEntry = function(store, path, entry, callback) {
        var node = entry.node;
        try {
          var done = function() { callback(null); };
          if (!node) return answer(store.put(entry, path), callback, done);
          var kept = node.tacetKept;
          var whole = !kept || kept.path !== path;
          var from = whole ? 0 : kept.size;
          if (!whole && from === node.usedBytes) return callback(null);
          // A copy of its own: what is cloned is the whole buffer, with its room to grow.
          var bytes = MEMFS.getFileDataAsTypedArray(node).slice(from);
          node.tacetKept = {path: path, size: node.usedBytes, pieces: whole ? 0 : kept.pieces + 1};
          Storage.running.staged.push(node);
          if (!whole) return answer(store.put(bytes, [path, kept.pieces]), callback, done);
          answer(store.delete(all(path)), callback, function() {});
          return answer(store.put({timestamp: entry.timestamp, mode: entry.mode, contents: bytes}, path), callback, done);
        } catch (error) {
          return callback(error);
        }
      };
      IDBFS.removeRemoteEntry = function(store, path, callback) {
        answer(store.delete(all(path)), callback, function() {});
        answer(store.delete(path), callback, function() { callback(null); });
      };
    },
    join: function(parts) {
      var size = parts.reduce(function(sum, part) { return sum + part.length; }, 0);
      var out = new Uint8Array(size);
      parts.reduce(function(at, part) {
        out.set(part, at);
        return at + part.length;
      }, 0);
      return out;
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
      var run = {transaction: null, full: false, settled: false, staged: []};
      run.settle = function(outcome) {
        if (run.settled) return;
        run.settled = true;
        // After the database's own event is over: IDBFS has then counted down, or never will.
        setTimeout(function() {
          FS.syncFSRequests = before;
          Storage.running = false;
          if (outcome === Storage.OK) Storage.durable = populate ? Storage.writes : seen;
          Storage.remote = outcome === Storage.OK && !populate ? Storage.listed : null;
          if (outcome !== Storage.OK) run.staged.forEach(function(node) { node.tacetKept = null; });
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
    Storage.keepPieces();
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
