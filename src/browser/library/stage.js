// The stage: one element with the canvas and, over it, the mirror. Pointer events of both end up here. Sizes are
// reported in CSS pixels and in device pixels, which are not simple multiples of each other under page zoom.
mergeInto(LibraryManager.library, {
  $Stage__deps: ['$Page'],
  $Stage: {
    element: null,
    canvas: null,
    backWanted: false,
    backEntry: false,  // the extra history entry that the browser's Back takes away
    scrollKeys: {'PageUp': 1, 'PageDown': 2, 'ArrowUp': 3, 'ArrowDown': 4, 'Home': 5, 'End': 6},

    isField: function(target) {
      return target.tagName === 'INPUT' || target.tagName === 'TEXTAREA';
    },

    pointer: function(kind, event) {
      var box = Stage.canvas.getBoundingClientRect();
      var type = event.pointerType === 'touch' ? 1 : 0;
      _tacet_on_pointer(kind, event.clientX - box.left, event.clientY - box.top, event.button, type);
    },

    listenToPointers: function() {
      var stage = Stage.element;
      var active = null;  // one finger at a time: a second one would tear the first one's drag
      stage.addEventListener('pointermove', function(event) {
        if (active !== null && event.pointerId !== active) return;
        Stage.pointer(0, event);
      });
      stage.addEventListener('pointerdown', function(event) {
        if (active !== null && event.pointerId !== active) return;
        active = event.pointerId;
        // A field keeps its own pointer: selecting text by dragging is the browser's.
        if (!Stage.isField(event.target)) stage.setPointerCapture(event.pointerId);
        Stage.pointer(1, event);
      });
      stage.addEventListener('pointerup', function(event) {
        if (event.pointerId !== active) return;
        if (!event.buttons) active = null;
        Stage.pointer(2, event);
      });
      stage.addEventListener('pointercancel', function(event) {
        if (event.pointerId !== active) return;
        active = null;
        Stage.pointer(3, event);
      });
      stage.addEventListener('pointerleave', function(event) {
        if (active === null) Stage.pointer(4, event);
      });
      // Pressing a button of the canvas does not take the keyboard from the field one is writing in.
      stage.addEventListener('mousedown', function(event) {
        var focused = document.activeElement;
        if (!Stage.isField(event.target) && focused && Stage.isField(focused) && event.target !== Stage.canvas)
          event.preventDefault();
      });
      stage.addEventListener('contextmenu', function(event) {
        if (!Stage.isField(event.target)) event.preventDefault();
      });
      stage.addEventListener('wheel', function(event) {
        if (event.ctrlKey) return;  // page zoom
        if (Stage.isField(event.target) && event.target.scrollHeight > event.target.clientHeight) return;
        event.preventDefault();
        var unit = event.deltaMode === 1 ? 23 : event.deltaMode === 2 ? Stage.canvas.clientHeight : 1;
        _tacet_on_wheel(event.deltaX * unit, event.deltaY * unit);
      }, {passive: false});
      // Focusing something outside the view would scroll the stage away from its canvas.
      stage.addEventListener('scroll', function() {
        stage.scrollTop = 0;
        stage.scrollLeft = 0;
      });
    },

    listenToKeys: function() {
      var send = function(event, down) {
        var key = Stage.scrollKeys[event.key];
        if (!key || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
        if (Stage.isField(event.target) && key > 2) return;
        _tacet_on_key(key, down);
      };
      document.addEventListener('keydown', function(event) { send(event, 1); });
      document.addEventListener('keyup', function(event) { send(event, 0); });
    },

    watchSize: function() {
      var canvas = Stage.canvas;
      var measure = function(entry) {
        var ratio = window.devicePixelRatio || 1;
        var width = Math.round(canvas.clientWidth * ratio);
        var height = Math.round(canvas.clientHeight * ratio);
        // The browser's own count of device pixels is right to the last one, except where a ratio is only pretended
        // (device emulation): then it is off by far more than one.
        var exact = entry && entry.devicePixelContentBoxSize && entry.devicePixelContentBoxSize[0];
        if (exact && Math.abs(exact.inlineSize - width) <= 1 && Math.abs(exact.blockSize - height) <= 1) {
          width = exact.inlineSize;
          height = exact.blockSize;
        }
        if (canvas.width !== width || canvas.height !== height) {
          canvas.width = width;
          canvas.height = height;
        }
        var inset = getComputedStyle(Stage.safeArea);
        _tacet_on_size(canvas.clientWidth, canvas.clientHeight, width, height, ratio, parseFloat(inset.paddingTop) || 0,
            parseFloat(inset.paddingRight) || 0, parseFloat(inset.paddingBottom) || 0,
            parseFloat(inset.paddingLeft) || 0);
      };
      Stage.safeArea = document.createElement('div');
      Stage.safeArea.className = 'safe-area';
      document.body.appendChild(Stage.safeArea);
      var observer = new ResizeObserver(function(entries) { measure(entries[entries.length - 1]); });
      try {
        observer.observe(canvas, {box: 'device-pixel-content-box'});
      } catch (e) {
        observer.observe(canvas);
      }
      // A change of ratio alone (another screen, page zoom) need not change the box.
      var watchRatio = function() {
        matchMedia('(resolution: ' + (window.devicePixelRatio || 1) + 'dppx)').addEventListener('change', function() {
          measure(null);
          watchRatio();
        }, {once: true});
      };
      watchRatio();
      // The soft keyboard shrinks the visual viewport only; pinch zoom does too, and then nothing may move.
      var view = window.visualViewport;
      if (view) {
        var follow = function() {
          var style = Stage.element.style;
          var whole = view.scale !== 1 || Math.abs(view.height - window.innerHeight) < 1;
          style.height = whole ? '' : view.height + 'px';
          style.top = whole ? '' : view.offsetTop + 'px';
        };
        view.addEventListener('resize', follow);
        view.addEventListener('scroll', follow);
      }
      measure(null);
    },

    watchPreferences: function() {
      var ask = function(query) { return matchMedia(query); };
      var dark = ask('(prefers-color-scheme: dark)');
      var still = ask('(prefers-reduced-motion: reduce)');
      var contrast = ask('(prefers-contrast: more)');
      var forced = ask('(forced-colors: active)');
      var coarse = ask('(pointer: coarse)');
      var tell = function() {
        _tacet_on_preferences(dark.matches ? 1 : 0, still.matches ? 1 : 0, contrast.matches || forced.matches ? 1 : 0,
            coarse.matches ? 1 : 0, navigator.onLine === false ? 0 : 1);
      };
      [dark, still, contrast, forced, coarse].forEach(function(list) { list.addEventListener('change', tell); });
      window.addEventListener('online', tell);
      window.addEventListener('offline', tell);
      var attend = function() {
        _tacet_on_attention(document.hasFocus() && !document.hidden ? 1 : 0, document.hidden ? 1 : 0);
      };
      window.addEventListener('focus', attend);
      window.addEventListener('blur', attend);
      window.addEventListener('pagehide', attend);
      document.addEventListener('visibilitychange', attend);
      tell();
      attend();
    },

    watchContext: function() {
      Stage.canvas.addEventListener('webglcontextlost', function(event) {
        event.preventDefault();
        _tacet_on_context(0);
      });
      Stage.canvas.addEventListener('webglcontextrestored', function() { _tacet_on_context(1); });
    },
  },

  tacet_stage_start__deps: ['$Stage', '$Mirror'],
  tacet_stage_start: function() {
    Stage.element = document.getElementById('stage');
    Stage.canvas = document.getElementById('canvas');
    Module['snapshot'] = function() {
      var at = _tacet_snapshot();
      var json = UTF8ToString(at);
      _free(at);
      return json;
    };
    Stage.listenToPointers();
    Stage.listenToKeys();
    Stage.watchContext();
    Stage.watchPreferences();
    Stage.watchSize();
    Mirror.start(document.getElementById('mirror'), document.getElementById('announcer'));
    // An invitation opened in a tab that has Tacet already changes the fragment and loads nothing.
    window.addEventListener('hashchange', function() {
      if (location.hash.length < 2) return;
      var link = Page.text(location.hash.slice(1));
      history.replaceState(history.state, '', location.pathname + location.search);
      _tacet_on_link(link);
    });
    Stage.backEntry = !!(history.state && history.state.tacet);  // reloaded while it was there
    window.addEventListener('popstate', function(event) {
      Stage.backEntry = !!(event.state && event.state.tacet);
      if (Stage.backEntry) return;  // forward again
      if (Stage.backWanted) _tacet_on_mirror(5, 0, 0);
      else history.back();  // the entry was left over: the person wants to leave
    });
  },

  tacet_cursor__deps: ['$Stage'],
  tacet_cursor: function(kind) {
    Stage.element.style.cursor = ['default', 'pointer', 'text', 'ew-resize', 'ns-resize', 'not-allowed'][kind];
  },

  tacet_arm_back__deps: ['$Stage'],
  tacet_arm_back: function(wanted) {
    Stage.backWanted = !!wanted;
    if (!wanted || Stage.backEntry) return;
    Stage.backEntry = true;
    history.pushState({tacet: true}, '');
  },
});
