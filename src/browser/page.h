// Everything the browser does for us: the functions of library/*.js, and nothing else. Text goes over as
// UTF-8, times as Unix milliseconds in a double (exact for the next 285 000 years), lengths in bytes. What
// comes back as a pointer is malloc'd and freed by the receiver.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

// What web/load.js prepared before the program started.
char* tacet_boot_text(const char* name);
int tacet_boot_flag(const char* name);
std::uint8_t* tacet_boot_bytes(const char* name, std::size_t* size);
void tacet_ready();                        // the first frame is drawn: the loading sign may go
void tacet_unsupported(const char* what);  // a plain page says so instead of us

double tacet_now();
int tacet_utc_offset();            // minutes, local time minus UTC
void tacet_ask_frame();            // tacet_on_frame before the next repaint
void tacet_frame_at(double when);  // a frame then; replaces the previous wish
void tacet_wake_at(double when);   // tacet_on_time then; replaces the previous wish
void tacet_copy(const char* text, std::size_t length);
void tacet_keep_settings(const char* text, std::size_t length);
void tacet_reload();
void tacet_save_file(const std::uint8_t* content, std::size_t length);  // as a download
void tacet_pick_file();  // answers with tacet_on_file, or never
// Answers with tacet_on_security_key. With `make`, one that is new to this vault.
void tacet_ask_security_key(double ticket, int make);
// Which credential to ask for from now on; none with length 0.
void tacet_keep_security_key(const std::uint8_t* credential, std::size_t length);
void tacet_persist();            // asks the browser not to evict what is stored
void tacet_measure_storage();    // answers with tacet_on_measured, or never
void tacet_canary(int planted);  // remembers outside the vault that there is one; nothing else

void tacet_stage_start();     // listens to everything, reports sizes and preferences at once
void tacet_cursor(int kind);  // 0 arrow, 1 hand, 2 text, 3 and 4 resize, 5 forbidden
void tacet_arm_back(int wanted);

void tacet_mirror(const char* json, std::size_t length);
void tacet_focus(const char* id);
void tacet_announce(const char* text);

// Lays out text and, with a texture, draws it there. See library/run_text.js for `out`.
struct RunLayout {
  float width, height;
  std::uint32_t pixel_width, pixel_height;
  std::uint32_t right_to_left;
};
void tacet_run_text(const char* text, std::size_t length, float width, float size, float line_height,
                    int weight, std::uint32_t ink, int max_lines, float ratio, std::uint32_t texture,
                    RunLayout* out);

void tacet_socket_connect(std::uint32_t id, const char* url);
void tacet_socket_send(std::uint32_t id, const std::uint8_t* block, std::size_t length);
void tacet_socket_close(std::uint32_t id);

// Tickets are small numbers of our own (a double holds them exactly).
void tacet_stretch(double ticket, const std::uint8_t* passphrase, std::size_t length,
                   const std::uint8_t* salt, std::uint32_t passes, std::uint32_t memory_kib);

int tacet_has_memory(
    std::uint32_t kib);  // for one stretching, as far as the browser can tell before it tries

void tacet_storage_open(const char* folder);  // answers with tacet_on_storage
void tacet_storage_take_over();               // likewise
void tacet_storage_sync(double ticket);       // answers with tacet_on_synced; syncs queue up
int tacet_storage_is_dirty();                 // something was written after the last good sync

}  // extern "C"
