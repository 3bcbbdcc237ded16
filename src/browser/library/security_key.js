// A security key that opens the vault: WebAuthn with the PRF extension, whose answer to a constant only the key knows.
// The credential's id is kept beside the settings; it is no secret, and without the key it opens nothing.
mergeInto(LibraryManager.library, {
  $SecurityKey__deps: ['$Page'],
  $SecurityKey: {
    PATIENCE: 120000,  // ms until nobody has touched it

    random: function(length) {
      return crypto.getRandomValues(new Uint8Array(length));
    },
    prf: function() {
      return {prf: {eval: {first: new TextEncoder().encode('tacet vault')}}};
    },
    // The 32 bytes, or null where this browser or key has no such answer.
    answer: function(credential) {
      var prf = credential.getClientExtensionResults().prf;
      var first = prf && prf.results && prf.results.first;
      if (!first) return null;
      var bytes = first instanceof ArrayBuffer ? new Uint8Array(first) : new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
      return bytes.length === 32 ? bytes : null;
    },
    get: function(id) {
      return navigator.credentials.get({publicKey: {
        challenge: SecurityKey.random(32),
        allowCredentials: [{type: 'public-key', id: id}],
        userVerification: 'required',
        timeout: SecurityKey.PATIENCE,
        extensions: SecurityKey.prf(),
      }}).then(function(credential) { return {id: id, key: SecurityKey.answer(credential)}; });
    },
    // Some keys answer only once they exist: those are touched a second time.
    make: function() {
      return navigator.credentials.create({publicKey: {
        rp: {name: 'Tacet'},
        user: {id: SecurityKey.random(16), name: 'Tacet', displayName: 'Tacet'},
        challenge: SecurityKey.random(32),
        pubKeyCredParams: [-7, -8, -257].map(function(alg) { return {type: 'public-key', alg: alg}; }),
        authenticatorSelection: {residentKey: 'discouraged', userVerification: 'required'},
        attestation: 'none',
        timeout: SecurityKey.PATIENCE,
        extensions: SecurityKey.prf(),
      }}).then(function(credential) {
        var id = new Uint8Array(credential.rawId);
        var prf = credential.getClientExtensionResults().prf;
        var key = SecurityKey.answer(credential);
        if (key || !prf || !prf.enabled) return {id: id, key: key};
        return SecurityKey.get(id);
      });
    },
    kept: function() {
      return Uint8Array.from(atob(Module['boot']['securityKey']), function(letter) { return letter.charCodeAt(0); });
    },
  },

  tacet_ask_security_key__deps: ['$Page', '$SecurityKey'],
  tacet_ask_security_key: function(ticket, make) {
    new Promise(function(resolve) {
      resolve(make ? SecurityKey.make() : SecurityKey.get(SecurityKey.kept()));
    }).then(function(made) {
      if (!made.key) return _tacet_on_security_key(ticket, 0, 0, 0, 1);
      var key = Page.bytes(made.key);
      made.key.fill(0);
      _tacet_on_security_key(ticket, key, Page.bytes(made.id), made.id.length, 0);
    }).catch(function(error) {
      var refused = error.name === 'NotAllowedError' || error.name === 'AbortError';
      _tacet_on_security_key(ticket, 0, 0, 0, refused ? 0 : 1);
    });
  },
  tacet_keep_security_key: function(at, length) {
    var boot = Module['boot'];
    boot['securityKey'] = btoa(String.fromCharCode.apply(null, HEAPU8.subarray(at, at + length)));
    try {
      if (length) localStorage.setItem(boot['securityKeyKey'], boot['securityKey']);
      else localStorage.removeItem(boot['securityKeyKey']);
    } catch (e) {
      // Blocked storage: it is known as long as the page.
    }
  },
});
