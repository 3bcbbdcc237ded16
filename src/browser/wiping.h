// Leaves nothing of what was said in memory that is no longer used. Blocks of the heap are wiped when they
// are given back (wiping.cpp stands in for free and realloc); the stack has to be asked.
#pragma once

namespace tacet::browser {

// The part of the stack below the caller: what returned functions have left there.
void wipe_unused_stack();

}  // namespace tacet::browser
