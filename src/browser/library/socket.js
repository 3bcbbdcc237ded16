// One WebSocket per connection of the messenger: binary messages only, nothing larger than the largest block.
mergeInto(LibraryManager.library, {
  $Socket__deps: ['$Page'],
  $Socket: {
    LARGEST_BLOCK: 65792,
    open: {},

    close: function(id, tell) {
      var socket = Socket.open[id];
      if (!socket) return;
      delete Socket.open[id];
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      if (tell) _tacet_on_disconnected(id);
    },
  },

  tacet_socket_connect__deps: ['$Socket'],
  tacet_socket_connect: function(id, url) {
    var socket;
    try {
      socket = new WebSocket(UTF8ToString(url));
    } catch (e) {
      // An address the browser refuses, such as ws:// from an https page. The answer never comes from within.
      setTimeout(function() { _tacet_on_disconnected(id); }, 0);
      return;
    }
    Socket.open[id] = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = function() { _tacet_on_connected(id); };
    socket.onmessage = function(event) {
      if (typeof event.data === 'string' || event.data.byteLength > Socket.LARGEST_BLOCK) {
        Socket.close(id, true);
        return;
      }
      var block = new Uint8Array(event.data);
      _tacet_on_block(id, Page.bytes(block), block.length);
    };
    socket.onclose = function() { Socket.close(id, true); };
  },
  tacet_socket_send__deps: ['$Socket'],
  tacet_socket_send: function(id, at, length) {
    var socket = Socket.open[id];
    if (socket && socket.readyState === 1) socket.send(HEAPU8.slice(at, at + length));
  },
  tacet_socket_close__deps: ['$Socket'],
  tacet_socket_close: function(id) {
    Socket.close(id, false);
  },
});
