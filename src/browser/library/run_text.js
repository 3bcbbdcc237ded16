// Text that people wrote, laid out and drawn by the browser: any script, any emoji, both directions
// (src/ui/run_text.h). No pixels are ever read back.
mergeInto(LibraryManager.library, {
  $RunText__deps: ['$Page', '$GL'],
  $RunText: {
    STACK: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", ' +
        'sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"',
    AIR: 1,  // CSS pixels left and right: some glyphs reach beyond their advance
    context: null,
    words: null,
    letters: null,

    prepare: function() {
      if (RunText.context) return;
      RunText.context = document.createElement('canvas').getContext('2d');
      if (typeof Intl === 'object' && Intl.Segmenter) {
        RunText.words = new Intl.Segmenter(undefined, {granularity: 'word'});
        RunText.letters = new Intl.Segmenter(undefined, {granularity: 'grapheme'});
      }
    },

    longestSide: function() {
      return Math.min(GLctx.getParameter(GLctx.MAX_TEXTURE_SIZE), 8192);
    },

    font: function(style) {
      return style.weight + ' ' + style.size + 'px ' + RunText.STACK;
    },

    // The first letter with a direction decides, as dir="auto" does.
    isRightToLeft: function(text) {
      var strong =
          text.match(/[A-Za-z\u00C0-\u02B8\u0370-\u0590\u0900-\u1FFF\u2C00-\uD7FF\uF900-\uFAFF]|[\u0591-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/);
      return !!strong && /[\u0591-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/.test(strong[0]);
    },

    graphemes: function(text) {
      if (!RunText.letters) return Array.from(text);
      return Array.from(RunText.letters.segment(text), function(part) { return part.segment; });
    },

    // Pieces a line may be broken between. Latin breaks after spaces and hyphens; scripts without spaces break between
    // words where the browser knows them, otherwise between letters, but never before closing punctuation or after
    // opening.
    pieces: function(text) {
      var spaceless = /[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\uA4CF\uF900-\uFAFF\uFF00-\uFFEF\uD840-\uD87F]/;
      var opening = /[(\[{\u300C\u300E\uFF08\u3010\u2018\u201C]$/;
      var closing = /^[\s\u3001\u3002\uFF01\uFF0C\uFF0E\uFF1A\uFF1B\uFF1F\u300D\u300F\uFF09\u3011\u2019\u201D!,.:;?)\]}\u30FC\u3005]/;
      var parts = [];
      var chunks = text.match(/[^ \t\u2000-\u2006\u2008-\u200B\u3000]*[ \t\u2000-\u2006\u2008-\u200B\u3000]+|[^ \t\u2000-\u2006\u2008-\u200B\u3000]+/g);
      (chunks || []).forEach(function(chunk) {
        if (!spaceless.test(chunk)) {
          chunk.split(/([^\-\u2013\u2014]+[\-\u2013\u2014]+)(?=[^\s\d])/).forEach(function(part) {
            if (part) parts.push(part);
          });
          return;
        }
        var words = RunText.words ?
            Array.from(RunText.words.segment(chunk), function(part) { return part.segment; }) : Array.from(chunk);
        var opens = false;
        words.forEach(function(word, index) {
          if (index && (opens || closing.test(word))) parts[parts.length - 1] += word;
          else parts.push(word);
          opens = opening.test(word);
        });
      });
      return parts;
    },

    // Lines of one paragraph, none wider than `width` unless a single grapheme is.
    wrap: function(context, text, width, lines) {
      var line = '';
      var used = 0;
      var push = function(piece, size) {
        line += piece;
        used += size;
      };
      var flush = function() {
        lines.push(line.replace(/[ \t]+$/, ''));
        line = '';
        used = 0;
      };
      RunText.pieces(text).forEach(function(piece) {
        var bare = context.measureText(piece.replace(/\s+$/, '')).width;
        if (used + bare <= width) {
          push(piece, context.measureText(piece).width);
          return;
        }
        if (line) flush();
        if (bare <= width) {
          push(piece, context.measureText(piece).width);
          return;
        }
        RunText.graphemes(piece).forEach(function(letter) {
          var size = context.measureText(letter).width;
          if (line && used + size > width) flush();
          push(letter, size);
        });
      });
      flush();
    },

    shorten: function(context, line, width) {
      var letters = RunText.graphemes(line);
      while (letters.length && context.measureText(letters.join('') + '\u2026').width > width) letters.pop();
      return letters.join('').replace(/\s+$/, '') + '\u2026';
    },

    layOut: function(text, width, style) {
      RunText.prepare();
      width -= 2 * RunText.AIR;
      var context = RunText.context;
      context.font = RunText.font(style);
      var rightToLeft = RunText.isRightToLeft(text);
      context.direction = rightToLeft ? 'rtl' : 'ltr';
      var lines = [];
      text.split(/\r\n|[\n\r\u2028\u2029]/).forEach(function(paragraph) {
        if (style.maxLines && lines.length > style.maxLines) return;
        RunText.wrap(context, paragraph, width, lines);
      });
      if (style.maxLines && lines.length > style.maxLines) {
        // What follows the last line begins on it again, so that the ellipsis stands where the text was cut.
        var last = lines[style.maxLines - 1] + ' ' + lines[style.maxLines];
        lines.length = style.maxLines;
        lines[style.maxLines - 1] = RunText.shorten(context, last, width);
      }
      var widest = 0;
      lines.forEach(function(line) { widest = Math.max(widest, context.measureText(line).width); });
      return {lines: lines, width: Math.ceil(widest) + 2 * RunText.AIR, height: lines.length * style.lineHeight,
        rightToLeft: rightToLeft};
    },

    draw: function(layout, style, ratio, texture) {
      var context = RunText.context;
      var canvas = context.canvas;
      // A very long text is drawn coarser rather than cut.
      ratio = Math.min(ratio, RunText.longestSide() / Math.max(layout.width, layout.height));
      canvas.width = Math.ceil(layout.width * ratio);
      canvas.height = Math.ceil(layout.height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.font = RunText.font(style);
      context.direction = layout.rightToLeft ? 'rtl' : 'ltr';
      context.textAlign = layout.rightToLeft ? 'right' : 'left';
      context.textBaseline = 'alphabetic';
      context.fillStyle = Page.colour(style.ink);
      // Inter's own ascent and descent, so that lines sit where ImGui puts them whatever the fallback font.
      var baseline = (style.lineHeight - style.size * 1.21) / 2 + style.size * 0.96875;
      layout.lines.forEach(function(line, index) {
        var y = Math.round((index * style.lineHeight + baseline) * ratio) / ratio;
        context.fillText(line, layout.rightToLeft ? layout.width - RunText.AIR : RunText.AIR, y);
      });
      GLctx.bindTexture(GLctx.TEXTURE_2D, GL.textures[texture]);
      GLctx.pixelStorei(GLctx.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      GLctx.texImage2D(GLctx.TEXTURE_2D, 0, GLctx.RGBA, GLctx.RGBA, GLctx.UNSIGNED_BYTE, canvas);
      GLctx.pixelStorei(GLctx.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      // Nothing that was written stays readable on the scratch canvas.
      var size = {width: canvas.width, height: canvas.height};
      canvas.width = canvas.height = 1;
      return size;
    },
  },

  // out: float width, height; u32 pixel width, pixel height, right to left. A texture of 0 only measures.
  tacet_run_text__deps: ['$RunText'],
  tacet_run_text: function(at, length, width, size, lineHeight, weight, ink, maxLines, ratio, texture, out) {
    var style = {size: size, lineHeight: lineHeight, weight: weight, ink: ink, maxLines: maxLines};
    var layout = RunText.layOut(UTF8ToString(at, length), width, style);
    var pixels = texture ? RunText.draw(layout, style, ratio, texture) : {width: 0, height: 0};
    HEAPF32[out >> 2] = layout.width;
    HEAPF32[(out >> 2) + 1] = layout.height;
    HEAPU32[(out >> 2) + 2] = pixels.width;
    HEAPU32[(out >> 2) + 3] = pixels.height;
    HEAPU32[(out >> 2) + 4] = layout.rightToLeft ? 1 : 0;
  },
});
