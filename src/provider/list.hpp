#pragma once
#include "json_members.hpp"
#include "list_reader.hpp"
#include "orderd/provider/codec.hpp"

#include <vector>

namespace orderd::provider {

/// The list, or nothing: a bare array, or an object with exactly one member that is an array, under one of `names` or a
/// name that any list may have. What tells an error is no list (RULINGS R10).
const json::array* list_in(const json::value&, const std::vector<std::string_view>& names);
/// How many elements there are in all, where the envelope tells it.
std::optional<long> total_in(const json::value&);

/// Why a list is too long, "" when it is not.
std::string too_much(const list_bounds& most, std::size_t elements, std::size_t bytes);

/// Every element that `decode` can read; one without its key, or that is no object, is told apart (RULINGS R11).
/// `decode` gives why an element cannot be read, "" when it could.
template <class T, class F>
class reader_of final : public page_reader<T> {
public:
    reader_of(std::vector<std::string_view> names, list_bounds most, F decode)
        : most_(most),
          decode_(std::move(decode)),
          reader_(std::move(names), {[this] { clear(); }, [this](auto* value, std::string why) { add(value, why); },
                                     [this] { return too_much(most_, elements(), bytes_); }})
    {
    }

    void begin() override { reader_.begin(); }
    std::string take(std::string_view piece) override { return reader_.take(piece); }
    std::string beginning() const override { return std::string(reader_.body()); }
    std::size_t cost() const override { return bytes_ + reader_.cost(); }
    std::string refused() const override { return reader_.refused(); }
    std::optional<list_page<T>> end() override
    {
        auto envelope = reader_.end();
        if (!envelope) return std::nullopt;
        page_.total = total_in(*envelope);
        return std::move(page_);
    }

private:
    std::size_t elements() const { return page_.items.size() + page_.unreadable.size(); }
    void clear()
    {
        page_ = {};
        bytes_ = 0;
    }
    void add(const json::value* value, std::string why)
    {
        auto* o = value ? value->if_object() : nullptr;
        T item;
        if (why.empty()) why = o ? decode_(*o, item) : std::string("it is no object");
        if (why.empty()) {
            bytes_ += cost_of(item);
            page_.items.push_back(std::move(item));
        } else {
            page_.unreadable.push_back({std::move(why)});
            bytes_ += cost_of(page_.unreadable.back());
        }
    }

    list_bounds most_;
    F decode_;
    list_page<T> page_;
    std::size_t bytes_ = 0;
    list_reader reader_;
};

template <class T, class F>
std::unique_ptr<page_reader<T>> make_reader(std::vector<std::string_view> names, list_bounds most, F decode)
{
    return std::make_unique<reader_of<T, F>>(std::move(names), most, std::move(decode));
}

}
