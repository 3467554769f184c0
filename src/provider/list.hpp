#pragma once
#include "around_list.hpp"
#include "json_members.hpp"
#include "list_reader.hpp"
#include "orderd/provider/codec.hpp"

#include <utility>
#include <vector>

namespace orderd::provider {

/// The list, or nothing: a bare array, or an object with exactly one member that is an array, under one of `names` or a
/// name that any list may have. What tells an error is no list (RULINGS R10).
const json::array* list_in(const json::value&, const std::vector<std::string_view>& names);

/// Why a list is too long, "" when it is not.
std::string too_much(const list_bounds& most, std::size_t elements, std::size_t bytes);

/// Every element that `decode` can read; one without its key, or that is no object, is told apart (RULINGS R11).
/// `decode` gives why an element cannot be read, "" when it could.
template <class T, class F>
class reader_of final : public page_reader<T> {
public:
    reader_of(std::vector<std::string_view> names, list_bounds most, std::size_t received, F decode)
        : most_(most),
          received_(received),
          decode_(std::move(decode)),
          reader_(std::move(names), {[this] { clear(); }, [this](auto* value, std::string why) { add(value, why); },
                                     [this] { return too_much(most_, elements(), bytes_); }})
    {
    }

    void begin() override { reader_.begin(); }
    std::string take(std::string_view piece) override { return reader_.take(piece); }
    std::string beginning() const override { return std::string(reader_.body()); }
    std::size_t cost() const override { return bytes_ + reader_.cost(); }
    std::string refused() const override { return reader_.refused().empty() ? not_empty_ : reader_.refused(); }
    std::optional<list_page<T>> end() override
    {
        auto envelope = reader_.end();
        if (!envelope) return std::nullopt;
        auto around = around_list(*envelope, received_);
        if (elements() == 0) not_empty_ = why_not_empty(around);
        if (!not_empty_.empty()) return std::nullopt;
        page_.total = around.total;
        page_.against_whole = std::move(around.against_whole);
        return std::move(page_);
    }

    list_page<T> so_far() override { return std::exchange(page_, {}); }

private:
    std::size_t elements() const { return page_.items.size() + page_.unreadable.size(); }
    void clear()
    {
        page_ = {};
        not_empty_.clear();
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
            bool tells = o && !o->empty();
            page_.unreadable.push_back({std::move(why), tells ? std::make_shared<const T>(std::move(item)) : nullptr});
            bytes_ += cost_of(page_.unreadable.back());
        }
    }

    list_bounds most_;
    std::size_t received_; // elements of the pages before
    F decode_;
    list_page<T> page_;
    std::string not_empty_; // why a list without elements does not say that there is none
    std::size_t bytes_ = 0;
    list_reader reader_;
};

template <class T, class F>
std::unique_ptr<page_reader<T>> make_reader(std::vector<std::string_view> names, list_bounds most, std::size_t received,
                                            F decode)
{
    return std::make_unique<reader_of<T, F>>(std::move(names), most, received, std::move(decode));
}

}
