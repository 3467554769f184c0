#include "orderd/core/order_request.hpp"

namespace orderd {

std::string_view name(order_type t)
{
    switch (t) {
    case order_type::start: return "start";
    case order_type::change: return "change";
    case order_type::cancel: return "cancel";
    }
    return "start";
}

std::string_view japanese_name(order_type t)
{
    switch (t) {
    case order_type::start: return "新規";
    case order_type::change: return "変更";
    case order_type::cancel: return "廃止";
    }
    return "新規";
}

std::string natural_key(const order_request& r)
{
    if (auto* s = std::get_if<start_order>(&r)) return "start:" + s->line_id;
    if (auto* c = std::get_if<change_order>(&r)) return "change:" + c->customer_site_code;
    return "cancel:" + std::get<cancel_order>(r).customer_site_code;
}

}
