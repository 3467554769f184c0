#include "orderd/core/memory.hpp"
#include "orderd/provider/codec.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace orderd::provider {
namespace {

std::size_t beside(std::initializer_list<const std::string*> texts)
{
    std::size_t all = 0;
    for (const auto* text : texts) all += cost_beside(*text);
    return all;
}
std::size_t beside(const std::vector<std::string>& texts)
{
    std::size_t all = texts.capacity() * sizeof(std::string);
    for (const auto& text : texts) all += cost_beside(text);
    return all;
}

}

std::size_t cost_of(const product& p)
{
    return sizeof p +
           beside({&p.code, &p.name, &p.customer_product_id, &p.cpe, &p.ipaddress, &p.course, &p.plan, &p.service,
                   &p.line}) +
           beside(p.dependencies);
}
std::size_t cost_of(const order_summary& s)
{
    return sizeof s +
           beside({&s.code.text, &s.order_type, &s.change_type, &s.customer_site_code, &s.customer_site_name, &s.status,
                   &s.application_date, &s.hope_to_start_at, &s.hope_to_end_at}) +
           beside(s.unreadable);
}
std::size_t cost_of(const site_summary& s)
{
    return sizeof s + beside({&s.code.text, &s.name, &s.case_name, &s.status, &s.line_id, &s.start_at, &s.end_at});
}

}
