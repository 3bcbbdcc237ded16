// --post-js of the stretching worker. One message in (passphrase, salt, passes, memoryKib), one out: 32 bytes or null.
// It says when it is ready, because a message that comes before the program is compiled would be lost.
Module['onRuntimeInitialized'] = function() {
  onmessage = function(event) {
    var request = event.data;
    var answer = null;
    try {
      var at = Module['_malloc'](request.passphrase.length + 1);
      Module['HEAPU8'].set(request.passphrase, at);
      Module['HEAPU8'].set(request.salt, Module['_tacet_salt']());
      request.passphrase.fill(0);
      if (Module['_tacet_argon2id'](at, request.passphrase.length, request.passes, request.memoryKib)) {
        var key = Module['_tacet_key']();
        answer = Module['HEAPU8'].slice(key, key + 32);
      }
    } catch (e) {
      answer = null;  // memory that cannot grow may also throw
    }
    postMessage(answer, answer ? [answer.buffer] : []);
  };
  postMessage('ready');
};
Module['onAbort'] = function() { postMessage(null); };
