#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderd::http {

/// Turns a body as it came over the wire, piece by piece, into what its server meant (RULINGS T14): gzip and deflate in
/// the order of Content-Encoding, and gzip that no field tells of, by its first bytes. A body that is
/// not what its field says, or that goes on behind its end, is none. Neither the body nor anything on its way grows
/// beyond the limit.
class unpacker {
public:
    /// `codings` are the values of the Content-Encoding fields, joined by commas.
    unpacker(std::string_view codings, std::size_t limit);
    ~unpacker();
    unpacker(unpacker&&) noexcept;
    unpacker& operator=(unpacker&&) noexcept;

    /// Gets what was unpacked, piece by piece; gives "" or why no more of it is taken.
    using taker = std::function<std::string(std::string_view)>;
    /// False: no more is to be taken, and `problem` says why.
    bool add(std::string_view piece, const taker& out);
    /// The body has ended.
    bool end(const taker& out);
    const std::string& problem() const { return problem_; }

private:
    class layer;
    bool pass(std::size_t from, std::string_view piece, const taker& out);
    bool fail(std::string why);

    std::vector<std::unique_ptr<layer>> layers_; // the outermost first
    std::size_t limit_, given_ = 0;
    std::string problem_;
};

/// "1 MiB", "64 KiB", "100 bytes".
std::string size_in_words(std::size_t);

}
