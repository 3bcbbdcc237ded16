// The mirror as real elements (src/ui/mirror.h). Only textContent and attributes are ever written, so a name that
// somebody else chose stays text.
mergeInto(LibraryManager.library, {
  $Mirror__deps: ['$Page', '$Stage'],
  $Mirror: {
    root: null,
    announcer: null,
    behind: false,  // events that the app has not seen yet
    items: {},  // id → {element, label, node: as last written, agreed: the value last wanted or told}

    // In the order of ui::Role: tag, role where the tag does not say it, and what the name becomes.
    roles: [
      ['main', '', 'label'], ['nav', '', 'label'], ['aside', '', 'label'], ['header', 'banner', 'label'],
      ['section', 'region', 'label'], ['div', 'dialog', 'label'], ['form', 'form', 'label'], ['ul', 'list', 'label'],
      ['li', 'listitem', 'text'], ['div', 'log', 'label'], ['div', 'group', 'label'], ['div', 'toolbar', 'label'],
      ['h1', '', 'text'], ['p', '', 'text'], ['span', 'img', 'label'], ['p', 'status', 'text'], ['p', 'alert', 'text'],
      ['div', 'progressbar', 'label'], ['button', '', 'label'], ['button', 'link', 'label'],
      ['button', 'checkbox', 'label'], ['button', 'radio', 'label'], ['button', 'tab', 'label'],
      ['input', '', 'label'], ['input', '', 'label'], ['textarea', '', 'label'],
    ],
    DIALOG: 5, FORM: 6, LOG: 9, HEADING: 12, PROGRESS: 17, BUTTON: 18, LINK: 19, CHECKBOX: 20, RADIO: 21, TAB: 22,
    FIELD: 23, PASSWORD: 24, COMPOSER: 25,

    start: function(root, announcer) {
      Mirror.root = root;
      Mirror.announcer = announcer;
      var idOf = function(target) { return (target && target.dataset && target.dataset.id) || ''; };
      // A real pointer's click has already reached the canvas as pointer events; what has no detail came from the
      // keyboard, a screen reader or a script.
      root.addEventListener('click', function(event) {
        var button = event.target.closest('button');
        if (button && event.detail === 0) Mirror.tell(0, button.dataset.id, '');
      });
      root.addEventListener('submit', function(event) { event.preventDefault(); });
      root.addEventListener('input', function(event) {
        Mirror.tell(1, idOf(event.target), event.target.value);
      });
      root.addEventListener('keydown', function(event) {
        var tag = event.target.tagName;
        if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
        if (tag !== 'INPUT' && (tag !== 'TEXTAREA' || event.shiftKey)) return;
        event.preventDefault();
        Mirror.tell(2, idOf(event.target), event.target.value);
      });
      // Only a focus that is to be shown is told: pressing a button with the pointer leaves no ring.
      root.addEventListener('focusin', function(event) {
        Mirror.tell(3, event.target.matches(':focus-visible') ? idOf(event.target) : '', '');
      });
      root.addEventListener('focusout', function(event) {
        if (!event.relatedTarget) Mirror.tell(3, '', '');
      });
      document.addEventListener('keydown', function(event) {
        if (event.key === 'Escape' && !event.isComposing) Mirror.tell(4, idOf(event.target), '');
      });
    },

    tell: function(kind, id, text) {
      if (kind === 1 || kind === 2) Mirror.items[id].agreed = text;
      var idAt = Page.text(id);
      var textAt = Page.text(text);
      _tacet_on_mirror(kind, idAt, textAt);
    },

    make: function(node) {
      var kind = Mirror.roles[node.role];
      var element = document.createElement(node.role === Mirror.HEADING ? 'h' + (node.level || 1) : kind[0]);
      if (kind[1]) element.setAttribute('role', kind[1]);
      element.dataset.id = node.id;
      if (kind[0] === 'button') element.type = 'button';
      if (node.role === Mirror.PASSWORD) element.type = 'password';
      if (node.role === Mirror.FIELD) element.type = 'text';
      if (node.role === Mirror.FORM) element.noValidate = true;
      if (node.role === Mirror.DIALOG) element.setAttribute('aria-modal', 'true');
      // The announcer speaks; a log that speaks by itself would read times and clocks aloud.
      if (node.role === Mirror.LOG) element.setAttribute('aria-live', 'off');
      if (node.role >= Mirror.FIELD) {
        element.autocapitalize = node.role === Mirror.COMPOSER ? 'sentences' : 'none';
        element.spellcheck = node.role === Mirror.COMPOSER;
        if (node.role === Mirror.COMPOSER) element.enterKeyHint = 'send';
      }
      var item = {element: element, node: {}, label: null, agreed: ''};
      if (kind[2] === 'text') {
        item.label = document.createTextNode('');
        element.appendChild(item.label);
      }
      return item;
    },

    attribute: function(element, name, value) {
      if (value === null) element.removeAttribute(name);
      else element.setAttribute(name, value);
    },

    // Writes what differs from the last time.
    update: function(item, node, parent) {
      var old = item.node;
      var element = item.element;
      var style = element.style;
      var set = Mirror.attribute;
      var x = node.x - parent.x;
      var y = node.y - parent.y;
      if (item.x !== x || item.y !== y) {
        item.x = x;
        item.y = y;
        style.transform = 'translate(' + x + 'px,' + y + 'px)';
      }
      if (old.w !== node.w) style.width = node.w + 'px';
      if (old.h !== node.h) style.height = node.h + 'px';
      if (node.clip !== old.clip || node.x !== old.x || node.y !== old.y || node.w !== old.w || node.h !== old.h)
        style.clipPath = Mirror.clipPath(node);
      if (old.name !== node.name) {
        if (item.label) item.label.data = node.name;
        else set(element, 'aria-label', node.name || null);
      }
      if (old.description !== node.description) set(element, 'aria-description', node.description || null);
      if (old.flags !== node.flags) Mirror.updateFlags(element, node);
      if (node.role === Mirror.PROGRESS && old.progress !== node.progress) {
        set(element, 'aria-valuemin', '0');
        set(element, 'aria-valuemax', '1000');
        set(element, 'aria-valuenow', node.progress > 1000 ? null : String(node.progress));
      }
      if (node.role >= Mirror.FIELD) Mirror.updateField(item, node);
      item.node = node;
    },

    // What is scrolled out of its area neither shows nor catches the pointer.
    clipPath: function(node) {
      if (!node.clip) return '';
      var c = node.clip.split(' ').map(Number);
      var cut = [c[1] - node.y, node.x + node.w - c[0] - c[2], node.y + node.h - c[1] - c[3], c[0] - node.x];
      if (cut.every(function(side) { return side <= 0; })) return '';
      return 'inset(' + cut.map(function(side) { return Math.max(side, 0) + 'px'; }).join(' ') + ')';
    },

    updateFlags: function(element, node) {
      var set = Mirror.attribute;
      var flag = function(bit) { return (node.flags & bit) !== 0; };
      var yes = function(bit) { return flag(bit) ? 'true' : 'false'; };
      var on = function(bit) { return flag(bit) ? 'true' : null; };
      if ('disabled' in element) element.disabled = flag(1);
      else set(element, 'aria-disabled', on(1));
      if (node.role === Mirror.CHECKBOX || node.role === Mirror.RADIO) set(element, 'aria-checked', yes(2));
      else if (node.role === Mirror.TAB) set(element, 'aria-selected', yes(2));
      else if (node.role === Mirror.BUTTON) set(element, 'aria-pressed', flag(4) ? yes(2) : null);
      set(element, 'aria-current', on(8));
      set(element, 'aria-invalid', on(16));
      set(element, 'aria-busy', on(32));
      set(element, 'aria-expanded', flag(128) ? yes(64) : null);
    },

    updateField: function(item, node) {
      var old = item.node;
      var element = item.element;
      // Typing is never overrun: only what the app wants anew, and what is not there already, is written, and only when
      // the app has heard of everything that was typed.
      if (!Mirror.behind) {
        if (node.value !== element.value && node.value !== item.agreed) element.value = node.value;
        item.agreed = node.value;
      }
      if (old.placeholder !== node.placeholder) element.placeholder = node.placeholder;
      if (old.max !== node.max) Mirror.attribute(element, 'maxlength', node.max ? String(node.max) : null);
      if (old.size !== node.size) element.style.fontSize = node.size + 'px';
      if (old.line !== node.line && node.role === Mirror.COMPOSER) element.style.lineHeight = node.line + 'px';
      if (old.ink !== node.ink) element.style.color = Page.colour(node.ink);
      if (old.faint !== node.faint) element.style.setProperty('--placeholder', Page.colour(node.faint));
      if (old.autocomplete !== node.autocomplete) element.autocomplete = node.autocomplete || 'off';
    },

    // Brings the tree into the order of `nodes`: parents before children, depth says whose child.
    apply: function(nodes) {
      var focused = document.activeElement;
      Mirror.sweep(nodes);
      var path = [{element: Mirror.root, x: 0, y: 0, depth: -1, next: Mirror.root.firstChild}];
      nodes.forEach(function(node) {
        while (path[path.length - 1].depth >= node.depth) path.pop();
        var parent = path[path.length - 1];
        var item = Mirror.items[node.id];
        if (!item) item = Mirror.items[node.id] = Mirror.make(node);
        if (parent.next === item.element) parent.next = item.element.nextSibling;
        else parent.element.insertBefore(item.element, parent.next);
        Mirror.update(item, node, parent);
        path.push({element: item.element, x: node.x, y: node.y, depth: node.depth,
            next: item.label ? item.label.nextSibling : item.element.firstChild});
      });
      // Moving an element within the tree takes the focus from it.
      if (focused !== document.activeElement && Mirror.root.contains(focused)) focused.focus({preventScroll: true});
    },

    // Removes what is not on the screen any more, or has become something else.
    sweep: function(nodes) {
      var stays = {};
      nodes.forEach(function(node) { stays[node.id] = node; });
      Object.keys(Mirror.items).forEach(function(id) {
        var item = Mirror.items[id];
        var node = stays[id];
        if (node && node.role === item.node.role && node.level === item.node.level) return;
        Mirror.drop(item);
        item.element.remove();
        delete Mirror.items[id];
      });
    },

    drop: function(item) {
      if (item.node.role >= Mirror.FIELD) item.element.value = '';
    },
  },

  tacet_mirror__deps: ['$Mirror'],
  tacet_mirror: function(at, length) {
    var frame = JSON.parse(UTF8ToString(at, length));
    var root = document.documentElement;
    if (document.title !== frame.title) document.title = frame.title;
    if (root.lang !== frame.language) root.lang = frame.language;
    root.dir = frame.rtl ? 'rtl' : 'ltr';
    Mirror.behind = frame.behind;
    Mirror.apply(frame.nodes);
  },
  tacet_focus__deps: ['$Mirror'],
  tacet_focus: function(at) {
    var item = Mirror.items[UTF8ToString(at)];
    if (!item || document.activeElement === item.element) return;
    if (item.element.tabIndex < 0) item.element.tabIndex = -1;
    item.element.focus({preventScroll: true});
  },
  tacet_announce__deps: ['$Mirror'],
  tacet_announce: function(at) {
    var text = UTF8ToString(at);
    Mirror.announcer.textContent = '';
    // A reader notices a change, not a text: the same sentence twice is two changes.
    setTimeout(function() { Mirror.announcer.textContent = text; }, 50);
    Page.timer('announced', 5000, function() { Mirror.announcer.textContent = ''; });
  },
});
