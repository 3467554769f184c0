#include "readable.hpp"

#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"

namespace orderd::provider {
namespace {

constexpr std::string_view instead = "\xEF\xBF\xBD"; // U+FFFD

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The text with U+FFFD for every byte that is no UTF-8.
std::string with_replacements(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        std::size_t length = 1;
        while (length < 4 && length < bytes.size() && continues(bytes[length])) ++length;
        auto one = bytes.substr(0, length);
        if (valid_utf8(one))
            out.append(one);
        else {
            out += instead;
            length = 1;
        }
        bytes.remove_prefix(length);
    }
    return out;
}

/// What a text is written in. JSON and HTML begin with a character of ASCII: half a unit of UTF-16 is zero then.
encoding encoding_of(std::string_view bytes)
{
    if (bytes.size() >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0'))
        return bytes[0] == '\0' ? encoding::utf16be : encoding::utf16le;
    return valid_utf8(bytes) && !bytes.starts_with(byte_order_mark(encoding::utf8_bom)) ? encoding::utf8
                                                                                        : detect(bytes);
}

}

void replace_nul(std::string& utf8)
{
    for (auto at = utf8.find('\0'); at != utf8.npos; at = utf8.find('\0', at)) utf8.replace(at, 1, instead);
}

std::string readable(std::string_view bytes)
{
    auto written_in = encoding_of(bytes);
    if (auto mark = byte_order_mark(written_in); bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    std::string out;
    if (written_in == encoding::utf8 || written_in == encoding::utf8_bom)
        out = bytes;
    else {
        decoder from(written_in);
        from.add(bytes, out);
        from.end(out);
    }
    if (!valid_utf8(out)) out = with_replacements(out);
    while (out.ends_with('\0')) out.pop_back(); // the end of a text in C
    replace_nul(out);
    return out;
}

std::string beginning(std::string utf8, std::size_t limit)
{
    if (utf8.size() <= limit) return utf8;
    while (limit > 0 && continues(utf8[limit])) --limit;
    utf8.resize(limit);
    return utf8;
}

}
