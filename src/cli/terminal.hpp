#pragma once
#include "orderd/core/shown.hpp"

#include <boost/json.hpp>
#include <concepts>
#include <iostream>
#include <string>
#include <string_view>

// The way out of every verb. Whatever is a string may be somebody else's text: it goes out on one line, and nothing in
// it is obeyed by a terminal.
namespace orderd::cli {

/// Lines with their breaks and colours, made of texts that went through `shown`.
struct laid_out {
    std::string lines;
};

/// JSON, which escapes what a terminal would obey.
inline laid_out json_text(const boost::json::value& value) { return {shown_json(boost::json::serialize(value))}; }

class terminal {
public:
    explicit terminal(std::ostream& to) : to_(to) {}
    terminal& operator<<(const std::string& text) { return *this << std::string_view(text); }
    terminal& operator<<(std::string_view text)
    {
        to_ << shown(text);
        return *this;
    }
    /// The program's own words, and those of exceptions: they may have several lines.
    terminal& operator<<(const char* words)
    {
        to_ << shown_lines(words);
        return *this;
    }
    terminal& operator<<(const laid_out& text)
    {
        to_ << text.lines;
        return *this;
    }
    template <std::integral T>
    terminal& operator<<(T number)
    {
        to_ << number;
        return *this;
    }
    void flush() { to_.flush(); }
    std::ostream& stream() { return to_; }

private:
    std::ostream& to_;
};

terminal& say();  // standard output
terminal& warn(); // standard error

}
