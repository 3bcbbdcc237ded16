// Runs before anything else on the page. Takes the invitation out of the address bar, looks whether this browser can
// run Tacet, fetches what the program needs, and starts it; or says in plain words why not.
(function() {
  'use strict';

  // An invitation is a secret: read once, gone from the address bar and the history entry.
  var link = location.hash.slice(1);
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);

  var base = new URL('.', location.href);
  var french = /^fr\b/i.test((navigator.languages && navigator.languages[0]) || navigator.language || '');

  // Each: title, what happened, what is safe, what to do.
  var problems = {
    wasm: {
      en: ['This browser cannot run Tacet', 'WebAssembly is missing or switched off.', 'Nothing has been stored, and what was stored before is untouched.', 'Use a current Firefox, Chrome, Edge or Safari. In Safari, Lockdown Mode switches WebAssembly off; it can be allowed for this site alone.'],
      fr: ['Ce navigateur ne peut pas faire fonctionner Tacet', 'WebAssembly est absent ou désactivé.', 'Rien n’a été enregistré, et ce qui l’était déjà est intact.', 'Utilisez une version récente de Firefox, Chrome, Edge ou Safari. Dans Safari, le mode Isolement désactive WebAssembly ; il peut être autorisé pour ce seul site.'],
    },
    webgl2: {
      en: ['This browser cannot show Tacet', 'WebGL 2, with which Tacet draws, is missing or switched off.', 'Nothing has been stored, and what was stored before is untouched.', 'Switch on hardware acceleration in the browser’s settings, or use a current Firefox, Chrome, Edge or Safari.'],
      fr: ['Ce navigateur ne peut pas afficher Tacet', 'WebGL 2, avec lequel Tacet dessine, est absent ou désactivé.', 'Rien n’a été enregistré, et ce qui l’était déjà est intact.', 'Activez l’accélération matérielle dans les réglages du navigateur, ou utilisez une version récente de Firefox, Chrome, Edge ou Safari.'],
    },
    random: {
      en: ['This browser is not safe enough for Tacet', 'It offers no secure random numbers, and without them no encryption can be trusted.', 'Nothing has been stored.', 'Use a current Firefox, Chrome, Edge or Safari.'],
      fr: ['Ce navigateur n’est pas assez sûr pour Tacet', 'Il n’offre pas de nombres aléatoires sûrs ; sans eux, aucun chiffrement n’est fiable.', 'Rien n’a été enregistré.', 'Utilisez une version récente de Firefox, Chrome, Edge ou Safari.'],
    },
    websocket: {
      en: ['This browser cannot reach a relay', 'WebSocket is missing or switched off.', 'Nothing has been stored, and what was stored before is untouched.', 'Allow WebSocket for this site, or use a current Firefox, Chrome, Edge or Safari.'],
      fr: ['Ce navigateur ne peut pas joindre de relais', 'WebSocket est absent ou désactivé.', 'Rien n’a été enregistré, et ce qui l’était déjà est intact.', 'Autorisez WebSocket pour ce site, ou utilisez une version récente de Firefox, Chrome, Edge ou Safari.'],
    },
    bundle: {
      en: ['Tacet did not load completely', 'A part of the program did not arrive: the connection broke, or the host does not have all files.', 'Your messages are untouched.', 'Load the page again. If it stays like this, tell whoever runs this address.'],
      fr: ['Tacet ne s’est pas chargé entièrement', 'Une partie du programme n’est pas arrivée : la connexion s’est interrompue, ou l’hébergeur n’a pas tous les fichiers.', 'Vos messages sont intacts.', 'Rechargez la page. Si cela persiste, prévenez la personne qui gère cette adresse.'],
    },
    stopped: {
      en: ['Tacet has stopped', 'An error of its own ended the program.', 'What was saved is safe. A message that was still being written is gone.', 'Load the page again.'],
      fr: ['Tacet s’est arrêté', 'Une erreur interne a mis fin au programme.', 'Ce qui était enregistré est en sécurité. Un message en cours de rédaction est perdu.', 'Rechargez la page.'],
    },
  };

  var failed = false;
  function fail(name) {
    if (failed) return;
    failed = true;
    var words = problems[name][french ? 'fr' : 'en'];
    document.documentElement.lang = french ? 'fr' : 'en';
    document.title = 'Tacet';
    var page = document.getElementById('plain');
    ['h1', '.what', '.safe', '.do'].forEach(function(part, index) {
      page.querySelector(part).textContent = words[index];
    });
    document.getElementById('stage').hidden = true;
    document.getElementById('loading').hidden = true;
    page.hidden = false;
  }

  function missing() {
    if (typeof WebAssembly !== 'object' || typeof WebAssembly.instantiate !== 'function') return 'wasm';
    if (!window.crypto || !crypto.getRandomValues) return 'random';
    if (!window.WebSocket) return 'websocket';
    var context = document.createElement('canvas').getContext('webgl2');
    if (!context) return 'webgl2';
    var loser = context.getExtension('WEBGL_lose_context');  // contexts are few: give this one back
    if (loser) loser.loseContext();
    return '';
  }

  function get(name) {
    return fetch(new URL(name, base)).then(function(response) {
      if (!response.ok) throw new Error(name);
      return response.arrayBuffer();
    });
  }

  function font(weight) {
    return get('inter-' + weight + '.otf').then(function(buffer) {
      var face = new FontFace('Inter', buffer.slice(0), {weight: String(weight)});
      return face.load().then(function() {
        document.fonts.add(face);
        return new Uint8Array(buffer);
      });
    });
  }

  // Without a config.json, or without a relay in it, the relay is where the page came from.
  function relay() {
    var own = (base.protocol === 'https:' ? 'wss://' : 'ws://') + base.host + '/relay';
    return fetch(new URL('config.json', base), {cache: 'no-cache'}).then(function(response) {
      return response.ok ? response.json() : {};
    }).catch(function() { return {}; }).then(function(config) {
      return config && typeof config.relay === 'string' && config.relay ? config.relay : own;
    });
  }

  function kept(key) {
    try {
      return localStorage.getItem(key) || '';
    } catch (e) {
      return '';
    }
  }

  // The one script that this page ever starts from a string, whatever it is asked for.
  function workerUrl() {
    var url = new URL('stretch.js', base).href;
    if (!window.trustedTypes) return url;
    return trustedTypes.createPolicy('tacet-worker', {createScriptURL: function() { return url; }}).createScriptURL('');
  }

  function start() {
    var lack = missing();
    if (lack || typeof Tacet === 'undefined') {
      fail(lack || 'bundle');
      return;
    }
    var key = 'tacet:' + base.pathname;
    Promise.all([font(400), font(600), relay()]).then(function(parts) {
      return Tacet({
        boot: {
          link: link,
          path: base.pathname,
          linkBase: base.origin + base.pathname,
          relay: parts[2],
          language: french ? 'fr' : 'en',
          secure: window.isSecureContext,
          regular: parts[0],
          semibold: parts[1],
          settingsKey: key,
          settings: kept(key),
          // A name is needed, not an address: so WebAuthn wants it.
          securityKeys: window.isSecureContext && !!window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname),
          securityKeyKey: key + ':security-key',
          securityKey: kept(key + ':security-key'),
          canaryKey: key + ':vault',
          canary: kept(key + ':vault') !== '',
          workerUrl: workerUrl(),
          ready: function() { document.getElementById('loading').hidden = true; },
          fail: fail,
        },
        locateFile: function(name) { return new URL(name, base).href; },
        onAbort: function() { fail('stopped'); },
      });
    }).then(function(program) {
      link = '';
      // A trap inside the program leaves it in no state to go on.
      window.addEventListener('error', function(event) {
        if (event.error instanceof WebAssembly.RuntimeError) fail('stopped');
      });
      window.__tacet = {
        // What the tests look at: counts and states, never a text.
        snapshot: function() { return JSON.parse(program.snapshot()); },
      };
    }).catch(function(error) {
      console.error(error);
      fail('bundle');
    });
  }

  document.addEventListener('DOMContentLoaded', start);
})();
