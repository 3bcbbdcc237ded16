// What the page gives the program at its start, and the small services of a browser: frames, timers, clipboard,
// settings. The pieces in this folder are joined into the one library that the linker gets (CMakeLists.txt).
mergeInto(LibraryManager.library, {
  $Page__deps: ['malloc', 'free'],
  $Page: {
    LARGEST_FILE: 1 << 28,  // of a backup, bytes: what is longer is cut, and then said to be
    frameAsked: false,
    timers: {},

    // A C string that the receiver frees.
    text: function(string) {
      var size = lengthBytesUTF8(string) + 1;
      var at = _malloc(size);
      stringToUTF8(string, at, size);
      return at;
    },
    // Bytes that the receiver frees. The heap is looked up after malloc: it may have grown.
    bytes: function(array) {
      var at = _malloc(array.length || 1);
      HEAPU8.set(array, at);
      return at;
    },
    // 0xAABBGGRR, as ImGui has it.
    colour: function(ink) {
      return 'rgba(' + (ink & 255) + ',' + (ink >>> 8 & 255) + ',' + (ink >>> 16 & 255) + ',' + (ink >>> 24) / 255 + ')';
    },
    // One-shot timer; setTimeout takes at most 2^31 ms, and waking early is harmless.
    timer: function(name, delay, run) {
      clearTimeout(Page.timers[name]);
      Page.timers[name] = setTimeout(run, Math.min(Math.max(delay, 0), 0x7fffffff));
    },
    askFrame: function() {
      if (Page.frameAsked) return;
      Page.frameAsked = true;
      requestAnimationFrame(function(now) {
        Page.frameAsked = false;
        if (_tacet_on_frame(now)) Page.askFrame();
      });
    },
  },

  tacet_boot_text__deps: ['$Page'],
  tacet_boot_text: function(name) {
    return Page.text(String(Module['boot'][UTF8ToString(name)] || ''));
  },
  tacet_boot_flag: function(name) {
    return Module['boot'][UTF8ToString(name)] ? 1 : 0;
  },
  tacet_boot_bytes__deps: ['$Page'],
  tacet_boot_bytes: function(name, size) {
    var array = Module['boot'][UTF8ToString(name)];
    HEAPU32[size >> 2] = array.length;
    return Page.bytes(array);
  },
  tacet_ready: function() {
    Module['boot']['ready']();
  },
  tacet_unsupported: function(what) {
    Module['boot']['fail'](UTF8ToString(what));
  },

  tacet_ask_frame__deps: ['$Page'],
  tacet_ask_frame: function() {
    Page.askFrame();
  },
  tacet_wake_at__deps: ['$Page'],
  tacet_wake_at: function(milliseconds) {
    Page.timer('wake', milliseconds - Date.now(), function() { _tacet_on_time(); });
  },
  tacet_frame_at__deps: ['$Page'],
  tacet_frame_at: function(milliseconds) {
    Page.timer('frame', milliseconds - Date.now(), Page.askFrame);
  },
  tacet_now: function() {
    return Date.now();
  },
  tacet_utc_offset: function() {
    return -new Date().getTimezoneOffset();
  },

  // The clipboard where there is one; the old command on plain http.
  tacet_copy: function(at, length) {
    var text = UTF8ToString(at, length);
    var old = function() {
      var area = document.createElement('textarea');
      var focused = document.activeElement;
      area.value = text;
      area.className = 'copy';
      document.body.appendChild(area);
      area.select();
      document.execCommand('copy');
      area.remove();
      if (focused) focused.focus({preventScroll: true});
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).catch(old);
    else old();
  },
  tacet_keep_settings: function(at, length) {
    try {
      localStorage.setItem(Module['boot']['settingsKey'], UTF8ToString(at, length));
    } catch (e) {
      // Blocked storage: the settings last as long as the page.
    }
  },
  // The name says what it is and the day; nobody's name is in it.
  tacet_save_file: function(at, length) {
    var url = URL.createObjectURL(new Blob([HEAPU8.slice(at, at + length)], {type: 'application/octet-stream'}));
    var link = document.createElement('a');
    link.href = url;
    link.download = 'backup-' + new Date().toISOString().slice(0, 10) + '.tacet';
    link.click();
    setTimeout(function() { URL.revokeObjectURL(url); }, 60000);
  },
  tacet_pick_file__deps: ['$Page'],
  tacet_pick_file: function() {
    var input = document.createElement('input');
    input.type = 'file';
    input.onchange = function() {
      var file = input.files[0];
      if (!file) return;
      file.slice(0, Page.LARGEST_FILE).arrayBuffer().then(function(buffer) {
        _tacet_on_file(Page.bytes(new Uint8Array(buffer)), buffer.byteLength);
      }).catch(function() {});
    };
    input.click();
  },
  tacet_reload: function() {
    location.reload();
  },
  tacet_persist: function() {
    if (!navigator.storage || !navigator.storage.persist) return;
    navigator.storage.persist().then(function() { _tacet_measure_storage(); }).catch(function() {});
  },
  tacet_persist__deps: ['tacet_measure_storage'],
  tacet_measure_storage: function() {
    if (!navigator.storage || !navigator.storage.estimate) return;
    var kept = navigator.storage.persisted ? navigator.storage.persisted() : Promise.resolve(false);
    Promise.all([navigator.storage.estimate(), kept]).then(function(answers) {
      _tacet_on_measured(answers[0].usage || 0, answers[0].quota || 0, answers[1] ? 1 : 0);
    }).catch(function() {});
  },
  tacet_canary: function(planted) {
    try {
      if (planted) localStorage.setItem(Module['boot']['canaryKey'], '1');
      else localStorage.removeItem(Module['boot']['canaryKey']);
    } catch (e) {
      // Blocked storage: a loss goes unnoticed.
    }
  },
});
