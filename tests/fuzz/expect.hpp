#pragma once
#include <cstdio>
#include <cstdlib>

namespace orderd::fuzz {

/// Ends the program, for libFuzzer to report the input, when what must be is not.
inline void expect(bool is, const char* what)
{
    if (is) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

}
