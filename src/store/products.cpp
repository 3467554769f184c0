#include "orderd/store/products.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <map>

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

std::vector<catalogue_change> save_catalogue(session& s, const std::vector<product>& products, bool complete)
{
    text_array code, title, id, type, service, course, plan, ip, cpe, line, purchase, monthly, shortest, needed;
    std::map<std::string_view, const product*> by_code; // of one code twice the later counts
    for (const auto& p : products) by_code[p.code] = &p;
    for (const auto& [key, sold] : by_code) {
        const auto& p = *sold;
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
    return s.in_transaction([&](pqxx::work& tx) {
        std::vector<catalogue_change> changes;
        // One reading after the other: two at once would both end the same line of the history.
        tx.exec("lock table orderd.product in share row exclusive mode");
        bool first = tx.exec("select from orderd.product limit 1").empty();
        s.exec(tx, ORDERD_SQL(save_products), code.text(), title.text(), id.text(), type.text(), service.text(),
               course.text(), plan.text(), ip.text(), cpe.text(), line.text(), purchase.text(), monthly.text(),
               shortest.text(), needed.text(), !complete);
        if (first) return changes;
        for (const auto& r : s.exec(tx, ORDERD_SQL(catalogue_changes))) {
            auto number = [&](int i) { return r[i].is_null() ? std::optional<long>() : r[i].as<long>(); };
            changes.push_back({r[0].as<std::string>(), r[1].as<std::string>(), r[2].as<std::string>(), number(3),
                               number(4), number(5), number(6)});
        }
        if (std::any_of(changes.begin(), changes.end(), [](const auto& c) { return c.kind == "price"; }))
            tx.exec("insert into orderd.setting values ('reprice_after', '0') on conflict (name) do update set value = "
                    "excluded.value");
        return changes;
    });
}

std::string in_words(const catalogue_change& c)
{
    auto price = [](const std::optional<long>& once, const std::optional<long>& monthly) {
        auto yen = [](const std::optional<long>& n) { return n ? std::to_string(*n) : std::string("?"); };
        return yen(once) + " + " + yen(monthly) + " a month";
    };
    auto words = c.code + " (" + c.name + "): ";
    if (c.kind == "price")
        return words + "price " + price(c.purchase_before, c.monthly_before) + " -> " + price(c.purchase, c.monthly);
    if (c.kind == "vanished") return words + "no longer sold";
    if (c.kind == "missing")
        return words + "not in the list; it stays until the next complete list does not have it either";
    if (c.kind == "appeared") return words + "new, " + price(c.purchase, c.monthly);
    return words + "its properties changed";
}

std::vector<catalogue_news> by_kind(const std::vector<catalogue_change>& changes)
{
    constexpr std::size_t most_examples = 3;
    std::vector<catalogue_news> all;
    for (const auto& change : changes) {
        auto at = std::find_if(all.begin(), all.end(), [&](const auto& n) { return n.kind == change.kind; });
        auto& news = at == all.end() ? all.emplace_back(catalogue_news{change.kind, {}, 0}) : *at;
        if (++news.products <= most_examples) news.examples += (news.examples.empty() ? "" : "; ") + in_words(change);
    }
    return all;
}

long reprice_waiting(session& s)
{
    long changed = 0;
    while (true) {
        auto pending = s.ask("reprice_pending", "select value from orderd.setting where name = 'reprice_after'");
        if (pending.empty()) return changed;
        // Batches are done in the order of their numbers; the setting says which was the last.
        auto next = s.ask("reprice_next",
                          "select min(batch_id) from orderd.tally_now where batch_id > $1::bigint and state in "
                          "('awaiting_approval', 'ready', 'submitting', 'in_doubt', 'held', 'refused')",
                          pending[0][0].as<std::string>());
        if (next[0][0].is_null()) {
            s.ask("reprice_done", "delete from orderd.setting where name = 'reprice_after' and value = $1",
                  pending[0][0].as<std::string>());
            continue;
        }
        auto batch = next[0][0].as<std::int64_t>();
        for (std::int64_t row = -1;;) {
            auto step = s.ask(ORDERD_SQL(reprice_orders), batch, row, 2'000)[0];
            if (step[0].is_null()) break;
            row = step[0].as<std::int64_t>();
            changed += step[1].as<long>();
        }
        s.ask("reprice_batch", "update orderd.setting set value = $1 where name = 'reprice_after' and value = $2",
              std::to_string(batch), pending[0][0].as<std::string>());
    }
}

}
