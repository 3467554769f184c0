#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Character sets of files. CP932 is Windows' Shift_JIS, with the NEC and IBM extensions.
namespace orderd {

enum class encoding { utf8, utf8_bom, cp932, utf16le, utf16be };
std::string_view name(encoding); // "UTF-8", "UTF-8 with BOM", "CP932", "UTF-16LE", "UTF-16BE", as kept with the batch
std::optional<encoding> encoding_from(std::string_view name);

/// What a file in this encoding begins with; "" for UTF-8 without BOM and CP932.
std::string_view byte_order_mark(encoding);

/// Finds out how a file is written, piece by piece, over all of it: by its BOM, else UTF-8 when it is that but for a
/// broken byte here and there, else CP932, whose characters hardly ever look like UTF-8.
class encoding_detector {
public:
    void add(std::string_view bytes);
    encoding end() const;

private:
    void count(std::string_view bytes);
    bool hopeless() const;
    std::string start_, rest_;                // the first bytes; the beginning of a character that the next piece ends
    std::size_t characters_ = 0, broken_ = 0; // of several bytes; bytes that are none
};
encoding detect(std::string_view bytes);

/// Turns a text (without its BOM) into UTF-8, piece by piece. A byte or unit that is no character of the encoding
/// becomes bytes that are not UTF-8 either, so that it is found again in its cell; no separator, quotation mark or line
/// break is swallowed with it.
class decoder {
public:
    explicit decoder(encoding from);
    ~decoder();
    decoder(decoder&&) noexcept;
    /// Appends to `out`; what needs the next piece is kept for it.
    void add(std::string_view bytes, std::string& out);
    void end(std::string& out);

private:
    void add_utf16(std::string_view bytes, std::string& out);
    void add_cp932(std::string_view bytes, bool last, std::string& out);
    encoding from_;
    std::string carried_;  // UTF-16: half a unit or half a pair
    std::u16string units_; // CP932: what the converter made of the piece
    struct converter;
    std::unique_ptr<converter> cp932_;
};
/// The whole of a text as UTF-8; nothing when it holds what the encoding does not have.
std::optional<std::string> to_utf8(std::string_view bytes, encoding);
/// The same for a charset by its name in ICU, such as "euc-jp"; what is no character of it becomes U+FFFD. Nothing when
/// ICU does not have it.
std::optional<std::string> to_utf8(std::string_view bytes, const std::string& charset);
/// UTF-8 in `encoding`; what it cannot express becomes '?'. No BOM is added.
std::string from_utf8(std::string_view utf8, encoding);

}
