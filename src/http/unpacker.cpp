#include "unpacker.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <zlib.h>

namespace orderd::http {
namespace {

enum class coding { gzip, deflate, unknown };
constexpr std::string_view no_coding[] = {"identity", "utf-8", "utf8"}; // some put the charset there
constexpr std::size_t most_codings = 4;
constexpr std::size_t mark_size = 2; // how many bytes tell what a body is

bool gzip_mark(std::string_view body) { return body.starts_with("\x1f\x8b"); }

/// How zlib is told what it reads, 0: nothing that it could. Behind "deflate" there is a zlib header (RFC 1950) or none
/// at all (RFC 1951).
int window_bits(coding told, std::string_view body)
{
    if (gzip_mark(body)) return MAX_WBITS + 16;
    if (told != coding::deflate || body.size() < mark_size) return 0;
    auto first = static_cast<unsigned char>(body[0]), second = static_cast<unsigned char>(body[1]);
    bool zlib_header = (first & 0x0F) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
    return zlib_header ? MAX_WBITS : -MAX_WBITS;
}

coding coding_called(std::string_view name)
{
    if (name == "gzip" || name == "x-gzip") return coding::gzip;
    return name == "deflate" ? coding::deflate : coding::unknown;
}

std::string folded(std::string_view name)
{
    auto first = name.find_first_not_of(" \t");
    if (first == name.npos) return {};
    std::string out(name.substr(first, name.find_last_not_of(" \t") + 1 - first));
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

std::string shown(std::string name)
{
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c <= ' ' || c > '~'; }, '?');
    return name.substr(0, 40);
}

}

/// One coding taken off. What it is shows in its first bytes.
class unpacker::layer {
public:
    using sink = std::function<bool(std::string_view)>;

    /// `told`: by a Content-Encoding; otherwise it is taken off only where it is seen.
    layer(std::string name, bool told, std::size_t limit) : name_(std::move(name)), told_(told), limit_(limit) {}
    ~layer() { inflateEnd(&stream_); }
    layer(const layer&) = delete;
    layer& operator=(const layer&) = delete;

    /// Gives "" or what is wrong; what the sink refuses is for the caller to know.
    std::string take(std::string_view piece, const sink& give)
    {
        if (state_ == state::plain) give(piece);
        if (state_ == state::plain) return {};
        if (state_ == state::padded) return take_padding(piece);
        first_.append(piece);
        if (state_ == state::packed) return inflate_all(std::exchange(first_, {}), give);
        return first_.size() < mark_size ? "" : begin(give);
    }
    std::string end(const sink& give)
    {
        if (state_ == state::unknown && !first_.empty())
            if (auto wrong = begin(give); !wrong.empty()) return wrong;
        if (state_ != state::packed) return {};
        return whole_ ? take_padding(first_) : "the compressed answer is cut short";
    }

private:
    std::string begin(const sink& give)
    {
        auto first = std::exchange(first_, {});
        auto coded = coding_called(name_);
        if (coded == coding::unknown)
            return "the answer is encoded as \"" + shown(name_) + "\", which was not asked for";
        if (int bits = window_bits(coded, first)) {
            if (inflateInit2(&stream_, bits) != Z_OK) return "there is no memory to unpack the answer";
            state_ = state::packed;
            return inflate_all(first, give);
        }
        if (told_) return "the answer says that it is encoded as \"" + shown(name_) + "\", and is not";
        state_ = state::plain;
        give(first);
        return {};
    }

    std::string inflate_all(std::string_view piece, const sink& give)
    {
        std::array<char, 16 * 1024> some;
        taken_ += piece.size();
        if (taken_ > limit_) return "the compressed answer is longer than " + size_in_words(limit_);
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
        stream_.avail_in = static_cast<uInt>(piece.size());
        while (!whole_ || begin_next_member()) {
            stream_.next_out = reinterpret_cast<Bytef*>(some.data());
            stream_.avail_out = some.size();
            int came = inflate(&stream_, Z_NO_FLUSH);
            if (came != Z_OK && came != Z_STREAM_END && came != Z_BUF_ERROR) return "the compressed answer is broken";
            auto got = some.size() - stream_.avail_out;
            auto room = limit_ - given_;
            if (got > 0 && !give({some.data(), std::min(got, room)})) return {};
            if (got > room) return "the answer is longer than " + size_in_words(limit_);
            given_ += got;
            whole_ = came == Z_STREAM_END;
            if (!whole_ && stream_.avail_out > 0) return {}; // all that came is used
        }
        return state_ == state::padded
                   ? take_padding({reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in})
                   : std::string();
    }

    /// Zeros behind the end are there for tapes; anything else is part of an answer that nobody can read.
    std::string take_padding(std::string_view piece)
    {
        taken_ += piece.size();
        if (piece.find_first_not_of('\0') == piece.npos && taken_ <= limit_) return {};
        return "something else follows the compressed answer";
    }

    /// gzip may be several members, one behind the other.
    bool begin_next_member()
    {
        std::string_view rest(reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in);
        if (rest.size() < mark_size) {
            first_ = rest;
            return false;
        }
        if (!gzip_mark(rest) || inflateReset(&stream_) != Z_OK) {
            state_ = state::padded;
            return false;
        }
        whole_ = false;
        return true;
    }

    enum class state { unknown, plain, packed, padded };
    state state_ = state::unknown;
    std::string name_;
    bool told_;
    std::size_t limit_, taken_ = 0, given_ = 0;
    bool whole_ = false;
    std::string first_; // too little to tell by, yet
    z_stream stream_{};
};

unpacker::~unpacker() = default;
unpacker::unpacker(unpacker&&) noexcept = default;
unpacker& unpacker::operator=(unpacker&&) noexcept = default;

unpacker::unpacker(std::string_view codings, std::size_t limit) : limit_(limit)
{
    while (!codings.empty()) {
        auto comma = std::min(codings.find(','), codings.size());
        auto name = folded(codings.substr(0, comma));
        codings.remove_prefix(std::min(comma + 1, codings.size()));
        if (name.empty() || std::find(std::begin(no_coding), std::end(no_coding), name) != std::end(no_coding))
            continue;
        layers_.push_back(std::make_unique<layer>(std::move(name), true, limit));
    }
    if (layers_.size() > most_codings) problem_ = "the answer is encoded too many times";
    std::reverse(layers_.begin(), layers_.end()); // the fields name the innermost first
    layers_.push_back(std::make_unique<layer>("gzip", false, limit));
}

bool unpacker::fail(std::string why)
{
    if (problem_.empty()) problem_ = std::move(why);
    return problem_.empty();
}

bool unpacker::pass(std::size_t from, std::string_view piece, const taker& out)
{
    if (from == layers_.size()) {
        auto room = limit_ - given_;
        auto given = piece.substr(0, room);
        given_ += given.size();
        if (auto refused = out(given); !refused.empty()) return fail(std::move(refused));
        return piece.size() <= room || fail("the answer is longer than " + size_in_words(limit_));
    }
    auto next = [&](std::string_view more) { return pass(from + 1, more, out); };
    return fail(layers_[from]->take(piece, next));
}

bool unpacker::add(std::string_view piece, const taker& out) { return problem_.empty() && pass(0, piece, out); }

bool unpacker::end(const taker& out)
{
    for (std::size_t i = 0; i < layers_.size() && problem_.empty(); ++i) {
        auto next = [&](std::string_view more) { return pass(i + 1, more, out); };
        fail(layers_[i]->end(next));
    }
    return problem_.empty();
}

std::string size_in_words(std::size_t bytes)
{
    constexpr std::size_t kib = 1024, mib = kib * kib;
    if (bytes >= mib && bytes % mib == 0) return std::to_string(bytes / mib) + " MiB";
    if (bytes >= kib && bytes % kib == 0) return std::to_string(bytes / kib) + " KiB";
    return std::to_string(bytes) + " bytes";
}

}
