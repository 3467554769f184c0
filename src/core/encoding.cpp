#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"

#include <memory>
#include <stdexcept>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace orderd {
namespace {

bool ascii(std::string_view text)
{
    for (unsigned char c : text)
        if (c >= 0x80) return false;
    return true;
}

struct close_converter {
    void operator()(UConverter* c) const { ucnv_close(c); }
};
using converter = std::unique_ptr<UConverter, close_converter>;

/// Each thread has its own: ICU's converters hold state.
UConverter* cp932()
{
    thread_local converter own = [] {
        UErrorCode error = U_ZERO_ERROR;
        converter made(ucnv_open("ibm-943_P15A-2003", &error));
        if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU has no CP932: ") + u_errorName(error));
        ucnv_setToUCallBack(made.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
        return made;
    }();
    return own.get();
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

encoding detect(std::string_view bytes)
{
    for (auto e : {encoding::utf8_bom, encoding::utf16le, encoding::utf16be})
        if (bytes.starts_with(byte_order_mark(e))) return e;
    return valid_utf8(bytes) ? encoding::utf8 : encoding::cp932;
}

std::string utf16_to_bytes(std::string_view bytes, encoding from)
{
    auto unit = [&](std::size_t i) {
        auto first = static_cast<unsigned char>(bytes[2 * i]), second = static_cast<unsigned char>(bytes[2 * i + 1]);
        return static_cast<char16_t>(from == encoding::utf16le ? second << 8 | first : first << 8 | second);
    };
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 2);
    for (std::size_t i = 0, n = bytes.size() / 2; i < n; ++i) {
        UChar32 c = unit(i);
        if (U16_IS_LEAD(c) && i + 1 < n && U16_IS_TRAIL(unit(i + 1))) c = U16_GET_SUPPLEMENTARY(c, unit(++i));
        char coded[U8_MAX_LENGTH];
        std::int32_t length = 0;
        U8_APPEND_UNSAFE(coded, length, c); // half a pair becomes three bytes that no UTF-8 has
        out.append(coded, static_cast<std::size_t>(length));
    }
    if (bytes.size() % 2) out += '\xFF';
    return out;
}

std::optional<std::string> to_utf8(std::string_view bytes, encoding from)
{
    if (ascii(bytes)) return std::string(bytes);
    if (from != encoding::cp932) return valid_utf8(bytes) ? std::optional(std::string(bytes)) : std::nullopt;
    auto* own = cp932();
    UErrorCode error = U_ZERO_ERROR;
    std::u16string wide(bytes.size() + 1, u'\0');
    auto length = ucnv_toUChars(own, wide.data(), static_cast<std::int32_t>(wide.size()), bytes.data(),
                                static_cast<std::int32_t>(bytes.size()), &error);
    if (U_FAILURE(error)) {
        ucnv_reset(own);
        return std::nullopt;
    }
    UErrorCode to_error = U_ZERO_ERROR;
    std::string out(static_cast<std::size_t>(length) * 3 + 1, '\0');
    std::int32_t size = 0;
    u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, wide.data(), length, &to_error);
    if (U_FAILURE(to_error)) return std::nullopt;
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string from_utf8(std::string_view utf8, encoding to)
{
    bool wide_units = to == encoding::utf16le || to == encoding::utf16be;
    if (!wide_units && (to != encoding::cp932 || ascii(utf8))) return std::string(utf8);
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
    auto* own = cp932();
    ucnv_setSubstChars(own, "?", 1, &error);
    std::string out(static_cast<std::size_t>(length) * 2 + 2, '\0');
    auto size = ucnv_fromUChars(own, out.data(), static_cast<std::int32_t>(out.size()), wide.data(), length, &error);
    out.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(size));
    return out;
}

}
