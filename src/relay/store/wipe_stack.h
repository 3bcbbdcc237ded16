// What calls leave on a thread's stack when they return.
#pragma once

namespace tacet::relay {

// Overwrites the stack below the caller, as deep as anything here calls. For threads that will be idle.
void wipe_stack();

}  // namespace tacet::relay
