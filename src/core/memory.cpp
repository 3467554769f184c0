#include "orderd/core/memory.hpp"

#include <malloc.h>

namespace orderd {

void keep_memory_small()
{
    constexpr int big_block = 256 * 1024; // set, it no longer grows with every big block that is freed
    mallopt(M_MMAP_THRESHOLD, big_block);
}

void give_back_memory() { malloc_trim(0); }

}
