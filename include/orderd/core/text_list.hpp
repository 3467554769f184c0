#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderd {

/// Texts one after the other in one piece of memory: the cells of a row, by the hundred thousand.
class text_list {
public:
    std::size_t size() const { return ends_.size(); }
    bool empty() const { return ends_.empty(); }
    std::string_view operator[](std::size_t i) const
    {
        auto from = i == 0 ? 0 : ends_[i - 1];
        return std::string_view(text_).substr(from, ends_[i] - from);
    }
    /// All of them, one after the other.
    std::string_view joined() const { return text_; }
    std::string_view back() const { return (*this)[size() - 1]; }
    void add(std::string_view text)
    {
        text_ += text;
        ends_.push_back(text_.size());
    }
    void pop_back()
    {
        ends_.pop_back();
        text_.resize(ends_.empty() ? 0 : ends_.back());
    }
    void clear()
    {
        text_.clear();
        ends_.clear();
    }
    /// Memory it takes, in bytes.
    std::size_t bytes() const { return text_.capacity() + ends_.capacity() * sizeof(std::size_t); }

private:
    std::string text_;
    std::vector<std::size_t> ends_;
};

}
