#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <stdexcept>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace orderd {
namespace {

struct close_converter {
    void operator()(UConverter* c) const { ucnv_close(c); }
};
using converter = std::unique_ptr<UConverter, close_converter>;

converter open_cp932()
{
    UErrorCode error = U_ZERO_ERROR;
    converter made(ucnv_open("ibm-943_P15A-2003", &error));
    if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU has no CP932: ") + u_errorName(error));
    return made;
}

/// Characters that the JIS tables of other systems write where Windows' table has a twin: the wave dash above all,
/// which a Mac or Linux keyboard types. Each takes the form that CP932 has.
char16_t windows_twin(char16_t c)
{
    static constexpr std::pair<char16_t, char16_t> twins[] = {
        {u'\u301C', u'\uFF5E'}, {u'\u2212', u'\uFF0D'}, {u'\u2014', u'\u2015'},
        {u'\u2016', u'\u2225'}, {u'\u00A2', u'\uFFE0'}, {u'\u00A3', u'\uFFE1'},
        {u'\u00AC', u'\uFFE2'}, {u'\u00A5', u'\uFFE5'}, {u'\u203E', u'\uFFE3'}};
    for (auto [other, ours] : twins)
        if (c == other) return ours;
    return c;
}

}

std::string_view name(encoding e)
{
    switch (e) {
    case encoding::utf8: return "UTF-8";
    case encoding::utf8_bom: return "UTF-8 with BOM";
    case encoding::cp932: return "CP932";
    case encoding::utf16le: return "UTF-16LE";
    case encoding::utf16be: return "UTF-16BE";
    }
    return "UTF-8";
}

std::optional<encoding> encoding_from(std::string_view text)
{
    for (auto e : {encoding::utf8, encoding::utf8_bom, encoding::cp932, encoding::utf16le, encoding::utf16be})
        if (name(e) == text) return e;
    return std::nullopt;
}

std::string_view byte_order_mark(encoding e)
{
    switch (e) {
    case encoding::utf8_bom: return "\xEF\xBB\xBF";
    case encoding::utf16le: return "\xFF\xFE";
    case encoding::utf16be: return "\xFE\xFF";
    default: return "";
    }
}

namespace {

/// Where an incomplete UTF-8 character at the end of `bytes` begins; their size when there is none.
std::size_t complete_part(std::string_view bytes)
{
    for (std::size_t back = 1; back <= 3 && back <= bytes.size(); ++back) {
        auto c = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((c & 0xC0) == 0x80) continue;
        std::size_t needed = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        return needed > back ? bytes.size() - back : bytes.size();
    }
    return bytes.size();
}

char16_t unit_at(std::string_view bytes, std::size_t i, encoding e)
{
    auto first = static_cast<unsigned char>(bytes[2 * i]), second = static_cast<unsigned char>(bytes[2 * i + 1]);
    return static_cast<char16_t>(e == encoding::utf16le ? second << 8 | first : first << 8 | second);
}

/// A surrogate without its other half becomes three bytes that no UTF-8 has.
void append(UChar32 c, std::string& out)
{
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    char coded[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(coded, length, c);
    out.append(coded, static_cast<std::size_t>(length));
}

/// For ICU: a byte that is no character becomes a low surrogate alone.
void U_CALLCONV mark_bad_bytes(const void*, UConverterToUnicodeArgs* to, const char* bytes, std::int32_t length,
                               UConverterCallbackReason reason, UErrorCode* error)
{
    if (reason > UCNV_IRREGULAR) return;
    *error = U_ZERO_ERROR;
    char16_t marks[8];
    auto n = std::min<std::int32_t>(length, 8);
    for (std::int32_t i = 0; i < n; ++i)
        marks[i] = static_cast<char16_t>(0xDC00 + static_cast<unsigned char>(bytes[i]));
    ucnv_cbToUWriteUChars(to, marks, n, 0, error);
}

}

void encoding_detector::add(std::string_view bytes)
{
    if (start_.size() < 3) start_.append(bytes.substr(0, 3 - start_.size()));
    if (hopeless()) return;
    if (!rest_.empty()) {
        // A character has at most four bytes: what is carried and three more end it.
        auto more = bytes.substr(0, 3);
        rest_ += more;
        auto whole = complete_part(rest_);
        count(std::string_view(rest_).substr(0, whole));
        if (bytes.size() <= more.size()) {
            rest_.erase(0, whole);
            return;
        }
        bytes.remove_prefix(more.size() - (rest_.size() - whole));
        rest_.clear();
    }
    auto whole = complete_part(bytes);
    count(bytes.substr(0, whole));
    rest_ = bytes.substr(whole);
}

void encoding_detector::count(std::string_view bytes)
{
    const char* data = bytes.data();
    std::size_t length = bytes.size();
    for (std::size_t i = 0; i < length;) {
        if (U8_IS_SINGLE(data[i])) {
            ++i;
            continue;
        }
        UChar32 c;
        U8_NEXT(data, i, length, c);
        ++(c < 0 ? broken_ : characters_);
    }
}

/// One broken byte in a table of short values is a broken file in UTF-8 when ten good characters stand against it.
bool encoding_detector::hopeless() const { return broken_ * 10 > characters_ + 10'000; }

encoding encoding_detector::end() const
{
    for (auto e : {encoding::utf8_bom, encoding::utf16le, encoding::utf16be})
        if (start_.starts_with(byte_order_mark(e))) return e;
    auto broken = broken_ + rest_.size();
    return broken * 10 <= characters_ ? encoding::utf8 : encoding::cp932;
}

encoding detect(std::string_view bytes)
{
    encoding_detector looking;
    looking.add(bytes);
    return looking.end();
}

struct decoder::converter {
    orderd::converter icu;
};

decoder::decoder(encoding from) : from_(from)
{
    if (from != encoding::cp932) return;
    cp932_ = std::make_unique<converter>(converter{open_cp932()});
    UErrorCode error = U_ZERO_ERROR;
    ucnv_setToUCallBack(cp932_->icu.get(), mark_bad_bytes, nullptr, nullptr, nullptr, &error);
}

decoder::~decoder() = default;
decoder::decoder(decoder&&) noexcept = default;

void decoder::add(std::string_view bytes, std::string& out)
{
    switch (from_) {
    case encoding::utf8:
    case encoding::utf8_bom: out += bytes; break;
    case encoding::cp932: add_cp932(bytes, false, out); break;
    case encoding::utf16le:
    case encoding::utf16be: add_utf16(bytes, out); break;
    }
}

void decoder::end(std::string& out)
{
    if (from_ == encoding::cp932) add_cp932({}, true, out);
    if (carried_.size() >= 2) append(unit_at(carried_, 0, from_), out);
    if (carried_.size() % 2) out += '\xFF';
    carried_.clear();
}

void decoder::add_utf16(std::string_view bytes, std::string& out)
{
    std::string joined;
    if (!carried_.empty()) {
        joined = carried_ + std::string(bytes);
        bytes = joined;
        carried_.clear();
    }
    std::size_t n = bytes.size() / 2, i = 0;
    for (; i < n; ++i) {
        UChar32 c = unit_at(bytes, i, from_);
        if (U16_IS_LEAD(c)) {
            if (i + 1 == n) break; // its other half is in the next piece
            auto next = unit_at(bytes, i + 1, from_);
            if (U16_IS_TRAIL(next)) {
                c = U16_GET_SUPPLEMENTARY(c, next);
                ++i;
            }
        }
        append(c, out);
    }
    carried_ = bytes.substr(2 * i);
}

void decoder::add_cp932(std::string_view bytes, bool last, std::string& out)
{
    const char* from = bytes.data();
    const char* to = from + bytes.size();
    units_.resize(std::max<std::size_t>(bytes.size() * 2, 64));
    UErrorCode error = U_ZERO_ERROR;
    do {
        error = U_ZERO_ERROR;
        auto* written = units_.data();
        ucnv_toUnicode(cp932_->icu.get(), &written, units_.data() + units_.size(), &from, to, nullptr, last, &error);
        auto n = static_cast<std::size_t>(written - units_.data()), size = out.size();
        out.resize(size + n * U8_LENGTH(0xFFFF)); // nothing in CP932 needs two units
        for (std::size_t i = 0; i < n; ++i) {
            UChar32 c = units_[i];
            U8_APPEND_UNSAFE(out.data(), size, c);
        }
        out.resize(size);
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU cannot read CP932: ") + u_errorName(error));
}

std::optional<std::string> to_utf8(std::string_view bytes, encoding from)
{
    decoder decoding(from);
    std::string out;
    decoding.add(bytes, out);
    decoding.end(out);
    return valid_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> to_utf8(std::string_view bytes, const std::string& charset)
{
    UErrorCode error = U_ZERO_ERROR;
    converter from(ucnv_open(charset.c_str(), &error));
    if (U_FAILURE(error)) return std::nullopt;
    icu::UnicodeString wide(bytes.data(), static_cast<std::int32_t>(bytes.size()), from.get(), error);
    if (U_FAILURE(error)) return std::nullopt;
    std::string out;
    wide.toUTF8String(out);
    return out;
}

std::string from_utf8(std::string_view utf8, encoding to)
{
    bool wide_units = to == encoding::utf16le || to == encoding::utf16be;
    if (!wide_units && to != encoding::cp932) return std::string(utf8);
    UErrorCode error = U_ZERO_ERROR;
    std::u16string wide(utf8.size() + 1, u'\0');
    std::int32_t length = 0;
    u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, utf8.data(),
                  static_cast<std::int32_t>(utf8.size()), &error);
    if (U_FAILURE(error)) return std::string(utf8);
    if (wide_units) {
        std::string out;
        for (auto c : std::u16string_view(wide).substr(0, static_cast<std::size_t>(length))) {
            char low = static_cast<char>(c & 0xFF), high = static_cast<char>(c >> 8);
            out += to == encoding::utf16le ? low : high;
            out += to == encoding::utf16le ? high : low;
        }
        return out;
    }
    for (auto& c : wide) c = windows_twin(c);
    thread_local converter kept = open_cp932(); // a converter holds state, so each thread has its own
    auto* own = kept.get();
    ucnv_setSubstChars(own, "?", 1, &error);
    std::string out(static_cast<std::size_t>(length) * 2 + 2, '\0');
    auto size = ucnv_fromUChars(own, out.data(), static_cast<std::int32_t>(out.size()), wide.data(), length, &error);
    out.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(size));
    return out;
}

}
