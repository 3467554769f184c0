#include "orderd/store/products.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"
#include "text_array.hpp"

namespace orderd::store {

std::optional<catalogue> read_catalogue(session& s)
{
    auto rows =
        s.ask("read_catalogue",
              "select code, name, customer_product_id, type, service, course, plan, ipaddress, cpe, line, "
              "purchase_price, monthly_price, shortest_period, array_to_string(dependencies, ' ') from orderd.product");
    if (rows.empty()) return std::nullopt;
    catalogue all;
    for (const auto& r : rows) {
        product p;
        auto text = [&](int i) { return r[i].as<std::string>(""); };
        auto number = [&](int i) { return r[i].is_null() ? std::optional<long>() : r[i].as<long>(); };
        p.code = text(0);
        p.name = text(1);
        p.customer_product_id = text(2);
        p.type = r[3].as<int>();
        p.service = text(4);
        p.course = text(5);
        p.plan = text(6);
        p.ipaddress = text(7);
        p.cpe = text(8);
        p.line = text(9);
        p.purchase_price = number(10);
        p.monthly_price = number(11);
        p.shortest_period = number(12);
        if (auto needed = text(13); !needed.empty()) p.dependencies = split(needed, ' ');
        all.add(std::move(p));
    }
    return all;
}

void save_catalogue(session& s, const std::vector<product>& products)
{
    text_array code, title, id, type, service, course, plan, ip, cpe, line, purchase, monthly, shortest, needed;
    for (const auto& p : products) {
        code.add(p.code);
        title.add(p.name);
        id.add(p.customer_product_id);
        type.add(static_cast<long long>(p.type));
        service.add(p.service);
        course.add(p.course);
        plan.add(p.plan);
        ip.add(p.ipaddress);
        cpe.add(p.cpe);
        line.add(p.line);
        purchase.add(p.purchase_price);
        monthly.add(p.monthly_price);
        shortest.add(p.shortest_period);
        needed.add(join(p.dependencies, " "));
    }
    s.ask(ORDERD_SQL(save_products), code.text(), title.text(), id.text(), type.text(), service.text(), course.text(),
          plan.text(), ip.text(), cpe.text(), line.text(), purchase.text(), monthly.text(), shortest.text(),
          needed.text());
}

}
