#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"
#include "orderd/simulator/handwriting.hpp"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>
#include <utility>
#include <vector>

namespace orderd::simulator {
namespace {

icu::UnicodeString wide(std::string_view utf8)
{
    return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
}
std::string narrow(const icu::UnicodeString& text)
{
    std::string out;
    text.toUTF8String(out);
    return out;
}

/// `id` is a transform of ICU; making one reads its rules, so each thread keeps those it has used.
std::string transliterated(std::string_view utf8, const char* id)
{
    thread_local std::map<std::string, std::unique_ptr<icu::Transliterator>> kept;
    auto& made = kept[id];
    UErrorCode error = U_ZERO_ERROR;
    if (!made) made.reset(icu::Transliterator::createInstance(id, UTRANS_FORWARD, error));
    if (!made) throw std::runtime_error(std::string("ICU has no transform ") + id + ": " + u_errorName(error));
    auto text = wide(utf8);
    made->transliterate(text);
    return narrow(text);
}

std::string nfkc(std::string_view utf8)
{
    UErrorCode error = U_ZERO_ERROR;
    return narrow(icu::Normalizer2::getNFKCInstance(error)->normalize(wide(utf8), error));
}

std::vector<std::string_view> characters(std::string_view utf8)
{
    std::vector<std::string_view> out;
    for (std::size_t begin = 0, end; begin < utf8.size(); begin = end) {
        end = begin + 1;
        while (end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80) ++end;
        out.push_back(utf8.substr(begin, end - begin));
    }
    return out;
}

std::string each(std::string_view utf8, const std::function<std::string(std::string_view)>& written)
{
    std::string out;
    for (auto character : characters(utf8)) out += written(character);
    return out;
}

/// What Windows writes with one character and the JIS tables of other systems with another.
std::string other_twin(std::string_view character)
{
    static constexpr std::pair<std::string_view, std::string_view> twins[] = {{"～", "〜"}, {"－", "−"}};
    for (auto [windows, jis] : twins) {
        if (character == windows) return std::string(jis);
        if (character == jis) return std::string(windows);
    }
    return std::string(character);
}

std::string with_entities(std::string_view character)
{
    static constexpr std::pair<std::string_view, std::string_view> entities[] = {
        {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}};
    for (auto [plain, entity] : entities)
        if (character == plain) return std::string(entity);
    return std::string(character);
}

/// What a system that keeps CP932 loses, and the first character that is not ASCII whatever it is, so that it shows.
std::string with_losses(std::string_view utf8, std::string_view mark)
{
    bool first = true;
    return each(utf8, [&](std::string_view character) {
        if (ascii(character)) return std::string(character);
        bool lost = std::exchange(first, false) ||
                    to_utf8(from_utf8(character, encoding::cp932), encoding::cp932) != std::string(character);
        return std::string(lost ? mark : character);
    });
}

std::string padded(std::string_view utf8)
{
    return " " + each(utf8, [](std::string_view c) { return std::string(c) + (c == " " || c == "　" ? " " : ""); }) +
           " ";
}

std::string cut(std::string_view utf8)
{
    auto all = characters(utf8);
    return all.size() <= 10 ? std::string(utf8)
                            : std::string(utf8.substr(0, static_cast<std::size_t>(all[10].data() - utf8.data())));
}

}

const std::initializer_list<std::string_view>& name_forms()
{
    static const std::initializer_list<std::string_view> all{
        "as_sent", "half_width",     "full_width",  "nfkc",   "wave_dash", "html",
        "cut",     "question_marks", "replacement", "padded", "absent",    "other"};
    return all;
}

json::value written_name(std::string_view utf8, const handwriting& hand)
{
    const auto& form = hand.names;
    auto text = [](std::string_view t) { return json::value(json::string(t)); };
    if (form == "absent") return nullptr;
    if (form == "other") return text(utf8 == "別の拠点" ? "もう一つの拠点" : "別の拠点");
    if (utf8.empty()) return nullptr;
    if (form == "half_width") return text(transliterated(utf8, "Fullwidth-Halfwidth"));
    if (form == "full_width") return text(transliterated(utf8, "Halfwidth-Fullwidth"));
    if (form == "nfkc") return text(nfkc(utf8));
    if (form == "wave_dash") return text(each(utf8, other_twin));
    if (form == "html") return text(each(utf8, with_entities));
    if (form == "cut") return text(cut(utf8));
    if (form == "question_marks") return text(with_losses(utf8, "?"));
    if (form == "replacement") return text(with_losses(utf8, "\xEF\xBF\xBD"));
    if (form == "padded") return text(padded(utf8));
    return text(utf8);
}

}
