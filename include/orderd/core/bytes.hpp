#pragma once
#include <string_view>

namespace orderd {

/// Whether `special(unsigned char)` is true of a byte of `text`. All are looked at, without an early end: the compiler
/// then looks at many at a time, which is faster for short texts that nearly never have one.
template <class F>
bool any_byte(std::string_view text, F special)
{
    unsigned char found = 0;
    for (unsigned char b : text) found |= static_cast<unsigned char>(special(b));
    return found != 0;
}

}
