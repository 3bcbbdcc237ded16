// Argon2id in a worker with memory of its own: the page keeps drawing, and ending the worker gives the memory back,
// which WebAssembly never does by itself.
mergeInto(LibraryManager.library, {
  $Stretch__deps: ['$Page'],
  $Stretch: {
    run: function(request, done) {
      var worker;
      var end = function(key) {
        if (worker) worker.terminate();
        done(key);
      };
      try {
        worker = new Worker(Module['boot']['workerUrl']);
      } catch (e) {
        setTimeout(function() { end(null); }, 0);
        return;
      }
      worker.onmessage = function(event) {
        if (event.data === 'ready') worker.postMessage(request, [request.passphrase.buffer]);
        else end(event.data);
      };
      worker.onerror = function(event) {
        event.preventDefault();
        end(null);
      };
    },
  },

  tacet_stretch__deps: ['$Stretch'],
  tacet_stretch: function(ticket, passphrase, length, salt, passes, memoryKib) {
    Stretch.run({
      passphrase: HEAPU8.slice(passphrase, passphrase + length),
      salt: HEAPU8.slice(salt, salt + 16),
      passes: passes,
      memoryKib: memoryKib,
    }, function(key) {
      if (!key || key.length !== 32) {
        _tacet_on_stretched(ticket, 0);
        return;
      }
      var at = Page.bytes(key);
      key.fill(0);
      _tacet_on_stretched(ticket, at);
    });
  },

  tacet_has_memory: function(kib) {
    try {
      var pages = Math.ceil(kib / 64) + 32;
      return new WebAssembly.Memory({initial: pages, maximum: pages}) ? 1 : 0;
    } catch (e) {
      return 0;
    }
  },
});
