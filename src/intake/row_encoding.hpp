#pragma once
#include "orderd/core/encoding.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace orderd::intake {

/// Finds out how a file without a byte order mark is written whose header does not tell it: as most of its lines are,
/// UTF-8 or CP932. A line that is UTF-8 but for a broken byte here and there counts as UTF-8.
class row_encoding {
public:
    void add(std::string_view bytes);
    /// Whether what has been seen is enough.
    bool sure() const;
    encoding end();

private:
    void count(std::string_view line);
    encoding_detector whole_; // for a file of which no line is clearly the one or the other
    decoder cp932_{encoding::cp932};
    std::string line_; // begun, not ended
    std::size_t utf8_lines_ = 0, cp932_lines_ = 0;
};

/// Whether a text that is not UTF-8 is EUC-JP rather than CP932: bytes above 0xA0 in pairs and hardly any others, among
/// them some that no half-width katakana of CP932 has.
bool looks_like_euc_jp(std::string_view text);

}
