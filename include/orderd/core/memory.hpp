#pragma once
#include <cstddef>
#include <string>

// What things cost, and giving back what they cost.
namespace orderd {

/// What a text takes beside its object; a short one is within it.
inline std::size_t cost_beside(const std::string& text)
{
    constexpr std::size_t block_head = 16;
    return text.capacity() > std::string().capacity() ? text.capacity() + 1 + block_head : 0;
}

/// Has big blocks come from the system and go back to it, whatever was freed before. Once, before any thread starts.
void keep_memory_small();
/// Gives freed memory back to the system. It takes a millisecond or so: after something big, not all the time.
void give_back_memory();

}
