// The storage part of src/browser alone. Answers are collected in Module.answers, and files are written with
// FS.
#include <emscripten.h>

extern "C" {

void tacet_storage_open(const char* folder);
void tacet_storage_take_over();
void tacet_storage_sync(double ticket);
int tacet_storage_is_dirty();

// clang-format off
EM_JS(void, answer, (const char* what, double ticket, int outcome), {
  Module["answers"].push({what: UTF8ToString(what), ticket: ticket, outcome: outcome});
});
// clang-format on

EMSCRIPTEN_KEEPALIVE void tacet_on_storage(int state) {
  answer("storage", 0, state);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_synced(double ticket, int outcome) {
  answer("synced", ticket, outcome);
}
EMSCRIPTEN_KEEPALIVE void tacet_on_taken() {
  answer("taken", 0, 0);
}

EMSCRIPTEN_KEEPALIVE void open_storage() {
  tacet_storage_open("/test");
}
EMSCRIPTEN_KEEPALIVE void take_over() {
  tacet_storage_take_over();
}
EMSCRIPTEN_KEEPALIVE void sync_storage(double ticket) {
  tacet_storage_sync(ticket);
}
EMSCRIPTEN_KEEPALIVE int is_dirty() {
  return tacet_storage_is_dirty();
}

}  // extern "C"

int main() {
  return 0;
}
