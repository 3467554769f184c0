#include "orderd/intake/content_hash.hpp"

#include <openssl/sha.h>

namespace orderd::intake {

std::string content_hash(std::string_view content_key, std::string_view bytes)
{
    std::string keyed(content_key);
    keyed += '\n';
    keyed += bytes;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(keyed.data()), keyed.size(), digest);
    constexpr char hex[] = "0123456789abcdef";
    std::string text;
    text.reserve(32);
    for (int i = 0; i < 16; ++i) {
        text += hex[digest[i] >> 4];
        text += hex[digest[i] & 15];
    }
    return text;
}

std::string content_hash(std::string_view content_key, const row_values& row)
{
    std::string bytes;
    for (const auto& c : columns()) {
        if (c.id == column::request_key || row[c.id].empty()) continue;
        bytes += c.name;
        bytes += ':';
        bytes += std::to_string(row[c.id].size());
        bytes += ':';
        bytes += row[c.id];
    }
    return content_hash(content_key, bytes);
}

}
