// What the host keeps for us outside the vault; nothing secret. Text: "theme=dark language=fr lock=15",
// unknown words are skipped, so that older and newer versions can read each other's.
#pragma once

#include <string>
#include <string_view>

#include "ui/app.h"
#include "words/words.h"

namespace tacet::ui {

inline constexpr Minutes kNeverLock{0};
inline constexpr Minutes kLockAfter[] = {Minutes(1), Minutes(15), Minutes(60), kNeverLock};

struct Settings {
  std::optional<Theme> theme;               // nothing: the system's
  std::optional<words::Language> language;  // nothing: the browser's
  Minutes lock_after = kLockAfter[1];       // without any input; one of kLockAfter

  [[nodiscard]] static Settings parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  bool operator==(const Settings&) const = default;
};

}  // namespace tacet::ui
