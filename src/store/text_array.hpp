#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderd::store {

/// A PostgreSQL array as a text parameter, for unnest($1::text[]): quotes what needs quoting.
class text_array {
public:
    void add(std::string_view value)
    {
        begin();
        text_ += '"';
        for (char c : value) {
            if (c == '"' || c == '\\') text_ += '\\';
            if (c != '\0') text_ += c;
        }
        text_ += '"';
    }
    void add_null()
    {
        begin();
        text_ += "NULL";
    }
    /// NULL for an empty value.
    void add_or_null(std::string_view value) { value.empty() ? add_null() : add(value); }
    void add(long long value)
    {
        begin();
        text_ += std::to_string(value);
    }
    void add(const std::optional<long>& value) { value ? add(static_cast<long long>(*value)) : add_null(); }
    bool empty() const { return text_.empty(); }
    std::string text() const { return "{" + text_ + "}"; }

private:
    void begin()
    {
        if (!text_.empty()) text_ += ',';
    }
    std::string text_;
};

inline std::string to_array(const std::vector<std::string>& texts)
{
    text_array out;
    for (const auto& text : texts) out.add(text);
    return out.text();
}

}
