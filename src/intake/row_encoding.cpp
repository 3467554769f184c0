#include "row_encoding.hpp"
#include "orderd/core/text.hpp"

namespace orderd::intake {

void row_encoding::add(std::string_view bytes)
{
    constexpr std::size_t longest = 64 << 10; // a longer line is judged by its parts
    whole_.add(bytes);
    while (!bytes.empty()) {
        auto end = bytes.find_first_of("\r\n");
        line_ += bytes.substr(0, end);
        if (end == bytes.npos && line_.size() < longest) return;
        count(line_);
        line_.clear();
        bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    }
}

void row_encoding::count(std::string_view line)
{
    if (ascii(line)) return;
    if (detect(line) == encoding::utf8) {
        ++utf8_lines_;
        return;
    }
    std::string text;
    cp932_.add(line, text);
    cp932_.end(text);
    if (valid_utf8(text)) ++cp932_lines_;
}

bool row_encoding::sure() const
{
    constexpr std::size_t lead = 10'000;
    return utf8_lines_ >= cp932_lines_ + lead || cp932_lines_ >= utf8_lines_ + lead;
}

encoding row_encoding::end()
{
    count(line_);
    line_.clear();
    if (utf8_lines_ == 0 && cp932_lines_ == 0) return whole_.end();
    return utf8_lines_ >= cp932_lines_ ? encoding::utf8 : encoding::cp932;
}

bool looks_like_euc_jp(std::string_view text)
{
    constexpr unsigned char half_width_mark = 0x8E, third_plane_mark = 0x8F, first = 0xA1, last_half_width = 0xDF,
                            last = 0xFE;
    bool beyond_half_width = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) continue;
        if (i + 1 == text.size()) break; // cut
        bool pair = c == half_width_mark || c == third_plane_mark || (c >= first && c <= last);
        auto second = static_cast<unsigned char>(text[++i]);
        if (!pair || second < first || second > last) return false;
        beyond_half_width = beyond_half_width || (c >= first && (c > last_half_width || second > last_half_width));
        if (c == third_plane_mark) ++i;
    }
    return beyond_half_width;
}

}
