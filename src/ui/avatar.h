// A face for a fingerprint: five soft discs, coloured and placed by its bytes. The same everywhere, at any
// size.
#pragma once

#include "client/ids.h"
#include "ui/ui.h"

namespace tacet::ui {

void avatar(Ui& ui, float x, float y, float diameter, const client::Fingerprint& fingerprint);

}  // namespace tacet::ui
